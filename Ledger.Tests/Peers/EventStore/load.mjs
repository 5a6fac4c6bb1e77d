// Appends and reads with the official client as fast as it can and prints the rates, a JSON object.
// node load.mjs CONNECTION-STRING EVENTS BATCH IN-FLIGHT
import { randomUUID } from "node:crypto";
import { KurrentDBClient, jsonEvent, START } from "@kurrent/kurrentdb-client";

const [address, events, batch, inFlight] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const client = KurrentDBClient.connectionString(address);
const occurredAt = new Date(Date.now() - 3_600_000).toISOString();

function newEvent(i) {
  const id = randomUUID();
  const data = { id, kind: "liked", v: 1, occurredAt, account: `user-${i % 10000}`, content: `video-${i % 997}` };
  return jsonEvent({ id, type: "liked", data });
}

async function append(batches) {
  let next = 0;
  const begun = performance.now();
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (next < batches.length) await client.appendToStream("intake", batches[next++]);
  }));
  return performance.now() - begun;
}
const batches = (count) => Array.from({ length: count / batch }, (_, b) => Array.from({ length: batch }, (_, i) => newEvent(b * batch + i)));

async function read(count) {
  const begun = performance.now();
  let seen = 0;
  for await (const resolved of client.readAll({ fromPosition: START, maxCount: count })) seen += resolved.event ? 1 : 0;
  return [seen, performance.now() - begun];
}

await append(batches(Math.min(events, 10000)));
const appendMs = await append(batches(events));
await read(10000);
const [seen, readMs] = await read(events);
console.log(JSON.stringify({ appendsPerSecond: (events / appendMs) * 1000, readsPerSecond: (seen / readMs) * 1000, seen }));
await client.dispose();
process.exit(0);

// Does with an official client what its users do and prints what came of it, a JSON array a line: [case, answer].
// node conformance.mjs PACKAGE CONNECTION-STRING PREFIX
import { randomUUID } from "node:crypto";

const [pkg, address, prefix] = process.argv.slice(2);
const library = await import(pkg);
const Client = library.KurrentDBClient ?? library.EventStoreDBClient;
const { jsonEvent, START, END, BACKWARDS, FORWARDS, ANY, NO_STREAM, STREAM_EXISTS } = library;
const filterBy = library.streamNameFilter;
const typeFilter = library.eventTypeFilter;

const client = Client.connectionString(address);
const account = `${prefix}-alice`;
const stream = `account-${account}`;

function event(type, fields, occurredAt = "2026-11-22T09:00:00.000Z") {
  const id = randomUUID();
  return jsonEvent({ id, type, data: { id, kind: type, v: 1, occurredAt, ...fields } });
}
const opened = event("account-opened", { account });
const linked = event("wallet-linked", { account, wallet: "0x00000000000000000000000000000000000000aa" });
const suspended = (reason) => event("account-suspended", { account, reason });
const like = (content) => event("liked", { account, content });

async function tell(name, act) {
  let answer;
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("no answer in 10 s")), 10000).unref());
  try {
    answer = await Promise.race([act(), late]);
  } catch (e) {
    // Only what the client has no type for is told by its words.
    answer = e.type && e.type !== "unknown" ? e.type : e.message;
  }
  const told = typeof answer === "string" ? answer.split(prefix).join("PREFIX").replace(/activity-[-0-9]+/, "activity-DAY-SHARD") : answer;
  console.log(JSON.stringify([name, told]));
}
async function collect(events, limit = Infinity) {
  const all = [];
  for await (const e of events) {
    all.push(e);
    if (all.length === limit) break;
  }
  return all;
}
const short = (resolved) => resolved.map(({ event: e }) => `${e.revision}:${e.type}`).join(" ");
const appended = (r) => `${r.success} ${r.nextExpectedRevision}`;

// Runs a subscription until it has told enough.
function follow(subscription, enough) {
  return new Promise((resolve, reject) => {
    const seen = [];
    const note = async (what) => {
      seen.push(what);
      if (!enough(seen)) return;
      await subscription.unsubscribe();
      resolve(seen.join(" "));
    };
    subscription
      .on("confirmation", () => note("confirmed"))
      .on("data", (resolved) => resolved.event && note(`${resolved.event.revision}:${resolved.event.type}`))
      .on("caughtUp", () => note("caught-up"))
      .on("error", reject);
  });
}
const heard = (seen, ...wanted) => wanted.every((w) => seen.includes(w));

let first;
await tell("append to no stream", async () => appended((first = await client.appendToStream(stream, [opened, linked], { streamState: NO_STREAM, expectedRevision: NO_STREAM }))));
await tell("the same again", async () => {
  const again = await client.appendToStream(stream, [opened, linked], { streamState: NO_STREAM, expectedRevision: NO_STREAM });
  return `${appended(again)} ${again.position.commit === first.position.commit ? "at the same position" : "elsewhere"}`;
});
await tell("append at a wrong revision", async () => appended(await client.appendToStream(stream, suspended("one"), { streamState: 7n, expectedRevision: 7n })));
await tell("append at the right revision", async () => appended(await client.appendToStream(stream, suspended("two"), { streamState: 1n, expectedRevision: 1n })));
await tell("append where a stream must be", async () => appended(await client.appendToStream(`account-${prefix}-nobody`, suspended("three"), { streamState: STREAM_EXISTS, expectedRevision: STREAM_EXISTS })));
await tell("append to a stream that the event does not belong to", async () => appended(await client.appendToStream("ruleset", like("video-1"))));
await tell("append activity to the intake", async () => appended(await client.appendToStream("intake", [like("video-1"), like("video-2")], { streamState: ANY, expectedRevision: ANY })));
await tell("append a free-form event", async () => appended(await client.appendToStream("intake", jsonEvent({ type: "order-placed", data: { total: 3 } }))));
await tell("append a sum that nobody has", async () => appended(await client.appendToStream("intake", event("tipped", { account, space: "s", amount: "1e400" }))));
await tell("append what the ledger alone states", async () => appended(await client.appendToStream("intake", event("window-sealed", { window: "2026-11-22" }))));

await tell("read forwards", async () => short(await collect(client.readStream(stream, { fromRevision: START, direction: FORWARDS }))));
await tell("read backwards", async () => short(await collect(client.readStream(stream, { fromRevision: END, direction: BACKWARDS, maxCount: 2 }))));
await tell("read a stream that is not there", async () => short(await collect(client.readStream(`account-${prefix}-none`))));
await tell("what is read is what was written", async () => {
  const [{ event: e }] = await collect(client.readStream(stream, { maxCount: 1 }));
  return e.id === opened.id && JSON.stringify(e.data) === JSON.stringify(opened.data) && e.isJson && e.metadata.window === "2026-11-22" && e.created instanceof Date;
});
await tell("read all forwards", async () => short(await collect(client.readAll({ fromPosition: START, direction: FORWARDS, maxCount: 2 }))));
await tell("read all backwards", async () => (await collect(client.readAll({ fromPosition: END, direction: BACKWARDS, maxCount: 1 })))[0].event.type);

await tell("subscribe to a stream", async () => {
  const running = follow(client.subscribeToStream(stream, { fromRevision: 0n }), (seen) => heard(seen, "2:account-suspended", "3:account-suspended"));
  await client.appendToStream(stream, suspended("live"));
  return (await running).replace("caught-up ", "").replace(" caught-up", "");
});
await tell("subscribe to all by stream", async () => {
  const filter = filterBy({ prefixes: [stream] });
  return (await follow(client.subscribeToAll({ fromPosition: START, filter }), (seen) => heard(seen, "3:account-suspended"))).replace(" caught-up", "");
});
await tell("subscribe to all by type, with checkpoints", async () => {
  let checkpoints = 0;
  const filter = typeFilter({ regex: "^account-(opened|suspended)$", maxSearchWindow: 1, checkpointInterval: 1, checkpointReached: () => (checkpoints += 1) });
  const wanted = 3;
  await follow(client.subscribeToAll({ fromPosition: START, filter }), (seen) => seen.filter((s) => s.includes("account-")).length >= wanted && checkpoints > 0);
  return checkpoints > 0;
});

await tell("delete", async () => `${(await client.deleteStream(stream)).position}`);
await tell("tombstone", async () => `${(await client.tombstoneStream(stream)).position}`);
await tell("the stream is as it was", async () => short(await collect(client.readStream(stream))));

const stranger = Client.connectionString(address.replace(/:\/\/[^@]*@/, "://stranger:wrong@"));
const asStranger = async (act) => {
  try {
    return await act();
  } catch (e) {
    return e.type ?? e.name;
  } finally {
    await stranger.dispose();
  }
};
await tell("append with a wrong key", () => asStranger(async () => appended(await stranger.appendToStream("intake", like("video-3")))));
await tell("read with a wrong key", () => asStranger(async () => short(await collect(stranger.readStream(stream)))));

await client.dispose();
process.exit(0);

// Imports files with ipfs-unixfs-importer, its defaults untouched but the chunk size where one is given, and prints milliseconds and CIDs.
// Blocks go nowhere, and the file is read in the pieces that were fastest here (4 MiB): what is measured is the importer.
//   node cid.mjs CHUNK_BYTES FILE…
import { createReadStream } from 'node:fs';
import { BlackHoleBlockstore } from 'blockstore-core';
import { importFile } from 'ipfs-unixfs-importer';
import { fixedSize } from 'ipfs-unixfs-importer/chunker';

const [chunkSize, ...files] = process.argv.slice(2);
const options = chunkSize === '0' ? {} : { chunker: fixedSize({ chunkSize: Number(chunkSize) }) };
const cids = [];
const started = performance.now();
for (const file of files) {
    const content = createReadStream(file, { highWaterMark: 4 << 20 });
    cids.push((await importFile({ content }, new BlackHoleBlockstore(), options)).cid.toString());
}
console.log(JSON.stringify({ ms: performance.now() - started, cids }));

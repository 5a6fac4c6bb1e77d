// Uploads a file with tus-js-client in pieces, breaks off after the first ones, and goes on in a second client that asks for the offset.
//   node tus.mjs URL KEY FILE
// Prints the upload's address and how many bytes the second client had to send.
import { createReadStream, statSync } from 'node:fs';
import * as tus from 'tus-js-client';

const [endpoint, key, file] = process.argv.slice(2);
const size = statSync(file).size;
const options = { endpoint, headers: { Authorization: `Bearer ${key}` }, chunkSize: 100_000, uploadSize: size, metadata: { filename: 'clip.mp4', filetype: 'video/mp4' }, retryDelays: null };

const first = await new Promise((resolve, reject) => {
    const upload = new tus.Upload(createReadStream(file), {
        ...options,
        onError: reject,
        onChunkComplete: (_, accepted) => { if (accepted >= size / 2) upload.abort().then(() => resolve({ url: upload.url, accepted })); },
        onSuccess: () => reject(new Error('it was to break off')),
    });
    upload.start();
});
let resumedAt = null;
await new Promise((resolve, reject) => {
    const upload = new tus.Upload(createReadStream(file), {
        ...options,
        uploadUrl: first.url,
        onError: reject,
        onProgress: sent => { resumedAt ??= sent; },
        onSuccess: resolve,
    });
    upload.start();
});
console.log(JSON.stringify({ url: first.url, accepted: first.accepted, resumedAt }));

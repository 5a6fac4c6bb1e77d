// Compiles the contracts for production and writes artifacts/; with --check it compares instead, and exits with 1 on a difference.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compile, folder, production, read, version } from './compile.mjs';

const check = process.argv.includes('--check');
for (const [name, { abi, bytecode }] of compile(['WeToken', 'RewardDistributor'], production)) {
  const file = `artifacts/${name}.json`;
  const text = JSON.stringify({ contract: name, compiler: { version, settings: production }, abi, bytecode }, null, 2) + '\n';
  if (!check) {
    writeFileSync(path.join(folder, file), text);
  } else if (!existsSync(path.join(folder, file)) || read(file) !== text) {
    console.error(`${file} is not what the sources compile to; run npm run artifacts and review the difference`);
    process.exitCode = 1;
  }
}

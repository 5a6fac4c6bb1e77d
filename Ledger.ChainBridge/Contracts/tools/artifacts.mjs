#!/usr/bin/env node
// Compiles the contracts as foundry.toml says and writes artifacts/; with --check it compares instead, and exits with 1 on a difference.
import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import solc from 'solc';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const contracts = { WeToken: 'src/WeToken.sol', RewardDistributor: 'src/RewardDistributor.sol' };
const settings = {
  evmVersion: 'prague',
  optimizer: { enabled: true, runs: 1_000_000 },
  viaIR: true,
  metadata: { bytecodeHash: 'none', appendCBOR: false },
};

const read = file => readFileSync(path.join(folder, file), 'utf8');
const resolve = name => {
  const file = name.startsWith('@') ? `node_modules/${name}` : name;
  return existsSync(path.join(folder, file)) ? { contents: read(file) } : { error: `no file ${file}` };
};
const output = JSON.parse(solc.compile(JSON.stringify({
  language: 'Solidity',
  sources: Object.fromEntries(Object.values(contracts).map(file => [file, { content: read(file) }])),
  settings: { ...settings, outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
}), { import: resolve }));
if (output.errors?.length) {
  for (const error of output.errors) process.stderr.write(error.formattedMessage);
  process.exit(1);
}

let changed = 0;
for (const [name, file] of Object.entries(contracts)) {
  const { abi, evm } = output.contracts[file][name];
  const artifact = {
    contract: name,
    compiler: { version: solc.version(), settings },
    abi,
    bytecode: '0x' + evm.bytecode.object,
  };
  const text = JSON.stringify(artifact, null, 2) + '\n';
  const target = `artifacts/${name}.json`;
  if (!process.argv.includes('--check')) {
    writeFileSync(path.join(folder, target), text);
  } else if (!existsSync(path.join(folder, target)) || read(target) !== text) {
    console.error(`${target} is not what the sources compile to; run node tools/artifacts.mjs and review the difference`);
    changed++;
  } else {
    console.log(`${target} is what the sources compile to: ${(artifact.bytecode.length - 2) / 2} bytes`);
  }
}
process.exit(changed ? 1 : 0);

// Compiles the contracts with npm's solc, from the folder's sources or from changed ones.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import solc from 'solc';

export const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
export const version = solc.version();

/** What is deployed: a change here is a change of every pinned byte. */
export const production = {
  evmVersion: 'prague',
  optimizer: { enabled: true, runs: 1_000_000 },
  viaIR: true,
  metadata: { bytecodeHash: 'none', appendCBOR: false },
};

export const read = file => readFileSync(path.join(folder, file), 'utf8');

/**
 * @param names contracts, each in src/NAME.sol
 * @param changed texts that stand in for files, by path
 * @returns {Map<string, {abi, bytecode}>} by name
 */
export function compile(names, settings, changed = {}) {
  const source = file => changed[file] ?? read(file.startsWith('@') ? `node_modules/${file}` : file);
  const output = JSON.parse(solc.compile(JSON.stringify({
    language: 'Solidity',
    sources: Object.fromEntries(names.map(name => [`src/${name}.sol`, { content: source(`src/${name}.sol`) }])),
    settings: { ...settings, outputSelection: Object.fromEntries(names.map(name => [`src/${name}.sol`, { [name]: ['abi', 'evm.bytecode.object'] }])) },
  }), { import: file => {
    try { return { contents: source(file) }; } catch { return { error: `no file ${file}` }; }
  } }));
  const errors = (output.errors ?? []).filter(error => error.severity === 'error' || settings === production);
  if (errors.length) throw new Error(errors.map(error => error.formattedMessage).join('\n'));
  return new Map(names.map(name => {
    const { abi, evm } = output.contracts[`src/${name}.sol`][name];
    return [name, { abi, bytecode: '0x' + evm.bytecode.object }];
  }));
}

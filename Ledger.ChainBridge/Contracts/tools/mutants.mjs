// Breaks the contracts on purpose, one way at a time, and requires the named test to fail for each.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compile, folder, read } from './compile.mjs';

// A mutant: its name, its contract, the code and what stands in its place, and the test that must fail.
const mutants = JSON.parse(read('test/mutants.json'));

// Quick to compile; what is asked is whether a rule is missing, not what it costs.
const quick = { evmVersion: 'prague', optimizer: { enabled: false } };
const contracts = ['WeToken', 'RewardDistributor'];
const scratch = 'out/mutants';

const write = (bytecodes) => {
  mkdirSync(path.join(folder, scratch), { recursive: true });
  for (const [name, { bytecode }] of bytecodes) writeFileSync(path.join(folder, scratch, `${name}.json`), JSON.stringify({ bytecode }));
};

// What became of every test, by name. (With a filter forge compiles all tests anew each time.)
const forge = () => {
  const { stdout, stderr } = spawnSync(path.join(folder, 'node_modules/.bin/forge'), ['test'], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      CONTRACTS: scratch,
      FOUNDRY_FUZZ_RUNS: '16',
      FOUNDRY_INVARIANT_RUNS: '1',
      FOUNDRY_INVARIANT_DEPTH: '1',
      FORGE_SNAPSHOT_EMIT: 'false',
      NO_COLOR: '1',
    },
  });
  const results = new Map([...stdout.matchAll(/^\[(PASS|FAIL).*\] (\w+)\(/gm)].map(([, verdict, test]) => [test, verdict]));
  if (results.size === 0) throw new Error(`forge ran no test: ${stderr}${stdout}`);
  return results;
};

const original = compile(contracts, quick);
write(original);
const tests = [...new Set(mutants.map(mutant => mutant.test))];
const sound = forge();
const unsound = tests.filter(test => sound.get(test) !== 'PASS');
if (unsound.length) throw new Error(`these fail without any mutant, or do not exist: ${unsound.join(', ')}`);

let survivors = 0;
for (const { name, contract, code, instead, test } of mutants) {
  const file = `src/${contract}.sol`;
  const pieces = read(file).split(code);
  if (pieces.length !== 2) throw new Error(`${name}: its code is in ${file} ${pieces.length - 1} times, not once`);
  write(original);
  write(compile([contract], quick, { [file]: pieces.join(instead) }));
  const killed = forge().get(test) === 'FAIL';
  console.log(`${killed ? 'killed  ' : 'SURVIVED'}  ${name}  (${test})`);
  if (!killed) survivors++;
}
rmSync(path.join(folder, scratch), { recursive: true });
console.log(`${mutants.length - survivors} of ${mutants.length} mutants killed`);
process.exitCode = survivors ? 1 : 0;

// Runs forge's gas tests, which fail if a figure has changed, and prints the figures beside the peers'.
import { spawnSync } from 'node:child_process';
import { folder, read } from './compile.mjs';

const run = spawnSync('node_modules/.bin/forge', ['test', '--match-contract', 'GasTest', '--gas-snapshot-check=true'], { cwd: folder, encoding: 'utf8' });
if (run.status !== 0) {
  process.stderr.write(run.stdout + run.stderr);
  process.exit(1);
}

const gas = new Proxy(JSON.parse(read('snapshots/Gas.json')), { get: (all, name) => Number(all[name]) });
const line = (what, used, beside, than) => console.log(
  `${what.padEnd(52)}${used.toLocaleString('en-US').padStart(9)}${beside.toLocaleString('en-US').padStart(11)}  ${(used / beside).toFixed(3).padStart(6)}  ${than}`);

console.log(`${'gas, each call a transaction of its own'.padEnd(52)}${'used'.padStart(9)}${'beside'.padStart(11)}   ratio`);
line('root, proposed and approved', gas['root propose'] + gas['root approve'], 85_000, 'the bound');
line('claim among 1,000,000 leaves, first', gas['claim first'], gas['claim first floor'], 'the floor; bound 1.10');
line('claim among 1,000,000 leaves, later', gas['claim second'], gas['claim second floor'], 'the floor; bound 1.10');
line('', gas['claim second'], gas['peer uniswap claim average'], 'Uniswap\'s MerkleDistributor, 100,000 leaves, same run');
line('push to 500 new accounts, each', gas['push each'], gas['push each floor'], 'the floor; bound 1.08');
line('', gas['push each'], gas['peer gaslite each'], 'in the manner of GasliteDrop, same run');
line('', gas['push each'], gas['peer disperse each'], 'in the manner of Disperse, same run');

// Builds OpenZeppelin's StandardMerkleTree over the leaves of a file (domain, payee, cumulative; one leaf a line) and prints how long that took and its root.
import { readFileSync } from 'node:fs';
import { StandardMerkleTree } from '@openzeppelin/merkle-tree';

const leaves = readFileSync(process.argv[2], 'utf8').trimEnd().split('\n').map(line => line.split(' '));
const started = performance.now();
const tree = StandardMerkleTree.of(leaves, ['bytes32', 'bytes32', 'uint256']);
console.log(JSON.stringify({ ms: performance.now() - started, root: tree.root }));

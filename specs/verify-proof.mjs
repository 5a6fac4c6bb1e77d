// Checks the reward in a proof file with OpenZeppelin's library, and with nothing of ours:
//   npm install @openzeppelin/merkle-tree
//   node verify-proof.mjs proof.json
// What it prints as the root must be what the distributor contract answers to root(); anything under that root can be claimed.
import { readFileSync } from 'node:fs';
import { StandardMerkleTree } from '@openzeppelin/merkle-tree';

const proof = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { domain, leafEncoding, leaf, leafHash, path, root } = (proof.payout ?? proof).reward;
const [, payee, amount] = leaf;

if (StandardMerkleTree.of([leaf], leafEncoding).root !== leafHash) throw new Error('the leaf does not have the hash that the file states');
if (!StandardMerkleTree.verify(root, leafEncoding, leaf, path)) throw new Error('the path does not lead from the leaf to the root');
console.log(`${payee} has earned ${amount} base units, under root ${root} of distributor ${domain.distributor} on chain ${domain.chainId}`);

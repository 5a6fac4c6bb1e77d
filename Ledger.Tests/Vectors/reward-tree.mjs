// Writes reward-tree.json: trees, roots and proofs as OpenZeppelin's own library makes them, for RewardTreeTests.
//   npm install --prefix <a temporary folder> @openzeppelin/merkle-tree@1.0.8
//   NODE_PATH=<that folder>/node_modules node reward-tree.mjs > reward-tree.json
import { createRequire } from 'node:module';
import { createHash } from 'node:crypto';

const require = createRequire(import.meta.url);
const { StandardMerkleTree } = require('@openzeppelin/merkle-tree');

const leafEncoding = ['bytes32', 'bytes32', 'uint256'];
const sha256 = text => '0x' + createHash('sha256').update(text).digest('hex');
const domain = sha256('domain');

// Amounts from zero through both halves of 128 bits up to the largest one.
const amounts = [0n, 1n, 10n ** 18n, 2n ** 64n - 1n, 2n ** 64n, 1250000000n * 10n ** 18n, 2n ** 128n - 1n];
const leafOf = i => [domain, sha256(`payee ${i}`), String(amounts[i % amounts.length])];

const trees = [1, 2, 3, 5, 7, 8, 33, 100].map(count => {
  const leaves = Array.from({ length: count }, (_, i) => leafOf(i));
  const tree = StandardMerkleTree.of(leaves, leafEncoding);
  const dump = tree.dump();
  const withProofs = count <= 33;
  return {
    leaves: leaves.map(([, payee, cumulative], i) => ({
      payee,
      cumulative,
      hash: tree.leafHash(leaves[i]),
      treeIndex: dump.values[i].treeIndex,
      ...(withProofs ? { proof: tree.getProof(i) } : {}),
    })),
    root: tree.root,
    tree: dump.tree,
  };
});

process.stdout.write(JSON.stringify({ library: '@openzeppelin/merkle-tree 1.0.8', leafEncoding, domain, trees }, null, 1) + '\n');

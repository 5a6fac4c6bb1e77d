// Checks the trees in a proof file with OpenZeppelin's library, and with nothing of ours:
//   npm install @openzeppelin/merkle-tree
//   node verify-proof.mjs proof.json [http://NODE]
// A settlement's root must be what the distributor contract answers to root(): anything under that root can be claimed. Given a node, it is asked.
import { readFileSync } from 'node:fs';
import { StandardMerkleTree } from '@openzeppelin/merkle-tree';

const [, , file, node] = process.argv;
const proof = JSON.parse(readFileSync(file, 'utf8'));

function check({ domain, leafEncoding, leaf, leafHash, path, root }, says) {
  if (StandardMerkleTree.of([leaf], leafEncoding).root !== leafHash) throw new Error('the leaf does not have the hash that the file states');
  if (!StandardMerkleTree.verify(root, leafEncoding, leaf, path)) throw new Error('the path does not lead from the leaf to the root');
  const [, payee, amount] = leaf;
  console.log(`${payee} ${says} ${amount} base units, under root ${root} of distributor ${domain.distributor} on chain ${domain.chainId}`);
}

async function ask(data) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_call', params: [{ to: proof.settled.domain.distributor, data }, 'latest'] });
  const answer = await fetch(node, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await answer.json()).result;
}

check((proof.payout ?? proof).reward, 'has earned');
if (proof.settled) check(proof.settled, 'can claim');
if (proof.settled && node) {
  if ((await ask('0xebf0c717')) !== proof.settled.root) throw new Error('root(): the contract holds another root');
  if ((await ask('0x1303a484')) !== proof.commitment) throw new Error('commitment(): the contract holds another commitment');
  console.log('the contract holds this root and this commitment');
}

// Requires NatSpec on everything public of the contracts' own sources: a notice, every parameter, every returned value.
import { readdirSync } from 'node:fs';
import solc from 'solc';
import { read } from './compile.mjs';

const sources = Object.fromEntries(readdirSync(new URL('../src', import.meta.url)).map(file => [`src/${file}`, { content: read(`src/${file}`) }]));
const input = { language: 'Solidity', sources, settings: { outputSelection: { '*': { '': ['ast'] } } } };
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: file => ({ contents: read(`node_modules/${file}`) }) }));
const missing = [];
let checked = 0;

const isPublic = node => ['public', 'external'].includes(node.visibility) || ['EventDefinition', 'ErrorDefinition', 'StructDefinition'].includes(node.nodeType) || node.kind === 'constructor';

function check(where, node) {
  const text = node.documentation?.text ?? '';
  if (!/@(title|notice)|^[^@]/.test(text.trim())) missing.push(`${where}: @notice`);
  const parameters = node.nodeType === 'StructDefinition' ? node.members : node.nodeType === 'VariableDeclaration' ? [] : node.parameters?.parameters ?? [];
  for (const { name } of parameters) if (!new RegExp(`@param ${name} `).test(text)) missing.push(`${where}: @param ${name}`);
  const returned = node.returnParameters?.parameters.length ?? 0;
  if ((text.match(/@return /g) ?? []).length !== returned) missing.push(`${where}: ${returned} @return`);
  checked++;
}

for (const file of Object.keys(sources)) {
  for (const contract of output.sources[file].ast.nodes.filter(node => node.nodeType === 'ContractDefinition' && node.contractKind !== 'library')) {
    check(contract.name, { documentation: contract.documentation });
    for (const node of contract.nodes.filter(isPublic)) check(`${contract.name}.${node.name || node.kind}`, node);
  }
}

console.log(missing.length ? missing.join('\n') : `${checked} public things are documented`);
process.exit(missing.length ? 1 : 0);

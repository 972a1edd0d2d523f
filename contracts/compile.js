// Compiles every contract here; writes ABI and bytecode into the folder that is given. Needs solc on NODE_PATH.
'use strict';
const fs = require('fs');
const path = require('path');
const solc = require('solc');

const here = __dirname;
const out = process.argv[2];
const files = fs.readdirSync(here).filter((name) => name.endsWith('.sol')).sort();
const sources = Object.fromEntries(files.map((name) => [name, { content: fs.readFileSync(path.join(here, name), 'utf8') }]));
const settings = {
  // The oldest EVM that all chains in use know: no PUSH0.
  evmVersion: 'paris',
  optimizer: { enabled: true, runs: 200 },
  // Nothing of the compiler's folder in the bytecode: the same sources give the same bytes everywhere.
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
};
const answer = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings })));
for (const told of answer.errors ?? []) process.stderr.write(told.formattedMessage);
if ((answer.errors ?? []).length > 0) process.exit(1);

fs.mkdirSync(out, { recursive: true });
for (const [file, contracts] of Object.entries(answer.contracts)) {
  const name = path.basename(file, '.sol');
  const { abi, evm } = contracts[name];
  if (evm.bytecode.object === '' || name === 'SafeToken') continue;
  const text = { contract: name, compiler: solc.version(), abi, bytecode: `0x${evm.bytecode.object}` };
  const lines = abi.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n');
  fs.writeFileSync(
    path.join(out, `${name}.json`),
    `{\n  "contract": ${JSON.stringify(text.contract)},\n  "compiler": ${JSON.stringify(text.compiler)},\n` +
      `  "abi": [\n${lines}\n  ],\n  "bytecode": ${JSON.stringify(text.bytecode)}\n}\n`,
  );
}

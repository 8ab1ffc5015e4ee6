#!/usr/bin/env node
// The shim: checks the Node version before anything newer than this syntax is parsed, then runs the bundle.
// CommonJS (see the package.json beside it), because Node's loader of ES modules costs several milliseconds.
'use strict';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`ai needs Node 20.19 or newer; this is ${process.versions.node}.\nInstall a newer Node, then run the command again.\n`);
  process.exit(2);
}
const isHook = process.argv[2] === 'hook' && !process.argv.some((word) => word === '--help' || word === '-h');
if (!require('node:fs').existsSync(require('node:path').join(__dirname, '../dist/main.js'))) {
  process.stderr.write('ai is not built yet.\nRun: npm run build\n');
  process.exit(isHook ? 2 : 1);
}
if (isHook) {
  // Whoever runs a hook lets the call pass on every exit code but 2.
  process.exitCode = 2;
  process.on('exit', (code) => {
    if (code !== 0) process.exitCode = 2;
  });
  // The client gives up some time after this, and then it would let the call pass.
  setTimeout(() => process.exit(2), 60_000).unref();
}
if (isHook && (process.env.AI_POLICY_SOCKET || '') !== '') {
  // Inside a supervised run: the program of its hooks, with the words that it is started with there.
  process.argv.splice(2, 1, process.env.AI_POLICY_SOCKET);
  require('../dist/hook.cjs');
} else {
  require('../dist/main.js').main();
}

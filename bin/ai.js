#!/usr/bin/env node
// The shim: checks the Node version before anything newer than this syntax is parsed, then runs the bundle.
// CommonJS (see the package.json beside it), because Node's loader of ES modules costs several milliseconds.
'use strict';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`ai needs Node 20.19 or newer; this is ${process.versions.node}.\nInstall a newer Node, then run the command again.\n`);
  process.exit(2);
}
if (!require('node:fs').existsSync(require('node:path').join(__dirname, '../dist/main.js'))) {
  process.stderr.write('ai is not built yet.\nRun: npm run build\n');
  process.exit(1);
}
require('../dist/main.js').main();

#!/usr/bin/env node
// The shim: checks the Node version before anything newer than this syntax is parsed, then runs the bundle.
import module from 'node:module';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`ai needs Node 20.19 or newer; this is ${process.versions.node}.\nInstall a newer Node, then run the command again.\n`);
  process.exit(2);
}
module.enableCompileCache?.();
const { main } = await import('../dist/main.js');
await main();

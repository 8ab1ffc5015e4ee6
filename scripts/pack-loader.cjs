'use strict';
// Runs the packed program; built into dist/main.js by scripts/pack.mjs.
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { Script } = require('node:vm');

const made = new Map();
const tables = new Map();
const scripts = [];
let elsewhere;

/** A module of any pack, run at its first use. */
function load(name) {
  const known = made.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  made.set(name, module);
  tableWith(name)[name](module.exports, module, require, load, __filename);
  return module.exports;
}

function tableWith(name) {
  for (const pack of ['entry', 'hot']) {
    const table = openPack(pack);
    if (Object.hasOwn(table, name)) return table;
  }
  elsewhere ??= JSON.parse(readFileSync(path.join(__dirname, 'packs.json'), 'utf8'));
  return openPack(elsewhere[name] ?? 'rest');
}

function openPack(pack) {
  const open = tables.get(pack);
  if (open !== undefined) return open;
  const filename = path.join(__dirname, `${pack}.pack.js`);
  const cacheFile = cacheFileOf(pack);
  const cachedData = existsSync(cacheFile) ? readFileSync(cacheFile) : undefined;
  // One-byte text: the packer leaves nothing but ASCII in it.
  const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });
  scripts.push({ script, cacheFile });
  const table = script.runInThisContext();
  tables.set(pack, table);
  return table;
}

/** V8 takes compiled code only from its own version, and checks that by itself; the name keeps two Nodes apart. */
function cacheFileOf(pack) {
  return path.join(__dirname, `${pack}.${process.version}-${process.arch}.cache`);
}

/** For the build: keeps what this run has compiled, beside what earlier runs had. */
exports.keepCompiledCode = () => {
  for (const { script, cacheFile } of scripts) {
    writeFileSync(`${cacheFile}.tmp`, script.createCachedData());
    renameSync(`${cacheFile}.tmp`, cacheFile);
  }
};

exports.main = () => load('main.js').main();

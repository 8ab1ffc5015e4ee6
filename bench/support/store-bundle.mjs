// Bundles the SQLite adapter into one temporary ES module, so that plain Node processes can run it.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Answers the file of the module and a function that removes it. It lies below node_modules, so that better-sqlite3 is found from it. */
export async function bundleStore(contents = "export { openStore } from './src/adapters/sqlite/open-store.ts';") {
  const cache = path.join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, 'store-'));
  const file = path.join(folder, 'store.mjs');
  await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['better-sqlite3'],
    logLevel: 'warning',
  });
  return { file, dispose: () => rm(folder, { recursive: true, force: true }) };
}

/** The raw database, for setting up millions of rows. */
export const Database = createRequire(import.meta.url)('better-sqlite3');

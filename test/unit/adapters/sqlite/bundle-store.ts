import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

export interface StoreBundle {
  readonly file: string;
  dispose(): Promise<void>;
}

/** The adapter as one plain module, so that real processes can run it. It lies below node_modules, so that better-sqlite3 is found from it. */
export async function bundleStore(): Promise<StoreBundle> {
  const cache = path.resolve('node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, 'store-test-'));
  const file = path.join(folder, 'store.mjs');
  await build({ entryPoints: ['src/adapters/sqlite/open-store.ts'], outfile: file, bundle: true, format: 'esm', platform: 'node', target: 'node20', external: ['better-sqlite3'], logLevel: 'error' });
  return { file, dispose: () => rm(folder, { recursive: true, force: true }) };
}

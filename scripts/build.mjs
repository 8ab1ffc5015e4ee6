// Builds dist/ from src/ in three steps:
//   1. esbuild bundles with code splitting, in memory (the entry gate reads its metafile, dist/meta.json);
//   2. pack.mjs turns the chunks into packs of lazily run CommonJS functions, which is what runs;
//   3. warm-up.mjs runs a few commands, so that V8's compiled code is stored beside the packs.
// docs/decisions/0009 says why.
import { rm, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lazyBuiltins, minifiedCommander } from './esbuild-plugins.mjs';
import { pack } from './pack.mjs';
import { warmUp } from './warm-up.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts' },
  outdir: path.join(dist, 'esm'),
  write: false,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: false,
  metafile: true,
  legalComments: 'none',
  chunkNames: 'chunks/[name]-[hash]',
  define: { 'process.env.NODE_ENV': '"production"', AI_VERSION: JSON.stringify(manifest.version) },
  plugins: [minifiedCommander, lazyBuiltins],
  external: ['bindings'],
  logLevel: 'warning',
});
// Only now: a source that does not compile leaves the last build in place.
await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await writeFile(path.join(dist, 'meta.json'), JSON.stringify(metafile));
await pack({ dist, metafile, outputFiles });
// What every tool call of an agent waits for: one file, which loads nothing else.
await build({
  absWorkingDir: root,
  entryPoints: { hook: 'src/cli/commands/hook/client/main.ts' },
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
});
await warmUp({ root, dist });

// Bundles src/ into dist/ with code splitting, so that a cold command parses only what it runs.
// better-sqlite3's JavaScript is bundled and its native part is loaded by path: probing for it
// through the `bindings` package costs about 7 ms of each start.
import { rm, writeFile, mkdir } from 'node:fs/promises';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const outdir = path.join(root, 'dist');
const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

await rm(outdir, { recursive: true, force: true });
const result = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts' },
  outdir,
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
  // CommonJS packages inside an ES module bundle still call require().
  banner: { js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);" },
  external: ['bindings'],
  logLevel: 'warning',
});
await mkdir(outdir, { recursive: true });
await writeFile(path.join(outdir, 'meta.json'), JSON.stringify(result.metafile));

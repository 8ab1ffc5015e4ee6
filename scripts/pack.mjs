// Turns esbuild's chunks into packs. A pack is one script whose value is a table: module name to function.
// Nothing in it runs until the loader asks for it by name, so a command runs what it needs, but the file
// system is asked once instead of forty times, and V8's compiled code can be kept beside the pack.
import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

/** Packages on the path of nearly every command; their chunks belong to the program's own packs. */
const IN_PROGRAM = new Set(['commander', 'better-sqlite3']);
/** What every call runs, also `ai --version`; small, and therefore quick to open. */
const ENTRY = 'entry';
/** What the most frequent calls run besides. */
const HOT = 'hot';
const REST = 'rest';
const HOT_SOURCES = [
  'src/composition/project.ts',
  'src/adapters/sqlite/open-store.ts',
  'src/app/runs/repair-runs.ts',
  'src/adapters/policy-files/policy-files.ts',
  'src/cli/print-answer.ts',
  'src/cli/commands/project/index.ts',
  'src/cli/commands/project/status.ts',
  ...['index', 'create', 'list', 'show', 'claim', 'heartbeat', 'progress', 'complete'].map((verb) => `src/cli/commands/task/${verb}.ts`),
];
const loader = path.join(path.dirname(fileURLToPath(import.meta.url)), 'pack-loader.cjs');

export async function pack({ dist, metafile, outputFiles }) {
  const always = staticallyReached(metafile, ['src/main.ts']);
  const often = staticallyReached(metafile, HOT_SOURCES);
  const outputs = Object.entries(metafile.outputs);
  const chunks = await Promise.all(
    outputs.map(async ([output, facts]) => {
      const name = path.basename(output);
      const { text } = outputFiles.find((file) => file.path.endsWith(output));
      return { name, pack: always.has(output) ? ENTRY : (heavyPack(name, facts) ?? (often.has(output) ? HOT : REST)), code: await toCommonJs(text) };
    }),
  );
  const packOf = new Map(chunks.map((chunk) => [chunk.name, chunk.pack]));
  for (const name of new Set(packOf.values())) {
    const members = chunks.filter((chunk) => chunk.pack === name);
    const table = members.map((chunk) => `${JSON.stringify(chunk.name)}(exports,module,require,load,__filename){${localised(chunk, packOf)}\n}`);
    await writeFile(path.join(dist, `${name}.pack.js`), `({${table.join(',\n')}})`);
  }
  // Where to find what is not in the two that are looked into first.
  const elsewhere = Object.fromEntries([...packOf].filter(([, name]) => name !== ENTRY && name !== HOT && name !== REST));
  await writeFile(path.join(dist, 'packs.json'), JSON.stringify(elsewhere));
  await writeFile(path.join(dist, 'package.json'), '{"type":"commonjs"}\n');
  await copyFile(loader, path.join(dist, 'main.js'));
}

function staticallyReached({ outputs }, sources) {
  const reached = new Set();
  const visit = (output) => {
    if (reached.has(output)) return;
    reached.add(output);
    for (const { kind, path: target, external } of outputs[output].imports) if (kind === 'import-statement' && !external) visit(target);
  };
  for (const source of sources) {
    const output = Object.keys(outputs).find((name) => outputs[name].entryPoint === source);
    if (output === undefined) throw new Error(`pack: ${source} is loaded by nobody with import(); correct the list of hot sources`);
    visit(output);
  }
  return reached;
}

/** A chunk that is mostly a package of some weight has a pack of its own, read only when it is needed. */
function heavyPack(name, { inputs, bytes }) {
  const foreign = Object.entries(inputs).filter(([input]) => packageOf(input) !== undefined && !IN_PROGRAM.has(packageOf(input)));
  const foreignBytes = foreign.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  return foreignBytes > bytes / 2 ? name.replace(/\.js$/, '') : undefined;
}

function packageOf(input) {
  return /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

async function toCommonJs(code) {
  const { code: converted } = await transform(code, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // import() becomes a promise of require(), which is what the loader can serve.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__url' },
    banner: code.includes('import.meta.url') ? "const __url=require('node:url').pathToFileURL(__filename).href;" : '',
    minifySyntax: true,
    minifyWhitespace: true,
    // Keeps the pack one-byte text, which is read without decoding.
    charset: 'ascii',
  });
  // esbuild leaves regular expressions as they are, and the loader would read their bytes one by one.
  return converted.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Requires of other chunks go to the loader. */
function localised({ code }, packOf) {
  return code.replaceAll(/\brequire\("(\.\.?\/[^"]+)"\)/g, (call, target) => (packOf.has(path.basename(target)) ? `load(${JSON.stringify(path.basename(target))})` : call));
}

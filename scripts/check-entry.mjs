// The start-up gate: fails when a heavy package can be reached from the entry without a dynamic import.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HEAVY = ['ink', 'react', 'openai', 'execa', 'yaml', 'zod', 'pino', '@modelcontextprotocol/sdk'];
const MAX_ENTRY_BYTES = 60_000;

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const meta = JSON.parse(await readFile(path.join(root, 'dist/meta.json'), 'utf8'));

const packageOf = (input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
const entry = Object.keys(meta.outputs).find((name) => meta.outputs[name].entryPoint === 'src/main.ts');
const reached = new Set();
const visit = (name) => {
  if (reached.has(name)) return;
  reached.add(name);
  for (const imported of meta.outputs[name]?.imports ?? []) if (imported.kind === 'import-statement' && !imported.external) visit(imported.path);
};
visit(entry);

const problems = [];
let bytes = 0;
for (const name of reached) {
  bytes += meta.outputs[name].bytes;
  for (const input of Object.keys(meta.outputs[name].inputs)) {
    const found = packageOf(input);
    if (found && HEAVY.includes(found)) problems.push(`${found} is statically reachable from the entry, through ${name}`);
  }
}
if (bytes > MAX_ENTRY_BYTES) problems.push(`the entry and what it statically imports weigh ${bytes} bytes; the limit is ${MAX_ENTRY_BYTES}`);
if (problems.length > 0) {
  console.error([...new Set(problems)].join('\n'));
  process.exit(1);
}
console.log(`entry gate: ${reached.size} files, ${bytes} bytes, no heavy package`);

// `npm run bench [NAME…]`: runs the benchmarks one after the other. They print figures; nothing is asserted by time.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const programs = readdirSync(folder).filter((name) => name.endsWith('.mjs') && name !== 'run.mjs');
const chosen = wanted.length === 0 ? programs : programs.filter((name) => wanted.some((word) => name.startsWith(word)));

// Certificates that Node 20 loads at every start would drown the differences that are measured here.
const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS;
let failed = 0;
for (const name of chosen.sort()) {
  console.log(`\n== ${name}`);
  const result = spawnSync(process.execPath, [path.join(folder, name)], { stdio: 'inherit', env });
  if (result.status !== 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;

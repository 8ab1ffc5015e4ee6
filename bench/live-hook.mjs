// What a tool call of an agent pays for being decided: the whole process of the hook, from its start to its exit, against
// a Node process that does nothing. Interleaved, so that a busy moment hits both. Build first: npm run build.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

const ROUNDS = 50;
const WARM_UP = 5;
const GOAL_MS = 15;

const program = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../dist/hook.cjs');
if (!existsSync(program)) {
  console.error('dist/hook.cjs is missing: npm run build');
  process.exit(1);
}
const folder = mkdtempSync(path.join(tmpdir(), 'ai-lb-'));
const socket = path.join(folder, 's');
// In a thread of its own: this one waits for the processes. It answers at once, so that only the way is measured.
const server = new Worker(
  `const { parentPort, workerData } = require('node:worker_threads');
   require('node:net').createServer((socket) => socket.once('data', () => socket.end('{"effect":"allow","reason":null}\\n'))).listen(workerData, () => parentPort.postMessage('ready'));`,
  { eval: true, workerData: socket },
);
await once(server, 'message');

const input = JSON.stringify({ hook_event_name: 'PreToolUse', cwd: '/w', tool_name: 'Write', tool_input: { file_path: '/w/a.ts', content: 'x'.repeat(2_000) }, tool_use_id: 'toolu_1' });
// Only what a process needs: with NODE_EXTRA_CA_CERTS each would read certificates first.
const env = { PATH: process.env.PATH };
const cases = { 'node -e 0': ['-e', '0'], hook: [program, socket, 'claude-code', 'pre-tool-use'] };
const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));

try {
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const [name, words] of Object.entries(cases)) {
      const began = performance.now();
      const { status, stderr } = spawnSync(process.execPath, words, { input, env, encoding: 'utf8' });
      const took = performance.now() - began;
      if (status !== 0) throw new Error(`${name} exited with ${status}: ${stderr}`);
      if (round >= 0) times[name].push(took);
    }
  }
} finally {
  await server.terminate();
  rmSync(folder, { recursive: true, force: true });
}

const at = (values, share) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const rows = Object.entries(times).map(([name, values]) => ({ name, p50: at(values, 0.5), p95: at(values, 0.95) }));
for (const { name, p50, p95 } of rows) console.log(`${name.padEnd(10)} p50 ${p50.toFixed(1)} ms   p95 ${p95.toFixed(1)} ms`);
const [bare, hook] = rows;
const differences = times.hook.map((took, round) => took - times['node -e 0'][round]);
console.log(`difference p50 ${(hook.p50 - bare.p50).toFixed(1)} ms   p95 ${(hook.p95 - bare.p95).toFixed(1)} ms (goal: at most ${GOAL_MS} ms); median of each round's own difference ${at(differences, 0.5).toFixed(1)} ms`);

// What `ai task execute` costs over the bare command: a `command` agent that runs `true`, against the same git
// worktree set-up with `true` started by hand. Interleaved rounds, medians; the machine's noise hits both alike.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = Number(process.argv[2] ?? 15);
const AI = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../bin/ai.js');
const folder = mkdtempSync(path.join(tmpdir(), 'ai-bench-'));
const root = path.join(folder, 'repository');
const env = { PATH: process.env.PATH, HOME: folder, GIT_AUTHOR_NAME: 'b', GIT_AUTHOR_EMAIL: 'b@example.invalid', GIT_COMMITTER_NAME: 'b', GIT_COMMITTER_EMAIL: 'b@example.invalid' };

const run = (file, args, cwd = root) => {
  const result = spawnSync(file, args, { cwd, env, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${file} ${args.join(' ')}: ${result.stderr}${result.stdout}`);
  return result.stdout;
};
const ai = (...args) => JSON.parse(run(process.execPath, [AI, '--json', ...args]));
const timed = (work) => {
  // What the round before wrote is on disk first: a later fsync would wait for it and be charged for it.
  spawnSync('sync');
  const from = performance.now();
  const value = work();
  return { ms: performance.now() - from, value };
};
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

try {
  run('git', ['init', '-q', '-b', 'main', root], folder);
  for (let index = 0; index < 100; index += 1) writeFileSync(path.join(root, `file-${index}.txt`), `${index}\n`);
  run('git', ['add', '-A']);
  run('git', ['commit', '-qm', 'First']);
  ai('init');
  ai('agent', 'register', 'nothing', '--connector', 'command', '--', 'true');

  const bare = [];
  const whole = [];
  const empty = [];
  const steps = new Map();
  for (let round = 0; round < ROUNDS; round += 1) {
    const place = path.join(root, '.ai/worktrees', `bare-${round}`);
    empty.push(timed(() => run(process.execPath, ['-e', '0'])).ms);
    bare.push(
      timed(() => {
        run('git', ['worktree', 'add', '-q', '-b', `bare-${round}`, place, 'main']);
        run('true', [], place);
        run('git', ['worktree', 'remove', '--force', place]);
      }).ms,
    );
    const id = ai('task', 'create', `Nothing ${round}`).data.id;
    const executed = timed(() => run(process.execPath, [AI, 'task', 'execute', id, '--verbose']));
    whole.push(executed.ms);
    // "    workspace       31 ms   22.1 %", as --verbose prints it.
    for (const [, step, ms] of executed.value.matchAll(/^ {4}(\S[\w ]*?) +(\d+) ?ms +[\d.]+ %$/gm)) steps.set(step, [...(steps.get(step) ?? []), Number(ms)]);
  }
  console.log(`rounds ${ROUNDS}, medians in ms`);
  console.log(`node that does nothing       ${median(empty).toFixed(1)}`);
  console.log(`worktree, true, remove       ${median(bare).toFixed(1)}`);
  console.log(`ai task execute              ${median(whole).toFixed(1)}`);
  console.log(`overhead of the whole        ${(median(whole) - median(bare)).toFixed(1)}   (goal: under 100)`);
  for (const [step, values] of steps) console.log(`  ${step.padEnd(26)} ${median(values).toFixed(1)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

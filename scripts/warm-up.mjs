// Runs the commands that people and agents run most, one after the other, and has each leave the code that
// V8 compiled for it. A run starts from what the ones before have left, so the last one leaves it all.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The rest is compiled at each start, which costs time and nothing else. */
const COMMANDS = [
  ['--help'],
  ['init'],
  ['status'],
  ['task', 'create', 'Warm up', '--lock', 'src/**'],
  ['task', 'list'],
  ['task', 'list', '--json'],
  ['task', 'claim', '--as', 'build', '--json'],
  ['task', 'show', 'ID', '--json'],
  ['task', 'heartbeat', 'ID', '--token', 'TOKEN'],
  ['task', 'progress', 'ID', '--token', 'TOKEN', '--percent', '50'],
  ['task', 'complete', 'ID', '--token', 'TOKEN'],
  ['nonsense'],
];

/** The way of a run, which needs a repository. */
const EXECUTION = [
  ['agent', 'register', 'nobody', '--connector', 'command', '--', 'true'],
  ['task', 'create', 'Run', '--json'],
  ['task', 'execute', 'ID', '--quiet'],
];
const REPOSITORY = [
  ['init', '--quiet', '--initial-branch=main'],
  ['-c', 'user.name=build', '-c', 'user.email=build@localhost', 'commit', '--quiet', '--allow-empty', '--message=Start'],
];

export async function warmUp({ root, dist }) {
  const folder = await mkdtemp(path.join(tmpdir(), 'ai-build-'));
  const hook = path.join(folder, 'keep.cjs');
  const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder };
  await writeFile(hook, `process.on('exit', () => require(${JSON.stringify(path.join(dist, 'main.js'))}).keepCompiledCode());\n`);
  let claimed = { id: '', lease: { token: 0 } };
  try {
    // Without git the way of a run is compiled when it is needed.
    const canRun = REPOSITORY.every((words) => spawnSync('git', words, { cwd: folder, env }).status === 0);
    for (const words of canRun ? [...COMMANDS, ...EXECUTION] : COMMANDS) {
      const filled = words.map((word) => (word === 'ID' ? claimed.id : word === 'TOKEN' ? String(claimed.lease.token) : word));
      const run = spawnSync(process.execPath, ['--require', hook, path.join(root, 'bin/ai.js'), ...filled], { cwd: folder, env, encoding: 'utf8' });
      if (run.status !== 0 && words[0] !== 'nonsense') return warn(filled, run);
      if (words[1] === 'claim' || (words[1] === 'create' && words.includes('--json'))) claimed = JSON.parse(run.stdout).data;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The program is complete without; for example, the native part of a dependency may not be built yet. */
function warn(words, run) {
  console.warn(`build: no compiled code is kept, every start will be slower: \`ai ${words.join(' ')}\` exited with ${run.status ?? run.signal}.\n${run.stderr}`);
}

// What a cold command costs: CPU time and peak memory of the whole process, beside an empty program.
//
// Each command runs once a round, in turn with the others, so that a busy moment of the machine hits
// all of them alike; the table shows medians. A preloaded hook reads the process's own resource usage
// (getrusage, microseconds) when it exits and writes it to descriptor 3. The empty program carries the
// same hook, so its cost cancels out of the difference. What the kernel does after the exit event is
// not counted, for none of them.
//
// NODE_EXTRA_CA_CERTS is taken out of the environment: Node 20 reads that file at every start.
//
//   node bench/cold-start.mjs [--rounds N] [--tasks N] [--json]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '31' }, tasks: { type: 'string', default: '1000' }, bin: { type: 'string' }, json: { type: 'boolean', default: false } } });
const rounds = Number(values.rounds);
const tasks = Number(values.tasks);
const ai = path.resolve(values.bin ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '../bin/ai.js'));

const folder = mkdtempSync(path.join(tmpdir(), 'ai-bench-'));
// Beside the repository: the key that signs the log is never kept inside of one.
const home = mkdtempSync(path.join(tmpdir(), 'ai-bench-home-'));
const environment = { ...process.env, HOME: home, XDG_CONFIG_HOME: path.join(home, 'config') };
for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'AI_ROOT', 'AI_AGENT_ID', 'AI_LEASE_TOKEN']) delete environment[name];

const hook = path.join(folder, 'hook.cjs');
writeFileSync(hook, `process.on('exit', () => { const u = process.resourceUsage(); require('node:fs').writeSync(3, JSON.stringify({ cpuMs: (u.userCPUTime + u.systemCPUTime) / 1000, rssMiB: u.maxRSS / 1024 })); });\n`);
const empty = path.join(folder, 'empty.cjs');
writeFileSync(empty, '');

/** Runs one program and answers its usage and what it printed. A failure ends the benchmark: it would be timed as a success. */
function run(argv) {
  const result = spawnSync(process.execPath, ['--require', hook, ...argv], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (result.status !== 0) throw new Error(`${argv.join(' ')} exited with ${result.status ?? result.signal}: ${result.stderr}`);
  return { ...JSON.parse(result.output[3]), stdout: result.stdout };
}

let claimed;
const commands = [
  { name: 'node empty.cjs', run: () => run([empty]) },
  { name: 'ai --version', limitMs: 12, run: () => run([ai, '--version']) },
  { name: 'ai --help', limitMs: 12, run: () => run([ai, '--help']) },
  { name: 'ai status', limitMs: 20, run: () => run([ai, 'status']) },
  { name: 'ai task list --json', limitMs: 20, run: () => run([ai, 'task', 'list', '--json']) },
  { name: 'ai task create', limitMs: 25, run: () => run([ai, 'task', 'create', 'One more']) },
  {
    name: 'ai task claim --json',
    limitMs: 25,
    run: () => {
      const usage = run([ai, 'task', 'claim', '--as', 'bench', '--json']);
      claimed = JSON.parse(usage.stdout).data;
      return usage;
    },
  },
  { name: 'ai task complete', limitMs: 25, run: () => run([ai, 'task', 'complete', claimed.id, '--token', String(claimed.lease.token)]) },
];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const MEMORY_LIMIT_MIB = 70;

try {
  for (const words of [['init', '-q'], ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.invalid', 'commit', '-q', '--allow-empty', '-m', 'First']]) spawnSync('git', words, { cwd: folder, env: environment });
  run([ai, 'init']);
  const file = path.join(folder, 'tasks.json');
  writeFileSync(file, JSON.stringify(Array.from({ length: tasks }, (_, index) => ({ title: `Task ${index}`, labels: [`l${index % 7}`], locks: [`src/module-${index}/**`] }))));
  run([ai, 'task', 'import', file]);

  const samples = commands.map(() => []);
  // The first round fills the page cache and is thrown away.
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, command] of commands.entries()) {
      const { cpuMs, rssMiB } = command.run();
      if (round >= 0) samples[index].push({ cpuMs, rssMiB });
    }
  }
  const baseline = median(samples[0].map((sample) => sample.cpuMs));
  const rows = commands.map((command, index) => {
    const cpuMs = median(samples[index].map((sample) => sample.cpuMs));
    // Pairs of one round: what the machine did meanwhile is in both.
    const deltaMs = median(samples[index].map((sample, round) => sample.cpuMs - samples[0][round].cpuMs));
    return { command: command.name, cpuMs, minMs: Math.min(...samples[index].map((sample) => sample.cpuMs)), deltaMs, limitMs: command.limitMs ?? null, rssMiB: Math.max(...samples[index].map((sample) => sample.rssMiB)) };
  });
  if (values.json) console.log(JSON.stringify({ node: process.version, rounds, tasks, baselineMs: baseline, rows }));
  else print(rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
}

function print(rows) {
  console.log(`Node ${process.version}, ${rounds} rounds, ${tasks} tasks; CPU in ms (user + system), peak memory in MiB`);
  console.log(['command'.padEnd(22), 'median', '   min', ' delta', ' limit', '  peak'].join('  '));
  for (const row of rows) {
    const over = (row.limitMs !== null && row.deltaMs > row.limitMs) || row.rssMiB > MEMORY_LIMIT_MIB ? '  over' : '';
    const limit = row.limitMs === null ? '' : `+${row.limitMs}`;
    console.log([row.command.padEnd(22), row.cpuMs.toFixed(1).padStart(6), row.minMs.toFixed(1).padStart(6), `+${row.deltaMs.toFixed(1)}`.padStart(6), limit.padStart(6), row.rssMiB.toFixed(1).padStart(6)].join('  ') + over);
  }
}

// What `ai policy check --staged` costs as a whole process: node, git, policy and report, for many staged files and rules.
//
// Beside it, in the same rounds: what reading the changes alone costs (`git diff-index`), and an empty Node program.
//
//   node bench/policy-check.mjs [--files N] [--rules N] [--rounds N] [--bin FILE]
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { files: { type: 'string', default: '10000' }, rules: { type: 'string', default: '100' }, rounds: { type: 'string', default: '11' }, bin: { type: 'string' } } });
const [files, rules, rounds] = [Number(values.files), Number(values.rules), Number(values.rounds)];
const ai = path.resolve(values.bin ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '../bin/ai.js'));
const LIMIT_MS = 500;
const FILES_PER_FOLDER = 100;

const folder = mkdtempSync(path.join(tmpdir(), 'ai-bench-'));
const environment = { PATH: process.env.PATH, HOME: folder, TMPDIR: tmpdir(), GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'Bench', GIT_AUTHOR_EMAIL: 'bench@example.invalid', GIT_COMMITTER_NAME: 'Bench', GIT_COMMITTER_EMAIL: 'bench@example.invalid' };
const repository = path.join(folder, 'repository');

function run(program, args, { input = '', codes = [0] } = {}) {
  const began = performance.now();
  const result = spawnSync(program, args, { cwd: repository, env: environment, input, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  const elapsedMs = performance.now() - began;
  // A failure that is timed as a success would make the benchmark lie.
  if (!codes.includes(result.status)) throw new Error(`${program} ${args.join(' ')} ended with ${result.status ?? result.signal}: ${result.stderr}`);
  return { elapsedMs, stdout: result.stdout };
}

/** Three patterns each, over folders that exist, so that every path is compared with rules of its own area. */
function policyText() {
  const rule = (index) => `  - id: area-${index}\n    effect: deny\n    on: [path.write, commit]\n    paths: ["packages/p${index}/secret/**", "packages/*/private-${index}/*.pem", "**/generated-${index}/[a-m]*.ts"]\n    why: Nobody edits these by hand.\n    examples:\n      - { expect: deny, path: packages/p${index}/secret/a.txt }\n`;
  return `policy: 1\nname: bench\nrules:\n${Array.from({ length: rules }, (_, index) => rule(index)).join('')}`;
}

function prepare() {
  mkdirSync(path.join(repository, '.ai'), { recursive: true });
  run('git', ['init', '-q', '-b', 'main']);
  writeFileSync(path.join(repository, '.ai/policy.yaml'), policyText());
  run('git', ['add', '-A']);
  run('git', ['commit', '-q', '-m', 'Policy']);
  const blob = run('git', ['hash-object', '-w', '--stdin'], { input: 'content\n' }).stdout.trim();
  const entries = Array.from({ length: files }, (_, index) => `100644 ${blob}\tpackages/p${Math.floor(index / FILES_PER_FOLDER)}/src/module-${index}.ts\n`);
  run('git', ['update-index', '--index-info'], { input: entries.join('') });
}

const commands = [
  { name: 'node -e 0', run: () => run(process.execPath, ['-e', '0']) },
  { name: 'git diff-index --cached --raw', run: () => run('git', ['diff-index', '--cached', '--raw', '-z', '--no-renames', 'HEAD']) },
  { name: 'ai policy check --staged', limitMs: LIMIT_MS, run: () => run(process.execPath, [ai, 'policy', 'check', '--staged']) },
];
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

try {
  prepare();
  const samples = commands.map(() => []);
  // The first round fills the caches and is thrown away.
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, command] of commands.entries()) {
      const { elapsedMs } = command.run();
      if (round >= 0) samples[index].push(elapsedMs);
    }
  }
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}; ${files} staged files, ${rules} rules of three patterns, ${rounds} rounds; wall time of the whole process in ms`);
  for (const [index, command] of commands.entries()) {
    const middle = median(samples[index]);
    const limit = command.limitMs === undefined ? '' : `  limit ${command.limitMs}${middle > command.limitMs ? '  over' : ''}`;
    console.log(`${command.name.padEnd(32)}  median ${middle.toFixed(0).padStart(5)}  min ${Math.min(...samples[index]).toFixed(0).padStart(5)}  max ${Math.max(...samples[index]).toFixed(0).padStart(5)}${limit}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, constants, createReadStream, existsSync, mkdirSync, openSync, closeSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answer, refusal } from '../support/cli-expectations.js';
import { AI_PROGRAM, createControlPlane, outputOf, type CallOptions, type CommandOutput, type ControlPlane, type PlaneOptions } from '../support/control-plane.js';
import { validateOutput } from '../support/validate-output.js';

const planes: ControlPlane[] = [];
async function fresh(options: PlaneOptions = {}): Promise<ControlPlane> {
  const plane = await createControlPlane(options);
  planes.push(plane);
  return plane;
}
afterEach(() => planes.splice(0).forEach((plane) => plane.dispose()));

/** Runs `ai` with more words for Node before it, such as a preload. */
function aiWith(plane: ControlPlane, node: readonly string[], args: readonly string[], options: CallOptions = {}): Promise<CommandOutput> {
  const child = spawn(process.execPath, [...node, AI_PROGRAM, ...args], { cwd: options.cwd ?? plane.root, env: { ...plane.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  return outputOf(child);
}

describe('ai init', () => {
  it('writes .ai/, names what comes next, and is safe to repeat', async () => {
    const plane = await fresh({ initialise: false });
    const first = await answer(plane, ['init'], { kind: 'init' });
    expect(first.data).toMatchObject({ root: plane.root, branch: 'main', isRepository: true, created: ['.ai/.gitignore', '.ai/config.yaml', '.ai/state.db'] });
    expect(first.data.next).toHaveLength(3);
    expect(first.warnings).toEqual([]);
    plane.write('.ai/config.yaml', 'lease: {ttl: 5m}\n');
    expect((await answer(plane, ['init'], { kind: 'init' })).data.created).toEqual([]);
    expect(plane.read('.ai/config.yaml')).toBe('lease: {ttl: 5m}\n');
    expect((await plane.ai(['init'])).stdout).toContain('is a control plane already');
  });

  it('writes a policy when it is asked for one, and never over another', async () => {
    const plane = await fresh({ initialise: false });
    const first = await answer(plane, ['init', '--policy', 'strict'], { kind: 'init' });
    expect(first.data.created).toContain('.ai/policy.yaml');
    expect(plane.read('.ai/policy.yaml')).toContain('name: strict');
    expect((await answer(plane, ['policy', 'validate'], { kind: 'policy.validate' })).kind).toBe('policy.validate');
    await refusal(plane, ['init', '--policy', 'default'], { code: 5, error: 'ALREADY_EXISTS' });
    expect(plane.read('.ai/policy.yaml')).toContain('name: strict');
    await refusal(plane, ['init', '--policy', 'lax'], { code: 3, error: 'FILE_NOT_FOUND' });
  });

  it('keeps its state out of the repository, and its settings in', async () => {
    const plane = await fresh();
    await answer(plane, ['task', 'create', 'Something']);
    plane.git('add', '-A');
    expect(plane.git('diff', '--cached', '--name-only').split('\n')).toEqual(['.ai/.gitignore', '.ai/config.yaml']);
  });

  it('makes the root of the main working tree a control plane, from a folder below and from a linked worktree', async () => {
    const plane = await fresh({ initialise: false, files: { 'src/deep/file.txt': 'x' } });
    plane.git('worktree', 'add', '-q', path.join(plane.outside, 'linked'));
    expect((await answer(plane, ['init'], { cwd: path.join(plane.outside, 'linked') })).data.root).toBe(plane.root);
    expect((await answer(plane, ['init'], { cwd: path.join(plane.root, 'src/deep') })).data).toMatchObject({ root: plane.root, created: [] });
    expect(existsSync(path.join(plane.outside, 'linked/.ai'))).toBe(false);
  });

  it('works without git, and says what is missing', async () => {
    const plane = await fresh({ initialise: false, repository: false });
    const document = await answer(plane, ['init'], { kind: 'init' });
    expect(document.data).toMatchObject({ root: plane.root, isRepository: false, branch: null });
    expect(document.warnings.join()).toContain('no git repository');
  });

  it('says that a repository needs a first commit', async () => {
    const plane = await fresh({ initialise: false, repository: false });
    plane.git('init', '-q', '-b', 'main');
    expect((await answer(plane, ['init'])).warnings.join()).toContain('no commit yet');
  });

  it('refuses a bare repository', async () => {
    const plane = await fresh({ initialise: false, repository: false });
    plane.git('init', '-q', '--bare', 'bare.git');
    await refusal(plane, ['init'], { code: 2, error: 'BARE_REPOSITORY', cwd: path.join(plane.root, 'bare.git') });
    expect(existsSync(path.join(plane.root, 'bare.git/.ai'))).toBe(false);
  });

  it('leaves nothing half done where .ai is a file, or can not be opened', async () => {
    const plane = await fresh({ initialise: false });
    plane.write('.ai', 'a file');
    await refusal(plane, ['init'], { code: 2, error: 'INVALID_INPUT' });
    expect(plane.read('.ai')).toBe('a file');
    rmSync(path.join(plane.root, '.ai'));
    mkdirSync(path.join(plane.root, '.ai/state.db'), { recursive: true });
    expect((await answer(plane, ['init'], { code: 1, kind: 'error' })).error.code).toBe('DATABASE_UNAVAILABLE');
    expect(readdirSync(path.join(plane.root, '.ai'))).toEqual(['state.db']);
  });

  it.skipIf(process.getuid?.() === 0)('leaves nothing half done in a folder that is read-only', async () => {
    const plane = await fresh({ initialise: false });
    chmodSync(plane.root, 0o500);
    await refusal(plane, ['init'], { code: 1, error: 'READ_ONLY' });
    chmodSync(plane.root, 0o700);
    expect(existsSync(path.join(plane.root, '.ai'))).toBe(false);
  });

  it('can be called by several at once', async () => {
    const plane = await fresh({ initialise: false });
    const outputs = await Promise.all(Array.from({ length: 4 }, () => plane.ai(['init', '--json'])));
    expect(outputs.map((output) => [output.code, output.stderr])).toEqual(outputs.map(() => [0, '']));
    const created = outputs.flatMap((output) => (JSON.parse(output.stdout) as { data: { created: string[] } }).data.created);
    expect(created.filter((file) => file === '.ai/config.yaml')).toHaveLength(1);
    await answer(plane, ['status'], { kind: 'status' });
  });
});

describe('the control plane', () => {
  it('is found from any folder below and from a linked worktree', async () => {
    const plane = await fresh({ files: { 'src/deep/file.txt': 'x' } });
    plane.git('add', '-A');
    plane.git('commit', '-q', '-m', 'With the settings');
    plane.git('worktree', 'add', '-q', '-b', 'feature', path.join(plane.outside, 'linked'));
    expect((await answer(plane, ['status'], { cwd: path.join(plane.root, 'src/deep') })).data).toMatchObject({ root: plane.root, branch: 'main' });
    // The worktree has the committed files of .ai/, and no database.
    expect(existsSync(path.join(plane.outside, 'linked/.ai/config.yaml'))).toBe(true);
    expect((await answer(plane, ['status'], { cwd: path.join(plane.outside, 'linked/src/deep') })).data).toMatchObject({ root: plane.root, branch: 'feature' });
  });

  it('is found through a symbolic link, and above a repository that has none', async () => {
    const plane = await fresh({ repository: false });
    const inner = path.join(plane.root, 'inner');
    execFileSync('git', ['init', '-q', inner], { env: plane.env });
    symlinkSync(inner, path.join(plane.outside, 'link'));
    expect((await answer(plane, ['status'], { cwd: path.join(plane.outside, 'link') })).data.root).toBe(plane.root);
  });

  it('is named by --root or AI_ROOT, and then nothing is searched', async () => {
    const plane = await fresh({ files: { 'src/file.txt': 'x' } });
    for (const options of [{ cwd: '/', env: { AI_ROOT: plane.root } }, { cwd: plane.outside }]) {
      const words = 'env' in options ? ['status'] : ['--root', 'repository', 'status'];
      expect((await answer(plane, words, options)).data.root).toBe(plane.root);
    }
    const below = await refusal(plane, ['status', '--root', path.join(plane.root, 'src')], { code: 3, error: 'PROJECT_NOT_FOUND' });
    expect(below.hint).toBe(`ai init --root ${path.join(plane.root, 'src')}`);
    await refusal(plane, ['status', '--root', '/nowhere'], { code: 3, error: 'PROJECT_NOT_FOUND' });
  });

  it('is missed with the command that makes one', async () => {
    const plane = await fresh({ initialise: false });
    expect(await refusal(plane, ['status'], { code: 3, error: 'PROJECT_NOT_FOUND' })).toMatchObject({ hint: 'ai init' });
    plane.write('.ai/config.yaml', '# as cloned\n');
    expect((await refusal(plane, ['status'], { code: 3, error: 'PROJECT_NOT_FOUND' })).message).toContain('no database yet');
  });

  it('is missed in a folder that was removed meanwhile', async () => {
    const plane = await fresh();
    const output = await outputOf(spawn('/bin/sh', ['-c', `mkdir gone && cd gone && rmdir ../gone && exec "${process.execPath}" "${AI_PROGRAM}" status --json`], { cwd: plane.outside, env: { ...plane.env } }));
    expect(output.code).toBe(3);
    expect((await validateOutput(output.stdout)).error).toMatchObject({ code: 'PROJECT_NOT_FOUND' });
  });
});

describe('settings', () => {
  it('that are broken stop every command at the place, and ai doctor says so too', async () => {
    const plane = await fresh();
    plane.write('.ai/config.yaml', 'lease:\n  ttl: soon\n');
    const error = await refusal(plane, ['task', 'list'], { code: 2, error: 'INVALID_SETTINGS' });
    expect(error.message).toContain('.ai/config.yaml:2:8: ');
    const { checks } = (await answer(plane, ['doctor'], { kind: 'doctor', code: 1 })).data as { checks: { name: string; state: string }[] };
    expect(checks.find((check) => check.name === 'settings')).toMatchObject({ state: 'problem' });
    expect(checks.find((check) => check.name === 'database')).toMatchObject({ state: 'ok' });
  });

  it('of the user lie below those of the repository', async () => {
    const plane = await fresh();
    mkdirSync(path.join(plane.outside, 'home/.config/ai'), { recursive: true });
    writeFileSync(path.join(plane.outside, 'home/.config/ai/config.yaml'), 'lease: {ttl: 7m}\ntask: {maxAttempts: 9}\n');
    plane.write('.ai/config.yaml', 'task: {maxAttempts: 2}\n');
    for (let call = 0; call < 2; call += 1) {
      const { data } = await answer(plane, ['task', 'create', `Task ${call}`]);
      expect(data.maxAttempts).toBe(2);
      const claimed = (await answer(plane, ['task', 'claim', data.id, '--as', 'me'])).data.lease;
      expect(Date.parse(claimed.expiresAt) - Date.parse(claimed.grantedAt)).toBe(7 * 60_000);
    }
    expect(existsSync(path.join(plane.root, '.ai/run/settings-cache.json'))).toBe(true);
  });
});

describe('ai status', () => {
  it('shows the board on one screen', async () => {
    const plane = await fresh();
    expect((await plane.ai(['status'])).stdout).toContain('No tasks yet.');
    const { id } = (await answer(plane, ['task', 'create', 'Something'])).data;
    await answer(plane, ['task', 'create', 'Later', '--depends-on', id]);
    await answer(plane, ['task', 'claim', id, '--as', 'worker-1']);
    const document = await answer(plane, ['status'], { kind: 'status' });
    expect(document.data).toMatchObject({ ready: 0, tasks: { claimed: 1, blocked: 1 }, leases: [{ task: id, holder: 'worker-1' }] });
    const { stdout } = await plane.ai(['status']);
    for (const words of ['2 tasks, 0 ready', '◐ claimed 1', '◌ blocked 1', 'worker-1']) expect(stdout).toContain(words);
  });

  it('shows a hostile folder name without letting it act', async () => {
    const plane = await fresh({ name: 'odd \u001b[31m\u202ename' });
    const { stdout } = await plane.ai(['status']);
    expect(stdout).toContain('odd \\e[31m\\u{202e}name');
    expect((await answer(plane, ['status'])).data.root).toBe(plane.root);
    expect((await plane.ai(['status', '--json'])).stdout).not.toMatch(/\u202e/);
  });
});

describe('ai doctor', () => {
  it('finds nothing in a sound control plane', async () => {
    const plane = await fresh();
    const { data } = await answer(plane, ['doctor'], { kind: 'doctor' });
    expect(data).toMatchObject({ healthy: true, fixed: [] });
    expect((data.checks as { name: string }[]).map((check) => check.name)).toEqual(['node', 'git', 'control plane', 'settings', 'database', 'leftovers', 'agents']);
    expect((await plane.ai(['doctor'])).stdout).toContain('Nothing is broken.');
  });

  it('names the way back from a damaged database, without opening it and without touching it', async () => {
    const plane = await fresh();
    const database = path.join(plane.root, '.ai/state.db');
    const damaged = Buffer.from(readFileSync(database)).fill('x', 0, 100);
    writeFileSync(database, damaged);
    mkdirSync(path.join(plane.root, '.ai/backups'));
    writeFileSync(path.join(plane.root, '.ai/backups/2026-01-01.db'), '');
    await refusal(plane, ['status'], { code: 1, error: 'DATABASE_CORRUPT' });
    const { data } = await answer(plane, ['doctor'], { kind: 'doctor', code: 1 });
    const check = (data.checks as { name: string; state: string; steps: string[] }[]).find(({ name }) => name === 'database')!;
    expect(check.state).toBe('problem');
    expect(check.steps.join('\n')).toMatch(/cp -a .*\.ai .*\.ai-damaged[\s\S]*\.recover \| sqlite3[\s\S]*2026-01-01\.db/);
    expect((await answer(plane, ['doctor', '--fix'], { code: 1 })).data.healthy).toBe(false);
    expect(readFileSync(database).equals(damaged)).toBe(true);
  });

  it('asks for a newer program where the database is newer, and for git where there is none', async () => {
    const plane = await fresh();
    const bin = path.join(plane.outside, 'empty-bin');
    mkdirSync(bin);
    const { data } = await answer(plane, ['doctor'], { code: 1, env: { PATH: bin } });
    expect((data.checks as { name: string; state: string }[]).find(({ name }) => name === 'git')).toMatchObject({ state: 'problem' });
  });

  it('finds a run that lost its supervisor and a worktree of nobody, and puts right what it can', async () => {
    const plane = await fresh();
    const fifo = path.join(plane.outside, 'started');
    execFileSync('mkfifo', [fifo]);
    await plane.json(['agent', 'register', 'sleeper', '--connector', 'command', '--', '/bin/sh', '-c', `echo up > '${fifo}'; exec sleep 1000`]);
    const { id } = (await answer(plane, ['task', 'create', 'Never done'])).data;
    const child = plane.start(['task', 'execute', id, '--agent', 'sleeper']);
    const ended = outputOf(child);
    await once(createReadStream(fifo), 'data');
    child.kill('SIGKILL');
    await ended;
    mkdirSync(path.join(plane.root, '.ai/worktrees/t-zzzzzz-1'), { recursive: true });
    const found = (await answer(plane, ['doctor'], { code: 1 })).data.checks as { name: string; state: string; message: string }[];
    expect(found.find(({ name }) => name === 'leftovers')).toMatchObject({ state: 'problem', message: expect.stringContaining('has lost its supervisor') as string });
    expect(found.find(({ name }) => name === 'worktrees')).toMatchObject({ state: 'warning', message: expect.stringContaining('t-zzzzzz-1') as string });
    const fixed = (await answer(plane, ['doctor', '--fix'])).data;
    expect(fixed).toMatchObject({ healthy: true, fixed: [expect.stringContaining('had lost its supervisor')] });
    expect((await answer(plane, ['task', 'show', id])).data.lease).toBeNull();
    // What is on no ref stays where it is.
    expect(readdirSync(path.join(plane.root, '.ai/worktrees')).filter((name) => name.startsWith('t-'))).toEqual(['t-zzzzzz-1']);
  });

  it('tells where there is nothing to look at', async () => {
    const plane = await fresh({ initialise: false });
    const { data } = await answer(plane, ['doctor'], { code: 1 });
    expect((data.checks as { name: string; state: string; steps: string[] }[]).find(({ name }) => name === 'control plane')).toMatchObject({ state: 'problem', steps: ['ai init'] });
  });
});

describe('the words of a command', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await createControlPlane();
  });
  afterAll(() => plane.dispose());

  it('take --json wherever it stands', async () => {
    for (const words of [['--json', 'task', 'list'], ['task', '--json', 'list'], ['task', 'list', '--json']]) {
      const output = await plane.ai(words);
      expect((await validateOutput(output.stdout)).kind).toBe('task.list');
    }
  });

  it('are corrected when they are mistyped', async () => {
    expect(await refusal(plane, ['tsk'], { code: 2, error: 'USAGE' })).toMatchObject({ hint: 'ai task', details: { suggestions: ['task'] } });
    expect(await refusal(plane, ['task', 'lst'], { code: 2, error: 'USAGE' })).toMatchObject({ hint: 'ai task list' });
    expect(await refusal(plane, ['task', 'list', '--redy'], { code: 2, error: 'USAGE' })).toMatchObject({ hint: 'ai task list --help', details: { suggestions: ['--ready'] } });
    expect((await refusal(plane, ['task'], { code: 2, error: 'USAGE' })).message).toContain('create');
    await refusal(plane, ['task', 'show'], { code: 2, error: 'USAGE' });
    await refusal(plane, ['task', 'show', 'a', 'b'], { code: 2, error: 'USAGE' });
  });

  it('have aliases', async () => {
    expect((await plane.ai(['list', '--json'])).stdout).toBe((await plane.ai(['agent', 'list', '--json'])).stdout);
    expect((await plane.ai(['help', 'register'])).stdout).toContain('Usage: ai agent register');
  });

  it('all have help with at least two examples', async () => {
    const commandsOf = (help: string): string[] => {
      const listing = help.slice(help.indexOf('Options:'), help.includes('Examples:') ? help.indexOf('Examples:') : undefined);
      return [...listing.matchAll(/^ {2}([a-z][a-z-]*)(?: |$)/gm)].map((match) => match[1]!).filter((name) => name !== 'help');
    };
    const visit = async (words: string[]): Promise<string[][]> => {
      const { stdout, code } = await plane.ai([...words, '--help']);
      expect([words, code]).toEqual([words, 0]);
      expect((stdout.split('Examples:')[1] ?? '').match(/^ {2}\$ ai /gm)?.length ?? 0, `examples of ai ${words.join(' ')}`).toBeGreaterThanOrEqual(2);
      const below = await Promise.all((stdout.includes('[command]') ? commandsOf(stdout) : []).map((name) => visit([...words, name])));
      return [words, ...below.flat()];
    };
    const visited = (await visit([])).map((words) => words.join(' '));
    for (const command of ['init', 'status', 'doctor', 'task create', 'task claim', 'subtask add', 'agent register', 'audit verify', 'events', 'schema', 'version']) expect(visited).toContain(command);
  }, 180_000);
});

describe('what help and version load', () => {
  it('is no native code and no database', async () => {
    const plane = await fresh();
    const preload = path.join(plane.outside, 'no-native.cjs');
    writeFileSync(preload, "process.dlopen = () => { throw new Error('native code was loaded'); };");
    const run = (...args: string[]): Promise<CommandOutput> => aiWith(plane, ['--require', preload], args);
    for (const args of [['--version'], ['--help'], ['version'], ['task', '--help'], ['schema'], ['tsk']]) expect((await run(...args)).stderr).not.toContain('a bug in ai');
    // The preload does what it says.
    expect((await run('status')).code).toBe(70);
  });
});

describe('a bug of ours', () => {
  async function planted(plane: ControlPlane, code: string): Promise<CommandOutput> {
    const preload = path.join(plane.outside, 'plant.cjs');
    writeFileSync(preload, code);
    return aiWith(plane, ['--require', preload], ['task', 'create', 'x', '--json'], { env: { SOME_TOKEN: 'hush-hush-hush' } });
  }

  it('exits 70 with one sentence, and a report without secrets', async () => {
    const plane = await fresh();
    const output = await planted(plane, "process.hrtime.bigint = () => { throw new Error('planted near ' + process.env.SOME_TOKEN); };");
    expect([output.code, output.stderr]).toEqual([70, '']);
    const { error } = await validateOutput(output.stdout);
    const report = String(error?.details['report']);
    expect(error).toMatchObject({ code: 'BUG' });
    expect(path.dirname(report)).toBe(path.join(plane.root, '.ai/run'));
    const text = readFileSync(report, 'utf8');
    expect(text).toContain('Error: planted near [removed]');
    expect(text).not.toContain('hush-hush-hush');
    expect(statSync(report).mode & 0o777).toBe(0o600);
  });

  it('that shows after the answer is told of as well, and leaves the answer alone', async () => {
    const plane = await fresh();
    const output = await planted(plane, "const fs = require('node:fs'); const write = fs.writeSync; fs.writeSync = (...args) => { if (args[0] === 1) process.nextTick(() => { throw new Error('planted'); }); return write(...args); }; require('node:module').syncBuiltinESMExports();");
    expect(output.code).toBe(70);
    expect((await validateOutput(output.stdout)).kind).toBe('task.create');
    expect(output.stderr).toMatch(/^error: This is a bug in ai[^\n]*\n$/);
  });
});

describe('signals', () => {
  /** Waits until the command has said or done something that shows it is under way. */
  async function startWaiting(plane: ControlPlane, args: readonly string[]): Promise<ReturnType<typeof plane.start>> {
    const ready = path.join(plane.outside, 'ready.cjs');
    writeFileSync(ready, "require('node:diagnostics_channel').subscribe('ai:step', ({ step }) => { if (step.endsWith('.begin') || step.endsWith('.committed')) process.stderr.write('under way\\n'); });");
    const child = spawn(process.execPath, ['--require', ready, AI_PROGRAM, ...args], { cwd: plane.root, env: { ...plane.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    await once(child.stderr, 'data');
    return child;
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends a command that waits, with one document', async (signal, code) => {
    const plane = await fresh();
    const child = await startWaiting(plane, ['task', 'claim', '--as', 'me', '--wait', '1h', '--json']);
    const output = outputOf(child);
    child.kill(signal);
    const { code: exitCode, stdout } = await output;
    expect(exitCode).toBe(code);
    expect((await validateOutput(stdout)).error).toMatchObject({ code: 'INTERRUPTED', details: { signal } });
  });

  it('end a stream in its own way, with 130', async () => {
    const plane = await fresh();
    await answer(plane, ['task', 'create', 'Something']);
    const child = plane.start(['events', '--follow', '--jsonl']);
    const output = outputOf(child);
    await once(child.stdout!, 'data');
    child.kill('SIGINT');
    const { code, stdout, stderr } = await output;
    expect([code, stderr]).toEqual([130, '']);
    for (const line of stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('seq');
  });
});

describe('the streams', () => {
  it('that nobody reads any more end the command quietly', async () => {
    const plane = await fresh();
    await answer(plane, ['task', 'create', 'Something']);
    const child = plane.start(['events', '--follow', '--jsonl']);
    const output = outputOf(child);
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    // Something more to write, into the closed pipe.
    await answer(plane, ['task', 'create', 'Something else']);
    const { code, stderr } = await output;
    expect([code, stderr]).toEqual([0, '']);
  });

  it('take a long answer whole, also when the reader is slow and the pipe does not block', async () => {
    const plane = await fresh();
    const titles = Array.from({ length: 1_000 }, (_, index) => ({ title: `Task ${index} ${'x'.repeat(200)}` }));
    await answer(plane, ['task', 'import', '-'], { input: JSON.stringify(titles) });
    const fifo = path.join(plane.outside, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const descriptor = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    const child = spawn(process.execPath, [AI_PROGRAM, 'task', 'list', '--limit', '1000', '--json'], { cwd: plane.root, env: { ...plane.env }, stdio: ['ignore', descriptor, 'inherit'] });
    const exited = once(child, 'exit');
    const chunks: Buffer[] = [];
    const reader = createReadStream(fifo).on('data', (chunk) => chunks.push(chunk as Buffer));
    expect(await exited).toEqual([0, null]);
    closeSync(descriptor);
    await once(reader, 'close');
    const document = await validateOutput(Buffer.concat(chunks).toString('utf8'));
    expect(document.data).toHaveLength(1_000);
  });

  it('carry colour when it is asked for, and none otherwise', async () => {
    const plane = await fresh();
    await answer(plane, ['task', 'create', 'Something']);
    const coloured = await plane.ai(['status'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } });
    expect(coloured.stdout).toContain('\u001b[');
    expect((await plane.ai(['status', '--no-color'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } })).stdout).not.toContain('\u001b[');
    expect((await plane.ai(['status'], { env: { NO_COLOR: '' } })).stdout).not.toContain('\u001b[');
    expect((await plane.ai(['status', '--json'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } })).stdout).not.toContain('\u001b[');
  });

  it('of a command that is quiet carry errors still', async () => {
    const plane = await fresh();
    const output = await plane.ai(['task', 'show', 't-zzzzzz', '-q']);
    expect([output.code, output.stdout]).toEqual([3, '']);
    expect(output.stderr).toContain('error: ');
  });
});

const HAS_TERMINALS = existsSync('/usr/bin/script');

describe.skipIf(!HAS_TERMINALS)('a question on a terminal', () => {
  /** Runs the command on a terminal of its own (script(1) of util-linux), and types when it is asked. */
  async function onTerminal(plane: ControlPlane, command: string, typed: string): Promise<CommandOutput> {
    const child = spawn('script', ['-qefc', `'${process.execPath}' '${AI_PROGRAM}' ${command}`, '/dev/null'], { cwd: plane.root, env: { ...plane.env, TERM: 'xterm' }, stdio: ['pipe', 'pipe', 'pipe'] });
    let seen = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const asked = seen.includes('[Y/n]');
      seen += chunk.toString('utf8');
      if (!asked && seen.includes('[Y/n]')) child.stdin.end(typed);
    });
    return outputOf(child);
  }

  it.each([
    ['y\n', 0, false],
    ['\n', 0, false],
    ['n\n', 1, true],
    ['whatever\n', 1, true],
    ['\u0004', 1, true],
    ['\u0003', 130, true],
  ])('is answered by %j', async (typed, code, remains) => {
    const plane = await fresh();
    const { id } = (await answer(plane, ['task', 'create', 'Delete me'])).data;
    const output = await onTerminal(plane, `task delete ${id}`, typed);
    expect([output.code, output.stdout]).toEqual([code, expect.stringContaining('Delete me')]);
    expect((await answer(plane, ['task', 'list'])).data).toHaveLength(remains ? 1 : 0);
  });

  it('is not asked with --yes or --no-input', async () => {
    const plane = await fresh();
    for (const words of ['--yes', '--no-input']) {
      const { id } = (await answer(plane, ['task', 'create', 'Delete me'])).data;
      const output = await onTerminal(plane, `task delete ${id} ${words}`, '');
      expect([output.code, output.stdout]).toEqual([0, expect.stringContaining('Deleted')]);
    }
  });
});

describe('a copy of the program', () => {
  it('runs from a path with spaces, through a symbolic link', async () => {
    const plane = await fresh();
    const link = path.join(plane.outside, 'a link to ai');
    symlinkSync(realpathSync(AI_PROGRAM), link);
    expect(execFileSync(process.execPath, [link, '--version'], { encoding: 'utf8', env: plane.env })).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('runs without the code that the build compiled for it', async () => {
    const plane = await fresh();
    const project = path.dirname(path.dirname(AI_PROGRAM));
    const copy = path.join(plane.outside, 'program');
    execFileSync('cp', ['-r', path.join(project, 'bin'), path.join(project, 'dist'), `${copy}/`], { env: plane.env, cwd: (mkdirSync(copy), plane.outside) });
    symlinkSync(path.join(project, 'node_modules'), path.join(copy, 'node_modules'));
    for (const file of readdirSync(path.join(copy, 'dist'))) if (file.endsWith('.cache')) renameSync(path.join(copy, 'dist', file), path.join(copy, 'dist', `${file}.away`));
    const run = (): string => execFileSync(process.execPath, [path.join(copy, 'bin/ai.js'), 'status', '--json'], { encoding: 'utf8', env: plane.env, cwd: plane.root });
    await validateOutput(run());
    // Damaged code is refused by V8, not run.
    for (const file of readdirSync(path.join(copy, 'dist'))) if (file.endsWith('.away')) writeFileSync(path.join(copy, 'dist', file.replace(/\.away$/, '')), Buffer.alloc(10_000, 7));
    await validateOutput(run());
  });
});

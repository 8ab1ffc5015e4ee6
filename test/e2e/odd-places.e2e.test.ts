import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createControlPlane, type ControlPlane, type Json, type PlaneOptions } from '../support/control-plane.js';

const planes: ControlPlane[] = [];
const mounts: string[] = [];
afterEach(() => {
  for (const folder of mounts.splice(0)) spawnSync('umount', [folder]);
  for (const plane of planes.splice(0)) plane.dispose();
});

async function place(options: PlaneOptions = {}): Promise<ControlPlane> {
  const plane = await createControlPlane(options);
  planes.push(plane);
  return plane;
}

const worker = ['agent', 'register', 'worker', '--connector', 'command', '--', '/bin/sh', '-c', 'echo made > made.txt'];

async function withTask(plane: ControlPlane, create: readonly string[] = []): Promise<string> {
  await plane.json(worker);
  const created: Json = await plane.json(['task', 'create', 'Make it', ...create]);
  return created.data.id;
}

/** Whatever is wrong, it is told in words, and nothing of our inside is shown. */
async function refusal(plane: ControlPlane, args: readonly string[], options: Parameters<ControlPlane['ai']>[1] = {}): Promise<Json> {
  const output = await plane.ai(['--json', ...args], options);
  const document: Json = JSON.parse(output.stdout);
  expect(`${document.error.message} ${document.error.hint}${output.stderr}`).not.toMatch(/\n\s+at |SQLITE_|node:internal/);
  expect(document.kind).toBe('error');
  expect(document.error.message).not.toBe('');
  return { ...document.error, exit: output.code };
}

describe('places', () => {
  it('a bare repository is refused, and nothing is written', async () => {
    const plane = await place({ repository: false, initialise: false, files: {} });
    plane.git('init', '-q', '--bare', '.');
    expect(await refusal(plane, ['init'])).toMatchObject({ code: 'BARE_REPOSITORY', exit: 2, hint: expect.any(String) as string });
    expect(readdirSync(plane.root)).not.toContain('.ai');
  });

  it('an unborn branch keeps tasks, and says what a worktree needs', async () => {
    const plane = await place({ repository: false, initialise: false });
    plane.git('init', '-q', '-b', 'main');
    await plane.json(['init']);
    const task = await withTask(plane);
    expect(await refusal(plane, ['task', 'execute', task])).toMatchObject({ code: 'UNBORN_BRANCH', exit: 2, hint: expect.stringContaining('commit') as string });
    const shown: Json = await plane.json(['task', 'show', task]);
    expect(shown.data).toMatchObject({ lease: null, status: 'blocked' });
    plane.git('commit', '-q', '--allow-empty', '-m', 'First');
    await plane.json(['task', 'unblock', task]);
    expect((await plane.json(['task', 'execute', task])).data.run.outcome).toBe('succeeded');
  });

  it('a run in place has a log, a diff and a last run, although it has no branch', async () => {
    const plane = await place();
    const task = await withTask(plane, ['--isolation', 'none', '--lock', 'made.txt']);
    const executed: Json = await plane.json(['task', 'execute', task]);
    expect(executed.data.run).toMatchObject({ outcome: 'succeeded', branch: null });
    expect((await plane.json(['task', 'show', task])).data.lastRun.id).toBe(executed.data.run.id);
    expect((await plane.json(['task', 'diff', task])).data).toMatchObject({ run: executed.data.run.id, changedFiles: [{ path: 'made.txt', status: 'added' }] });
    const log = await plane.ai(['task', 'logs', task, '--jsonl']);
    expect({ code: log.code, stderr: log.stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('a detached HEAD works, and landing asks for a branch', async () => {
    const plane = await place();
    plane.git('checkout', '-q', '--detach');
    const task = await withTask(plane);
    expect((await plane.json(['task', 'execute', task])).data.run.outcome).toBe('succeeded');
    expect(await refusal(plane, ['task', 'merge', task])).toMatchObject({ code: 'TARGET_BLOCKED', exit: 5, hint: expect.stringContaining('--into') as string });
    await plane.json(['task', 'merge', task, '--into', 'main']);
    expect(plane.git('show', 'main:made.txt')).toBe('made');
  });

  it('a folder without a repository works in place', async () => {
    const plane = await place({ repository: false });
    const task = await withTask(plane, ['--lock', 'made.txt']);
    const done: Json = await plane.json(['task', 'execute', task]);
    expect(done.data).toMatchObject({ run: { outcome: 'succeeded', branch: null, changedFiles: [{ path: 'made.txt', status: 'added' }] }, task: { status: 'done' } });
    expect(plane.read('made.txt')).toBe('made\n');
  });

  it('spaces, quotes, a line break and other scripts in the path of the repository', async () => {
    const plane = await place({ name: `it's "mine"\n größe $(touch x) ; 文` });
    const task = await withTask(plane, ['--lock', 'made.txt', '--verify', 'test -s made.txt']);
    expect((await plane.json(['task', 'execute', task])).data.run.outcome).toBe('succeeded');
    await plane.json(['task', 'merge', task]);
    expect(plane.read('made.txt')).toBe('made\n');
  });

  it('below the root, in a linked worktree, and through a symbolic link it is the same control plane', async () => {
    const plane = await place({ files: { 'deep/er/file.txt': 'x\n' } });
    const task = await withTask(plane);
    plane.git('worktree', 'add', '-q', path.join(plane.outside, 'linked'), '-b', 'side');
    symlinkSync(plane.root, path.join(plane.outside, 'link'));
    for (const cwd of [path.join(plane.root, 'deep/er'), path.join(plane.outside, 'linked'), path.join(plane.outside, 'link/deep')]) {
      const list: Json = await plane.json(['task', 'list'], { cwd });
      expect(list.data.map((row: Json) => row.id)).toEqual([task]);
    }
    const aside: Json = await plane.json(['task', 'create', 'From the side'], { cwd: path.join(plane.outside, 'linked') });
    const executed: Json = await plane.json(['task', 'execute', aside.data.id], { cwd: path.join(plane.outside, 'linked') });
    expect(executed.data.run.outcome).toBe('succeeded');
    await plane.json(['task', 'merge', aside.data.id]);
    expect(plane.git('show', 'side:made.txt')).toBe('made');
  });

  it('a repository with a submodule works, and a submodule has a control plane of its own', async () => {
    const inner = await place({ initialise: false });
    const plane = await place();
    plane.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'sub');
    plane.git('commit', '-qm', 'Add a submodule');
    const task = await withTask(plane, ['--lock', 'made.txt']);
    expect((await plane.json(['task', 'execute', task])).data.run).toMatchObject({ outcome: 'succeeded', changedFiles: [{ path: 'made.txt' }] });
    await plane.json(['init'], { cwd: path.join(plane.root, 'sub') });
    const list: Json = await plane.json(['task', 'list'], { cwd: path.join(plane.root, 'sub') });
    expect(list.data).toEqual([]);
  });

  it('without git on the PATH tasks can be kept, and an execution says what is missing', async () => {
    const plane = await place();
    const bin = path.join(plane.outside, 'bin');
    mkdirSync(bin);
    symlinkSync('/bin/sh', path.join(bin, 'sh'));
    const task = await withTask(plane);
    const env = { PATH: bin };
    expect((await plane.json(['task', 'list'], { env })).data).toHaveLength(1);
    expect(await refusal(plane, ['task', 'execute', task], { env })).toMatchObject({ code: 'GIT_MISSING', exit: 1, hint: expect.any(String) as string });
    const shown: Json = await plane.json(['task', 'show', task]);
    expect(shown.data).toMatchObject({ lease: null, status: 'queued' });
  });

  it('outside of any control plane the next command is named', async () => {
    const plane = await place({ repository: false, initialise: false });
    expect(await refusal(plane, ['task', 'list'])).toMatchObject({ code: 'PROJECT_NOT_FOUND', exit: 3, hint: 'ai init' });
  });
});

/** A small file system of its own; false where the tests may not mount. */
function mountSmall(folder: string, size: string): boolean {
  mkdirSync(folder, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status === 0;
  if (mounted) mounts.push(folder);
  return mounted;
}

describe('disks', () => {
  it('a full disk is told as such, and nothing is half done', async ({ skip }) => {
    const plane = await place({ initialise: false });
    const folder = path.join(plane.outside, 'small');
    if (!mountSmall(folder, '2m')) return skip('this user may not mount a file system');
    const cwd = path.join(folder, 'project');
    mkdirSync(cwd);
    await plane.json(['init'], { cwd });
    const first: Json = await plane.json(['task', 'create', 'Before'], { cwd });
    const free = spawnSync('sh', ['-c', `cat /dev/zero > '${folder}/ballast' 2>/dev/null`]).status;
    expect(free).not.toBe(0);
    expect(await refusal(plane, ['task', 'create', 'During', '-d', 'x'.repeat(100_000)], { cwd })).toMatchObject({ code: 'DISK_FULL', exit: 1 });
    rmSync(path.join(folder, 'ballast'));
    const after: Json = await plane.json(['task', 'create', 'After'], { cwd });
    const list: Json = await plane.json(['task', 'list'], { cwd });
    expect(list.data.map((row: Json) => row.id)).toEqual([after.data.id, first.data.id]);
    expect((await plane.json(['audit', 'verify'], { cwd })).data.ok).toBe(true);
  });

  it('a read-only disk can be read, and a change says why it can not be', async ({ skip }) => {
    const plane = await place({ initialise: false });
    const folder = path.join(plane.outside, 'frozen');
    if (!mountSmall(folder, '8m')) return skip('this user may not mount a file system');
    const cwd = path.join(folder, 'project');
    mkdirSync(cwd);
    await plane.json(['init'], { cwd });
    await plane.json(['task', 'create', 'Before'], { cwd });
    spawnSync('mount', ['-o', 'remount,ro', folder]);
    expect((await plane.json(['task', 'list'], { cwd })).data).toHaveLength(1);
    expect(await refusal(plane, ['task', 'create', 'During'], { cwd })).toMatchObject({ code: 'READ_ONLY', exit: 1 });
  });

  it('a damaged database is named with the way to recover, and a newer one with its version', async () => {
    const plane = await place({ repository: false });
    await plane.json(['task', 'create', 'Precious']);
    const database = path.join(plane.root, '.ai/state.db');
    cpSync(database, path.join(plane.outside, 'good.db'));
    writeFileSync(database, Buffer.alloc(40_000, 7));
    expect(await refusal(plane, ['task', 'list'])).toMatchObject({ code: 'DATABASE_CORRUPT', exit: 1, hint: expect.stringContaining('doctor') as string });
    const doctor = await plane.ai(['doctor']);
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toMatch(/recover/);
    cpSync(path.join(plane.outside, 'good.db'), database);
    expect((await plane.json(['task', 'list'])).data).toHaveLength(1);
  });
});

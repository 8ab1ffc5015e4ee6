import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Snapshot, Workspace, WorkspaceOrder } from '../../../../src/ports/workspaces.js';
import { temporaryRepository, workspaceOrder, type TemporaryRepository } from '../../../support/temporary-repository.js';

/** Whatever an agent does to git in its worktree, the snapshot shows what is there and starts nothing of its making. */
describe('a hostile agent', () => {
  let made: TemporaryRepository;
  let order: WorkspaceOrder;
  let workspace: Workspace;
  /** A program that leaves a trace when it is run. */
  let trap: string;

  beforeEach(async () => {
    made = temporaryRepository({ files: { 'src/run.sh': 'echo\n', 'docs/guide.md': 'guide\n', 'docs/old.md': 'old\n' } });
    order = workspaceOrder();
    workspace = await made.workspaces.prepare(order);
    trap = path.join(made.folder, 'trap.sh');
    writeFileSync(trap, `#!/bin/sh\necho "$0 $*" >> ${made.folder}/sprung\ncat\n`);
    chmodSync(trap, 0o755);
  });

  afterEach(() => {
    const sprung = existsSync(path.join(made.folder, 'sprung')) ? readFileSync(path.join(made.folder, 'sprung'), 'utf8') : '';
    made.close();
    expect(sprung).toBe('');
  });

  const snapshot = (): Promise<Snapshot> => made.workspaces.snapshot(workspace, { ...order, message: 'Work' });
  const changed = async (): Promise<Record<string, string>> => Object.fromEntries((await snapshot()).changedFiles.map(({ path: name, status }) => [name, status]));
  const inWorktree = (...args: string[]): string => made.gitIn(workspace.path, ...args);
  const write = (files: Parameters<TemporaryRepository['write']>[0]): void => made.write(files, workspace.path);

  test('clean and process filters with attributes are not run', async () => {
    for (const key of ['clean', 'smudge', 'process']) inWorktree('config', `filter.evil.${key}`, trap);
    inWorktree('config', 'filter.evil.required', 'true');
    write({ '.gitattributes': '* filter=evil\n', 'src/a.txt': 'new\n' });
    expect(await changed()).toEqual({ '.gitattributes': 'added', 'src/a.txt': 'modified' });
    expect(await made.workspaces.remove(workspace, order)).toBe(true);
  });

  test('filters of the user configuration are not run either', async () => {
    made.git('config', '--global', 'filter.evil.clean', trap);
    write({ '.gitattributes': '* filter=evil diff=evil\n', 'src/a.txt': 'new\n' });
    made.git('config', '--global', 'diff.evil.textconv', trap);
    made.git('config', '--global', 'diff.external', trap);
    const { head } = await snapshot();
    const patch = path.join(made.folder, 'patch');
    await made.workspaces.writePatch(workspace.base, head, patch);
    expect(readFileSync(patch, 'utf8')).toContain('+new');
  });

  test('an fsmonitor is not asked', async () => {
    inWorktree('config', 'core.fsmonitor', trap);
    inWorktree('config', '--global', 'core.fsmonitor', trap);
    write({ 'src/a.txt': 'new\n' });
    expect(await changed()).toEqual({ 'src/a.txt': 'modified' });
  });

  test('hooks are not run, wherever they are', async () => {
    const hooks = path.join(made.root, '.git/hooks');
    mkdirSync(hooks, { recursive: true });
    for (const name of ['post-checkout', 'reference-transaction', 'post-index-change', 'pre-commit', 'post-commit', 'update']) {
      writeFileSync(path.join(hooks, name), readFileSync(trap));
      chmodSync(path.join(hooks, name), 0o755);
    }
    inWorktree('config', '--global', 'core.hooksPath', hooks);
    write({ 'src/a.txt': 'new\n' });
    const { head } = await snapshot();
    expect(await made.workspaces.remove(workspace, order)).toBe(true);
    const landing = { ...order, target: 'main', base: workspace.base, head, message: 'Landed\n' };
    const plan = await made.workspaces.planLanding(landing);
    if (plan.kind !== 'ready') throw new Error(plan.kind);
    await made.workspaces.removeCheck(await made.workspaces.checkoutForCheck(plan.commit, order.runId));
    expect((await made.workspaces.finishLanding(landing, plan)).kind).toBe('landed');
    await made.workspaces.cleanUpLanded(order.taskId);
  });

  test('assume-unchanged and skip-worktree hide nothing', async () => {
    inWorktree('update-index', '--assume-unchanged', 'src/a.txt');
    inWorktree('update-index', '--skip-worktree', 'src/b.txt');
    write({ 'src/a.txt': 'new\n', 'src/b.txt': null });
    expect(await changed()).toEqual({ 'src/a.txt': 'modified', 'src/b.txt': 'deleted' });
  });

  test('a replaced .git file leads nowhere', async () => {
    const other = path.join(made.folder, 'other');
    made.gitIn(made.folder, 'init', '--quiet', other);
    made.gitIn(other, 'config', 'core.fsmonitor', trap);
    write({ '.git': `gitdir: ${other}/.git\n`, 'src/a.txt': 'new\n' });
    expect(await changed()).toEqual({ 'src/a.txt': 'modified' });
    expect(await made.workspaces.remove(workspace, order)).toBe(true);
    expect(existsSync(other)).toBe(true);
  });

  test('a repository of its own in the place of the .git file leads nowhere', async () => {
    rmSync(path.join(workspace.path, '.git'));
    made.gitIn(workspace.path, 'init', '--quiet');
    inWorktree('config', 'core.fsmonitor', trap);
    write({ 'src/a.txt': 'new\n' });
    expect(await changed()).toEqual({ 'src/a.txt': 'modified' });
  });

  test('core.worktree, includes and excludes in the configuration have no effect', async () => {
    write({ 'evil.config': `[core]\n\tfsmonitor = ${trap}\n\texcludesFile = ${made.folder}/all\n` });
    writeFileSync(path.join(made.folder, 'all'), '*\n');
    inWorktree('config', 'include.path', path.join(workspace.path, 'evil.config'));
    write({ 'src/n.txt': 'n\n' });
    expect(await changed()).toEqual({ 'evil.config': 'added', 'src/n.txt': 'added' });
  });

  test('info/exclude and its own ignore rules hide nothing', async () => {
    writeFileSync(path.join(made.root, '.git/info/exclude'), '*\n');
    write({ '.gitignore': '*\n', 'src/.gitignore': 'n.txt\n', 'src/n.txt': 'n\n', 'ignored/x': 'ignored by the base\n', 'cache/.gitignore': '*\n', 'cache/x': 'x\n' });
    expect(await changed()).toEqual({ '.gitignore': 'modified', 'src/.gitignore': 'added', 'src/n.txt': 'added', 'cache/.gitignore': 'added', 'cache/x': 'added' });
  });

  test('removed ignore rules of the base still count', async () => {
    write({ '.gitignore': null, 'ignored/x': 'x\n', 'src/y.log': 'y\n' });
    expect(await changed()).toEqual({ '.gitignore': 'deleted' });
  });

  test('a repository inside of it hides nothing, nor does one inside of that', async () => {
    for (const folder of ['vendor/one', 'vendor/one/two', 'src']) {
      mkdirSync(path.join(workspace.path, folder), { recursive: true });
      made.gitIn(path.join(workspace.path, folder), 'init', '--quiet');
      made.gitIn(path.join(workspace.path, folder), 'config', 'core.fsmonitor', trap);
    }
    write({ 'vendor/one/x.txt': 'x\n', 'vendor/one/two/y.txt': 'y\n', 'vendor/one/z.log': 'ignored\n', 'src/a.txt': 'new\n', 'src/n.txt': 'n\n' });
    made.gitIn(path.join(workspace.path, 'vendor/one'), 'add', 'x.txt');
    made.gitIn(path.join(workspace.path, 'vendor/one'), '-c', 'core.fsmonitor=false', 'commit', '--quiet', '--message', 'Inside');
    rmSync(path.join(made.folder, 'sprung'), { force: true });
    const first = await snapshot();
    expect(first.changedFiles.map((file) => file.path)).toEqual(['src/a.txt', 'src/n.txt', 'vendor/one/two/y.txt', 'vendor/one/x.txt']);
    expect(await snapshot()).toEqual(first);
    expect(made.git('show', `${first.head}:vendor/one/two/y.txt`)).toBe('y\n');
  });

  test('a repository in the place of a file hides neither', async () => {
    write({ 'docs/guide.md': null, 'docs/guide.md/inside.txt': 'x\n' });
    made.gitIn(path.join(workspace.path, 'docs/guide.md'), 'init', '--quiet');
    made.gitIn(path.join(workspace.path, 'docs/guide.md'), 'commit', '--quiet', '--allow-empty', '--message', 'Inside');
    expect(await changed()).toEqual({ 'docs/guide.md': 'deleted', 'docs/guide.md/inside.txt': 'added' });
  });

  test('symbolic links are stored as links, and nothing is read through them', async () => {
    mkdirSync(path.join(made.folder, 'outside'));
    writeFileSync(path.join(made.folder, 'outside/guide.md'), 'guide\n');
    writeFileSync(path.join(made.folder, 'outside/secret.txt'), 'secret\n');
    rmSync(path.join(workspace.path, 'docs'), { recursive: true });
    made.link(path.join(made.folder, 'outside'), path.join(workspace.path, 'docs'));
    made.link('/etc/passwd', path.join(workspace.path, 'passwd'));
    const first = await snapshot();
    expect(first.changedFiles).toEqual([
      { path: 'docs', status: 'added', mode: 'symlink' },
      { path: 'docs/guide.md', status: 'deleted', mode: 'file' },
      { path: 'docs/old.md', status: 'deleted', mode: 'file' },
      { path: 'passwd', status: 'added', mode: 'symlink' },
    ]);
    expect(made.git('show', `${first.head}:passwd`)).toBe('/etc/passwd');
    expect(await made.workspaces.remove(workspace, order)).toBe(true);
    expect(existsSync(path.join(made.folder, 'outside/secret.txt'))).toBe(true);
  });

  test('file names may be anything', async () => {
    const names = ['new\nline', 'quo"te', "it's", '-rf', '--output=x', ' blank ', 'tab\there', 'back\\slash', '*?[a]', ':(top)x', '#hash', '!not', 'carriage\r', 'ünï', '"', 'dir\n/x'];
    for (const name of names) write({ [`names/${name}`]: 'x\n', [name]: 'x\n' });
    const raw = Buffer.concat([Buffer.from(`${workspace.path}/src/`), Buffer.from([0xff, 0xfe, 0x41])]);
    writeFileSync(raw, 'bytes\n');
    const first = await snapshot();
    const expected = [...names, ...names.map((name) => `names/${name}`), 'src/\ufffd\ufffdA'];
    expect(first.changedFiles.map((file) => file.path).sort()).toEqual(expected.sort());
    expect(await snapshot()).toEqual(first);
    expect(await made.workspaces.remove(workspace, order)).toBe(true);
    const landing = { ...order, target: 'main', base: workspace.base, head: first.head, message: 'Landed\n' };
    const plan = await made.workspaces.planLanding(landing);
    if (plan.kind !== 'ready') throw new Error(plan.kind);
    expect((await made.workspaces.finishLanding(landing, plan)).kind).toBe('landed');
    expect(made.git('status', '--porcelain')).toBe('');
    expect(readFileSync(Buffer.concat([Buffer.from(`${made.root}/src/`), Buffer.from([0xff, 0xfe, 0x41])]), 'utf8')).toBe('bytes\n');
  });

  test('names that git refuses are reported, and the worktree that holds them is not removed', async () => {
    write({ '.GIT/config': 'x\n', 'src/.Git': 'x\n', 'src/a.txt': 'new\n' });
    expect(await changed()).toEqual({ '.GIT/config': 'added', 'src/.Git': 'added', 'src/a.txt': 'modified' });
    expect(await made.workspaces.remove(workspace, order)).toBe(false);
    expect(existsSync(path.join(workspace.path, '.GIT/config'))).toBe(true);
  });

  test('a change that keeps size and date of a file is seen', async () => {
    const file = path.join(workspace.path, 'src/a.txt');
    const { atime, mtime } = statSync(file);
    writeFileSync(file, 'z\n');
    utimesSync(file, atime, mtime);
    expect(await changed()).toEqual({ 'src/a.txt': 'modified' });
  });

  test('a changed mode is a change, a changed date is none', async () => {
    chmodSync(path.join(workspace.path, 'src/run.sh'), 0o755);
    utimesSync(path.join(workspace.path, 'src/a.txt'), 1, 1);
    inWorktree('config', 'core.fileMode', 'false');
    expect(await changed()).toEqual({ 'src/run.sh': 'modified' });
  });

  test('pipes and sockets in the place of files do not stop us', async () => {
    rmSync(path.join(workspace.path, 'src/a.txt'));
    made.mkfifo(path.join(workspace.path, 'src/a.txt'));
    made.mkfifo(path.join(workspace.path, 'src/pipe'));
    made.mkfifo(path.join(workspace.path, 'docs/.gitignore'));
    expect(await changed()).toEqual({ 'src/a.txt': 'deleted' });
  });

  test('an alias in the place of its branch moves nobody else', async () => {
    const main = made.head();
    made.git('symbolic-ref', 'refs/heads/ai/t-aaaaaa', 'refs/heads/main');
    made.git('symbolic-ref', 'refs/ai/runs/r-aaaaaa', 'refs/heads/main');
    write({ 'src/a.txt': 'new\n' });
    const { head } = await snapshot();
    expect(made.head()).toBe(main);
    expect(made.git('rev-parse', 'ai/t-aaaaaa', 'refs/ai/runs/r-aaaaaa')).toBe(`${head}\n${head}\n`);
    made.git('symbolic-ref', 'refs/heads/ai/t-aaaaaa', 'refs/heads/main');
    await made.workspaces.prepare(workspaceOrder({ token: (order.token + 1) as typeof order.token }));
    expect(made.head()).toBe(main);
    made.git('symbolic-ref', 'refs/heads/ai/t-aaaaaa', 'refs/heads/main');
    await made.workspaces.cleanUpLanded(order.taskId);
    expect(made.head()).toBe(main);
  });

  test('locks of a git that was killed do not stop us', async () => {
    writeFileSync(path.join(made.root, '.git/refs/heads/ai/t-aaaaaa.lock'), '');
    writeFileSync(path.join(made.root, '.git/worktrees', path.basename(workspace.path), 'index.lock'), '');
    write({ 'src/a.txt': 'new\n' });
    expect(await changed()).toEqual({ 'src/a.txt': 'modified' });
    expect(await made.workspaces.remove(workspace, order)).toBe(true);
  });

  test('what it does to our own git state is noticed', async () => {
    const state = path.join(made.aiFolder, 'run/snapshots', path.basename(workspace.path));
    write({ 'src/a.txt': 'new\n', '.env': 'x\n', 'src/n.txt': 'n\n' });
    for (const file of readdirSync(state)) if (statSync(path.join(state, file)).isFile()) writeFileSync(path.join(state, file), file === 'excluded' ? '*\n' : `[core]\n\tfsmonitor = ${trap}\n`);
    writeFileSync(path.join(state, 'info/attributes'), '* filter=evil\n');
    writeFileSync(path.join(state, 'commondir'), `${made.root}/.git\n`);
    inWorktree('config', 'filter.evil.clean', trap);
    expect(await changed()).toEqual({ '.env': 'added', 'src/a.txt': 'modified', 'src/n.txt': 'added' });
  });

  test('a folder that was moved away is gone; a link in its place is not followed', async () => {
    renameSync(workspace.path, path.join(made.folder, 'moved'));
    made.link(path.join(made.folder, 'moved'), workspace.path);
    write({ 'src/a.txt': 'new\n' });
    expect(await snapshot()).toMatchObject({ workspaceGone: true, head: workspace.base });
  });

  test('an empty folder is work: everything was deleted', async () => {
    for (const name of readdirSync(workspace.path)) rmSync(path.join(workspace.path, name), { recursive: true });
    expect(Object.values(await changed())).toEqual(Array.from({ length: 7 }, () => 'deleted'));
  });

  test('commits beside its branch are kept', async () => {
    inWorktree('checkout', '--quiet', '--detach');
    write({ 'src/a.txt': 'tried\n' });
    inWorktree('commit', '--quiet', '--all', '--message', 'Beside');
    const beside = inWorktree('rev-parse', 'HEAD').trim();
    write({ 'src/a.txt': 'a\n' });
    await snapshot();
    expect(await made.workspaces.remove(workspace, order)).toBe(true);
    expect(made.git('for-each-ref', '--contains', beside, 'refs/ai/')).not.toBe('');
  });
});

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryRepository, token, workspaceOrder, type TemporaryRepository } from '../../../support/temporary-repository.js';

/** Whatever a killed call or an earlier attempt left, the next `prepare` ends with a fresh worktree, and nothing is lost. */
describe('what lies around before a worktree is made', () => {
  let made: TemporaryRepository;
  const order = workspaceOrder();
  const next = workspaceOrder({ token: token(order.token + 1) });
  const name = `t-aaaaaa-${order.token}`;

  beforeEach(() => {
    made = temporaryRepository();
  });
  afterEach(() => made.close());

  const place = (): string => made.workspaces.place(order).path;
  const rescued = (file: string): string => made.git('show', `refs/ai/rescued/${name}:${file}`);

  async function expectFresh(wanted = order): Promise<void> {
    const workspace = await made.reopen().prepare(wanted);
    expect(made.gitIn(workspace.path, 'status', '--porcelain', '--branch')).toBe('## ai/t-aaaaaa\n');
    expect(made.gitIn(workspace.path, 'rev-parse', 'HEAD').trim()).toBe(workspace.base);
    expect(made.git('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(2);
    expect(made.git('worktree', 'prune', '--dry-run', '--verbose')).toBe('');
  }

  test('an empty folder', async () => {
    mkdirSync(place(), { recursive: true });
    await expectFresh();
  });

  test('a folder without a registration, with content: it is set aside', async () => {
    made.write({ 'x.txt': 'whose is it?\n' }, place());
    await expectFresh();
    const [aside = ''] = readdirSync(path.join(made.aiFolder, 'rescued'));
    expect(readFileSync(path.join(made.aiFolder, 'rescued', aside, 'x.txt'), 'utf8')).toBe('whose is it?\n');
  });

  test('a registration without a folder', async () => {
    await made.workspaces.prepare(order);
    rmSync(place(), { recursive: true });
    await expectFresh();
  });

  test('a registration that git was killed over', async () => {
    const half = path.join(made.root, '.git/worktrees', name);
    mkdirSync(half, { recursive: true });
    writeFileSync(path.join(half, 'locked'), 'initializing\n');
    await expectFresh();
    expect(readdirSync(path.join(made.root, '.git/worktrees'))).toEqual([name]);
  });

  test('a worktree without files, as git leaves it between its steps', async () => {
    made.git('worktree', 'add', '--quiet', '--no-checkout', '-b', 'ai/t-aaaaaa', place());
    writeFileSync(path.join(made.root, '.git/worktrees', name, 'locked'), 'initializing\n');
    await expectFresh();
    expect(made.git('for-each-ref', 'refs/ai/rescued/')).toBe('');
  });

  test('a check-out that was cut short is no work', async () => {
    made.git('worktree', 'add', '--quiet', '--no-checkout', '-b', 'ai/t-aaaaaa', place());
    made.write({ 'src/a.txt': 'a\n' }, place());
    await expectFresh();
    expect(made.git('for-each-ref', 'refs/ai/rescued/')).toBe('');
  });

  test('a lock on the index of a complete worktree', async () => {
    await made.workspaces.prepare(order);
    writeFileSync(path.join(made.root, '.git/worktrees', name, 'index.lock'), '');
    await expectFresh();
    expect(made.gitIn(place(), 'add', '--all')).toBe('');
  });

  test('a lock on the branch', async () => {
    mkdirSync(path.join(made.root, '.git/refs/heads/ai'), { recursive: true });
    writeFileSync(path.join(made.root, '.git/refs/heads/ai/t-aaaaaa.lock'), '');
    await expectFresh();
  });

  test('work of an earlier attempt, without our own state', async () => {
    await made.workspaces.prepare(order);
    made.write({ 'src/a.txt': 'work\n', 'src/n.txt': 'n\n' }, place());
    rmSync(path.join(made.aiFolder, 'run'), { recursive: true });
    await expectFresh(next);
    expect([rescued('src/a.txt'), rescued('src/n.txt')]).toEqual(['work\n', 'n\n']);
  });

  test('commits of an earlier attempt that were never recorded', async () => {
    await made.workspaces.prepare(order);
    made.write({ 'src/a.txt': 'work\n' }, place());
    made.gitIn(place(), 'commit', '--quiet', '--all', '--message', 'By the agent');
    const own = made.gitIn(place(), 'rev-parse', 'HEAD').trim();
    await expectFresh(next);
    expect(made.git('for-each-ref', '--contains', own, 'refs/ai/')).not.toBe('');
  });

  test('the same worktree twice: the second rescue keeps the first', async () => {
    for (const content of ['one\n', 'two\n']) {
      const workspace = await made.workspaces.prepare(order);
      made.write({ 'src/a.txt': content }, workspace.path);
      rmSync(path.join(made.aiFolder, 'run/snapshots', name, 'workspace.json'));
      await made.workspaces.remove({ ...workspace }, order);
    }
    expect(rescued('src/a.txt')).toBe('two\n');
    expect(made.git('show', `refs/ai/rescued/${name}^2:src/a.txt`)).toBe('one\n');
  });

  test('an earlier worktree that no ref can hold is set aside', async () => {
    await made.workspaces.prepare(order);
    made.write({ '.GIT/x': 'no tree can hold it\n' }, place());
    await expectFresh(next);
    const [aside = ''] = readdirSync(path.join(made.aiFolder, 'rescued'));
    expect(existsSync(path.join(made.aiFolder, 'rescued', aside, '.GIT/x'))).toBe(true);
  });

  test('worktrees of other tasks are left alone', async () => {
    const other = workspaceOrder({ taskId: 't-aaaaab' as typeof order.taskId });
    const workspace = await made.workspaces.prepare(other);
    made.write({ 'src/a.txt': 'at work\n' }, workspace.path);
    await made.workspaces.prepare(order);
    expect(readFileSync(path.join(workspace.path, 'src/a.txt'), 'utf8')).toBe('at work\n');
  });

  test('a person who looks at the branch is not disturbed', async () => {
    await made.workspaces.remove(await made.workspaces.prepare(order), order);
    const theirs = path.join(made.folder, 'review');
    made.git('worktree', 'add', '--quiet', theirs, 'ai/t-aaaaaa');
    await expect(made.workspaces.prepare(next)).rejects.toMatchObject({ code: 'WORKSPACE_FAILED', message: expect.stringContaining(theirs) as unknown });
    made.git('worktree', 'remove', theirs);
    made.git('checkout', '--quiet', 'ai/t-aaaaaa');
    await expect(made.workspaces.prepare(next)).rejects.toMatchObject({ code: 'WORKSPACE_FAILED', message: expect.stringContaining(made.root) as unknown });
  });

  test('what a killed removal left in the bin is removed', async () => {
    made.write({ 'x/y': 'z\n' }, path.join(made.aiFolder, 'run/bin/left'));
    await made.workspaces.remove(await made.workspaces.prepare(order), order);
    expect(readdirSync(path.join(made.aiFolder, 'run/bin'))).toEqual([]);
  });
});

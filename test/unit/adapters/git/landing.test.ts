import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FencingToken, RunId, TaskId } from '../../../../src/domain/kernel/ids.js';
import type { LandPlan, LandResult, Workspaces } from '../../../../src/ports/workspaces.js';
import { landOrder, makeRepository, makeWork, mortalRun, Killed, type Files, type TestRepository } from '../../../support/git-repository.js';
import { runCommand } from '../../../support/run-command.js';

const FILES = { 'a.txt': 'one\n', 'src/b.txt': 'b\n', '.gitignore': '*.log\n' };

let repository: TestRepository;
let workspaces: Workspaces;

beforeEach(() => {
  repository = makeRepository(FILES);
  workspaces = repository.open();
});
afterEach(() => repository.dispose());

const work = async (files: Files, number = 1) => makeWork(workspaces, repository, files, { taskId: `t-00000${number}` as TaskId, runId: `r-00000${number}` as RunId, token: number as FencingToken });

async function plan(of: { readonly base: string; readonly head: string }, target = 'main'): Promise<Extract<LandPlan, { kind: 'ready' }>> {
  const made = await workspaces.planLanding(landOrder(of, { target }));
  if (made.kind !== 'ready') throw new Error(made.kind);
  return made;
}

async function land(of: { readonly base: string; readonly head: string }, target = 'main'): Promise<LandResult> {
  return workspaces.finishLanding(landOrder(of, { target }), await plan(of, target));
}

describe('landing', () => {
  it('two at once on a checked-out branch: one lands, the other finds that the target moved, the tree is right', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = [await work({ [`one-${round}.txt`]: '1' }, 1), await work({ [`two-${round}.txt`]: '2' }, 2)];
      const plans = [await plan(one), await plan(two)] as const;
      const attempts = await Promise.allSettled([repository.open().finishLanding(landOrder(one), plans[0]), repository.open().finishLanding(landOrder(two), plans[1])]);
      // Both may meet at git's own lock of the index, which is told as an error that passes.
      const kinds = attempts.map((attempt) => (attempt.status === 'fulfilled' ? attempt.value.kind : (attempt.reason as { readonly code: string }).code));
      expect(kinds.filter((kind) => kind === 'landed').length).toBeLessThanOrEqual(1);
      expect(kinds.every((kind) => ['landed', 'target_moved', 'GIT_FAILED'].includes(kind))).toBe(true);
      expect(repository.git('status', '--porcelain')).toBe('');
      for (const task of [1, 2]) await workspaces.cleanUpLanded(`t-00000${task}` as TaskId);
    }
  });

  it('the next try after a kill between files and branch only moves the branch', async () => {
    const of = await work({ 'a.txt': 'changed\n', 'new.txt': 'n' });
    const made = await plan(of);
    const started: string[] = [];
    const mortal = mortalRun(5, 'after');
    await expect(repository.open(async (order) => { started.push(order.argv.join(' ')); return mortal.run(order); }).finishLanding(landOrder(of), made)).rejects.toBeInstanceOf(Killed);
    expect(started[4]).toContain('read-tree -m -u');
    expect(repository.git('rev-parse', 'main')).toBe(made.targetBefore);
    expect(repository.git('status', '--porcelain')).toBe('M  a.txt\nA  new.txt');
    expect(await land(of)).toMatchObject({ kind: 'landed' });
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('a git that fails after it moved the branch has landed', async () => {
    const of = await work({ 'a.txt': 'changed\n' });
    const made = await plan(of);
    const failing = repository.open(async (order) => {
      const result = await runCommand(order);
      return order.argv.includes('update-ref') ? { ...result, exitCode: null, timedOut: true } : result;
    });
    expect(await failing.finishLanding(landOrder(of), made)).toEqual({ kind: 'landed', commit: made.commit });
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('puts the files back when the branch moved in the last moment', async () => {
    const of = await work({ 'a.txt': 'changed\n', 'new.txt': 'n' });
    const made = await plan(of);
    const racing = repository.open(async (order) => {
      const result = await runCommand(order);
      // Another git moves the branch, as plumbing does it: without its files.
      if (order.argv.includes('read-tree')) repository.git('update-ref', 'refs/heads/main', repository.git('commit-tree', '-p', 'main', '-m', 'raced', 'main^{tree}'));
      return result;
    });
    expect(await racing.finishLanding(landOrder(of), made)).toEqual({ kind: 'target_moved' });
    expect(repository.git('status', '--porcelain')).toBe('');
    expect(repository.git('log', '-1', '--format=%s')).toBe('raced');
    expect(await land(of)).toMatchObject({ kind: 'landed' });
  });

  it.each([
    ['a merge', 'MERGE_HEAD'],
    ['a cherry-pick', 'CHERRY_PICK_HEAD'],
    ['a rebase', 'rebase-merge/head-name'],
  ])('waits while %s goes on in the tree', async (name, file) => {
    const of = await work({ 'a.txt': 'changed\n' });
    repository.write({ [`.git/${file}`]: file === 'rebase-merge/head-name' ? 'refs/heads/main\n' : `${repository.git('rev-parse', 'HEAD')}\n` });
    expect(await land(of)).toEqual({ kind: 'blocked', reason: expect.stringContaining(name) as string, paths: [] });
  });

  it('waits while a rebase of the target goes on, although nobody has it checked out', async () => {
    const of = await work({ 'a.txt': 'changed\n' });
    repository.commit({ 'src/b.txt': 'mine\n' });
    repository.git('checkout', '-q', '-b', 'upstream', 'HEAD~1');
    repository.commit({ 'src/b.txt': 'theirs\n' });
    repository.git('checkout', '-q', 'main');
    expect(() => repository.git('rebase', 'upstream')).toThrow();
    expect(await land(of)).toMatchObject({ kind: 'blocked', reason: expect.stringContaining('rebase') as string });
    repository.git('rebase', '--abort');
    expect(await land(of)).toMatchObject({ kind: 'landed' });
  });

  it('leaves files that a filter of the user makes to the user, and says how', async () => {
    repository.commit({ '.gitattributes': '*.bin filter=lfs\n' });
    repository.git('config', 'filter.lfs.smudge', 'cat');
    workspaces = repository.open();
    const of = await work({ 'big.bin': 'pointer', 'a.txt': 'changed\n' });
    const made = await plan(of);
    expect(await workspaces.finishLanding(landOrder(of), made)).toEqual({ kind: 'blocked', reason: expect.stringContaining(`merge --ff-only ${made.commit.slice(0, 12)}`) as string, paths: ['big.bin'] });
    repository.git('merge', '-q', '--ff-only', made.commit);
    expect(await workspaces.planLanding(landOrder(of))).toMatchObject({ kind: 'empty' });
    expect(await land(await work({ 'plain.txt': 'p' }, 2))).toMatchObject({ kind: 'landed' });
  });

  it('leaves a sparse checkout to the git of the user', async () => {
    const of = await work({ 'a.txt': 'changed\n' });
    repository.git('sparse-checkout', 'set', 'src');
    workspaces = repository.open();
    expect(await land(of)).toMatchObject({ kind: 'blocked', reason: expect.stringContaining('sparse') as string });
    repository.git('checkout', '-q', '-b', 'elsewhere');
    expect(await land(of)).toMatchObject({ kind: 'landed' });
  });

  it('writes line ends as the attributes of the user want them', async () => {
    repository.commit({ '.gitattributes': '*.bat text eol=crlf\n', 'run.bat': 'one\r\n' });
    const of = await work({ 'run.bat': 'one\r\ntwo\r\n' });
    expect(repository.git('show', `${of.head}:run.bat`)).toBe('one\ntwo');
    expect(readFileSync(path.join(of.workspace.path, 'run.bat'), 'utf8')).toBe('one\r\ntwo\r\n');
    expect(await land(of)).toMatchObject({ kind: 'landed' });
    expect(repository.read('run.bat')).toBe('one\r\ntwo\r\n');
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('merges by the attribute union, also of the target', async () => {
    repository.commit({ '.gitattributes': 'CHANGES merge=union\n', CHANGES: 'start\n' });
    const of = await work({ CHANGES: 'start\nmine\n' });
    repository.commit({ CHANGES: 'start\ntheirs\n' });
    expect(await land(of)).toMatchObject({ kind: 'landed' });
    expect(repository.read('CHANGES').split('\n').sort()).toEqual(['', 'mine', 'start', 'theirs']);
  });

  it('names a lock file of git, and how to find out whether anybody uses it', async () => {
    const of = await work({ 'a.txt': 'changed\n' });
    const lock = path.join(repository.root, '.git/index.lock');
    writeFileSync(lock, '');
    await expect(land(of)).rejects.toMatchObject({ code: 'GIT_FAILED', retryable: true, message: expect.stringContaining(lock) as string, hint: expect.stringContaining('pgrep') as string, details: { lockFile: lock } });
    expect(repository.git('diff', '--name-only')).toBe('');
  });

  it('refuses a target that two working trees have', async () => {
    const of = await work({ 'a.txt': 'changed\n' });
    repository.git('worktree', 'add', '-q', '--force', path.join(repository.outside, 'second'), 'main');
    expect(await land(of)).toMatchObject({ kind: 'blocked', paths: [repository.root, path.join(repository.outside, 'second')] });
  });

  it('names every path in the way, odd names too', async () => {
    const of = await work({ 'a.txt': 'x\n', 'src/b.txt': 'x\n', 'odd "name"\n': 'x' });
    repository.write({ 'a.txt': 'u\n', 'src/b.txt': 'u\n' });
    repository.git('add', 'src/b.txt');
    expect(await land(of)).toMatchObject({ kind: 'blocked', paths: ['a.txt', 'src/b.txt'] });
    repository.git('checkout', '-q', 'HEAD', '--', '.');
    repository.write({ 'odd "name"\n': 'u' });
    expect(await land(of)).toMatchObject({ kind: 'blocked', paths: ['odd "name"\n'] });
  });

  it('moves nothing of a change that the user staged in the very same form', async () => {
    const of = await work({ 'a.txt': 'changed\n' });
    repository.write({ 'a.txt': 'changed\n' });
    repository.git('add', 'a.txt');
    expect(await land(of)).toMatchObject({ kind: 'landed' });
    expect(repository.git('status', '--porcelain')).toBe('');
  });
});

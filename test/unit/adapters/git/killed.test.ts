import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { FencingToken, RunId } from '../../../../src/domain/kernel/ids.js';
import type { LandPlan, Workspaces } from '../../../../src/ports/workspaces.js';
import { changes, Killed, landOrder, makeRepository, makeWork, mortalRun, snapshotRun, TASK, workspaceOrder, type TestRepository } from '../../../support/git-repository.js';

const FILES = { 'a.txt': 'one\n', 'src/b.txt': 'b\n', '.gitignore': '*.log\n' };
const MAX_GIT_CALLS = 60;
/** Each of these tests makes dozens of repositories. */
const LONG_TEST_MS = 600_000;

let repository: TestRepository;
afterEach(() => repository.dispose());

/** Does an action with one that dies at its first git process, then at its second, and so on; before and after each. */
async function atEveryKillPoint(scene: { readonly prepare: () => Promise<(workspaces: Workspaces) => Promise<unknown>>; readonly repair: () => Promise<void> }): Promise<number> {
  for (const when of ['before', 'after'] as const) {
    for (let call = 1; ; call += 1) {
      expect(call).toBeLessThan(MAX_GIT_CALLS);
      repository = makeRepository(FILES);
      const action = await scene.prepare();
      const mortal = mortalRun(call, when);
      const survived = await action(repository.open(mortal.run)).then(() => true, (error: unknown) => {
        if (error instanceof Killed) return false;
        throw error;
      });
      await mortal.settled();
      await scene.repair();
      expect(repository.git('fsck', '--no-dangling')).toBe('');
      if (survived && when === 'after') return call;
      repository.dispose();
      if (survived) break;
    }
  }
  throw new Error('unreachable');
}

function leftovers(): string[] {
  const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
  return [...names(path.join(repository.aiFolder, 'worktrees')), ...names(path.join(repository.root, '.git/worktrees'))].filter((name) => name !== '.gitignore').sort();
}

describe('killed at any git process', { timeout: LONG_TEST_MS }, () => {
  it('a workspace is made by the next call', async () => {
    const points = await atEveryKillPoint({
      prepare: async () => {
        const old = await makeWork(repository.open(), repository, { 'old.txt': 'old' });
        repository.write({ 'late.txt': 'late' }, old.workspace.path);
        return async (workspaces) => workspaces.prepare(workspaceOrder({ token: 2 as FencingToken, runId: 'r-000002' as RunId }));
      },
      repair: async () => {
        const workspace = await repository.open().prepare(workspaceOrder({ token: 2 as FencingToken, runId: 'r-000002' as RunId }));
        expect(repository.gitIn(workspace.path, 'status', '--porcelain', '--branch')).toBe('## ai/t-000001');
        expect(workspace.base).toBe(repository.git('rev-parse', 'main'));
        expect(repository.git('show', 'refs/ai/rescued/t-000001-1:late.txt')).toBe('late');
        expect(leftovers()).toEqual(['ai.t-000001-2', 't-000001-2']);
      },
    });
    expect(points).toBeGreaterThan(5);
  });

  it('an unfinished workspace is removed without a trace', async () => {
    await atEveryKillPoint({
      prepare: async () => (workspaces) => workspaces.prepare(workspaceOrder()),
      repair: async () => {
        const workspaces = repository.open();
        const workspace = { ...workspaces.place(workspaceOrder()), isolation: 'worktree' as const, base: '' };
        expect(await workspaces.remove(workspace, snapshotRun)).toBe(true);
        expect(leftovers()).toEqual([]);
        expect(repository.git('for-each-ref', 'refs/ai')).toBe('');
      },
    });
  });

  it('work is recorded by the next snapshot', async () => {
    await atEveryKillPoint({
      prepare: async () => {
        const workspace = await repository.open().prepare(workspaceOrder());
        repository.write({ 'n.txt': 'n', 'a.txt': 'changed\n' }, workspace.path);
        return async (workspaces) => workspaces.snapshot(workspace, snapshotRun);
      },
      repair: async () => {
        const workspaces = repository.open();
        const workspace = { ...workspaces.place(workspaceOrder()), isolation: 'worktree' as const, base: repository.git('rev-parse', 'main') };
        const snapshot = await workspaces.snapshot(workspace, snapshotRun);
        expect(changes(snapshot)).toEqual(['M a.txt', 'A n.txt']);
        expect(repository.git('rev-parse', 'refs/ai/runs/r-000001')).toBe(snapshot.head);
        expect(repository.git('rev-parse', 'ai/t-000001')).toBe(snapshot.head);
        expect(readdirSync(path.join(repository.aiFolder, 'worktrees'))).toContain('t-000001-1');
      },
    });
  });

  it('nothing is lost by a removal', async () => {
    await atEveryKillPoint({
      prepare: async () => {
        const { workspace } = await makeWork(repository.open(), repository, { 'n.txt': 'n' });
        repository.write({ 'late.txt': 'late' }, workspace.path);
        return async (workspaces) => workspaces.remove(workspace, snapshotRun);
      },
      repair: async () => {
        const workspaces = repository.open();
        expect(await workspaces.remove({ ...workspaces.place(workspaceOrder()), isolation: 'worktree', base: repository.git('rev-parse', 'main') }, snapshotRun)).toBe(true);
        expect(repository.git('show', 'refs/ai/rescued/t-000001-1:late.txt')).toBe('late');
        expect(leftovers()).toEqual([]);
      },
    });
  });

  it('a landing is finished by the next try, and what the user has not committed stays', async () => {
    await atEveryKillPoint({
      prepare: async () => {
        const work = await makeWork(repository.open(), repository, { 'new/n.txt': 'n', 'a.txt': 'changed\n' });
        repository.commit({ 'other.txt': 'the target moved' });
        repository.write({ 'src/b.txt': 'of the user\n', 'untracked.txt': 'of the user' });
        return async (workspaces) => land(workspaces, work);
      },
      repair: async () => {
        const work = { base: repository.git('rev-parse', 'ai/t-000001~1'), head: repository.git('rev-parse', 'ai/t-000001') };
        expect(await land(repository.open(), work)).toMatch(/landed|empty/);
        expect(repository.git('status', '--porcelain')).toBe(' M src/b.txt\n?? untracked.txt');
        expect(repository.git('log', '--format=%s', 'main')).toBe('Do the thing\nA commit of the test\nA commit of the test');
        expect(repository.read('a.txt')).toBe('changed\n');
      },
    });
  });

  it('a landed task is cleaned up by the next call', async () => {
    await atEveryKillPoint({
      prepare: async () => {
        const work = await makeWork(repository.open(), repository, { 'a.txt': 'changed\n' });
        await land(repository.open(), work);
        repository.write({ 'late.txt': 'late' }, work.workspace.path);
        return async (workspaces) => workspaces.cleanUpLanded(TASK);
      },
      repair: async () => {
        await repository.open().cleanUpLanded(TASK);
        expect(leftovers()).toEqual([]);
        expect(repository.git('for-each-ref', '--format=%(refname)')).toBe('refs/ai/rescued/t-000001-1\nrefs/ai/runs/r-000001\nrefs/heads/main');
        expect(repository.git('show', 'refs/ai/rescued/t-000001-1:late.txt')).toBe('late');
      },
    });
  });
});

async function land(workspaces: Workspaces, work: { readonly base: string; readonly head: string }): Promise<string> {
  const order = landOrder(work);
  const plan: LandPlan = await workspaces.planLanding(order);
  if (plan.kind !== 'ready') return plan.kind;
  return (await workspaces.finishLanding(order, plan)).kind;
}

describe('half a worktree', () => {
  const half = async (spoil: (folder: string, adminDir: string) => void): Promise<void> => {
    repository = makeRepository(FILES);
    const workspaces = repository.open();
    const { path: folder } = await workspaces.prepare(workspaceOrder());
    await workspaces.remove({ path: folder, branch: 'ai/t-000001', base: '', isolation: 'worktree' }, snapshotRun);
    spoil(folder, path.join(repository.root, '.git/worktrees/ai.t-000001-1'));
    const workspace = await repository.open().prepare(workspaceOrder());
    expect(repository.gitIn(workspace.path, 'status', '--porcelain', '--branch')).toBe('## ai/t-000001');
    expect(repository.git('for-each-ref', 'refs/ai')).toBe('');
  };

  it('is made whole: a folder that is not registered', async () => half((folder) => repository.write({ 'a.txt': 'one\n' }, folder)));
  it('is made whole: a registration without a folder', async () => half((_, adminDir) => repository.write({ gitdir: `${adminDir}/nowhere\n`, commondir: '../..\n', HEAD: 'ref: refs/heads/ai/t-000001\n' }, adminDir)));
  it('is made whole: lock files and the mark of an addition that goes on', async () => half((_, adminDir) => repository.write({ 'index.lock': '', 'HEAD.lock': '', locked: 'initializing' }, adminDir)));

  it('keeps what is in a folder that nobody knows', async () => {
    repository = makeRepository(FILES);
    repository.write({ 'found.txt': 'f' }, path.join(repository.aiFolder, 'worktrees/t-000001-1'));
    await repository.open().prepare(workspaceOrder());
    expect(repository.git('show', 'refs/ai/rescued/t-000001-1:found.txt')).toBe('f');
  });

  it('does not wait for ever on a lock of the branch, and names it', async () => {
    repository = makeRepository(FILES);
    repository.git('branch', 'ai/t-000001');
    repository.commit({ 'later.txt': 'l' });
    const lock = path.join(repository.root, '.git/refs/heads/ai/t-000001.lock');
    writeFileSync(lock, '');
    await expect(repository.open().prepare(workspaceOrder())).rejects.toMatchObject({ code: 'GIT_FAILED', retryable: true, hint: expect.stringContaining('t-000001.lock') as string });
  });
});

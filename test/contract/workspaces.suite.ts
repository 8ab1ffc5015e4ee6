import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { LandPlan, WorkspaceOrder, Workspace, Snapshot } from '../../src/ports/workspaces.js';
import { runId, taskId, temporaryRepository, token, workspaceOrder, type RepositoryOptions, type TemporaryRepository, type WorkspacesFactory } from '../support/temporary-repository.js';

/** What every implementation of the port promises, against real repositories. */
export function describeWorkspaces(name: string, create: WorkspacesFactory): void {
  describe(`workspaces: ${name}`, () => {
    const open: TemporaryRepository[] = [];
    afterEach(() => {
      for (const repository of open.splice(0)) repository.close();
    });
    const repository = (options: RepositoryOptions = {}): TemporaryRepository => {
      const made = temporaryRepository({ ...options, create });
      open.push(made);
      return made;
    };

    repositoryTests(repository);
    prepareTests(repository);
    dependencyTests(repository);
    snapshotTests(repository);
    removeTests(repository);
    landingTests(repository);
    inPlaceTests(repository);
  });
}

type Make = (options?: RepositoryOptions) => TemporaryRepository;

const MESSAGE = 'The work\n\nAI-Task: t-aaaaaa\nAI-Agent: claude\n';

/** One finished run. */
interface Work {
  readonly order: WorkspaceOrder;
  readonly workspace: Workspace;
  readonly snapshot: Snapshot;
}

async function work(made: TemporaryRepository, overrides: Partial<WorkspaceOrder>, files: Parameters<TemporaryRepository['write']>[0]): Promise<Work> {
  const order = workspaceOrder(overrides);
  const workspace = await made.workspaces.prepare(order);
  made.write(files, workspace.path);
  const snapshot = await made.workspaces.snapshot(workspace, { ...order, message: MESSAGE });
  return { order, workspace, snapshot };
}

const second = { taskId: taskId('t-bbbbbb'), runId: runId('r-bbbbbb'), token: token(4_294_967_298) } as const;
const third = { taskId: taskId('t-cccccc'), runId: runId('r-cccccc'), token: token(4_294_967_299) } as const;
const retry = { runId: runId('r-dddddd'), token: token(4_294_967_300) } as const;

function repositoryTests(repository: Make): void {
  describe('repository', () => {
    test('says none outside of a repository', async () => {
      expect(await repository({ kind: 'none' }).workspaces.repository()).toEqual({ kind: 'none' });
    });

    test('names branch and commit', async () => {
      const made = repository();
      expect(await made.workspaces.repository()).toEqual({ kind: 'git', headBranch: 'main', headCommit: made.head() });
    });

    test('has no commit before the first one', async () => {
      expect(await repository({ kind: 'empty' }).workspaces.repository()).toEqual({ kind: 'git', headBranch: 'main', headCommit: null });
    });

    test('has no branch on a detached HEAD', async () => {
      const made = repository();
      made.git('checkout', '--quiet', '--detach');
      expect(await made.workspaces.repository()).toEqual({ kind: 'git', headBranch: null, headCommit: made.head() });
    });

    test('refuses a bare repository with a hint', async () => {
      const made = repository({ kind: 'empty', initArgs: ['--bare'] });
      await expect(made.workspaces.repository()).rejects.toMatchObject({ code: 'BARE_REPOSITORY', hint: expect.stringContaining('worktree') as unknown });
    });
  });
}

function prepareTests(repository: Make): void {
  describe('prepare', () => {
    test('makes a clean worktree of the target on the branch of the task, at the place that was announced', async () => {
      const made = repository();
      const order = workspaceOrder();
      const workspace = await made.workspaces.prepare(order);
      expect(workspace).toEqual({ ...made.workspaces.place(order), isolation: 'worktree', base: made.head() });
      expect(workspace.branch).toBe('ai/t-aaaaaa');
      expect(made.gitIn(workspace.path, 'symbolic-ref', 'HEAD').trim()).toBe('refs/heads/ai/t-aaaaaa');
      expect(made.gitIn(workspace.path, 'status', '--porcelain')).toBe('');
      expect(readFileSync(path.join(workspace.path, 'src/a.txt'), 'utf8')).toBe('a\n');
      expect(made.git('status', '--porcelain')).toBe('');
    });

    test('answers the same for the same token, and keeps what lies there', async () => {
      const made = repository();
      const workspace = await made.workspaces.prepare(workspaceOrder());
      made.write({ 'src/a.txt': 'half done\n' }, workspace.path);
      made.commit({ 'src/c.txt': 'the target moves\n' });
      expect(await made.reopen().prepare(workspaceOrder())).toEqual(workspace);
      expect(readFileSync(path.join(workspace.path, 'src/a.txt'), 'utf8')).toBe('half done\n');
    });

    test('starts from HEAD without a target branch', async () => {
      const made = repository();
      made.git('checkout', '--quiet', '-b', 'topic');
      const tip = made.commit({ 'topic.txt': 'topic\n' });
      expect((await made.workspaces.prepare(workspaceOrder({ targetBranch: null }))).base).toBe(tip);
    });

    test('starts from the target branch, also when another one is checked out', async () => {
      const made = repository();
      const main = made.head();
      made.git('checkout', '--quiet', '-b', 'topic');
      made.commit({ 'topic.txt': 'topic\n' });
      expect((await made.workspaces.prepare(workspaceOrder())).base).toBe(main);
    });

    test('says which target branch is missing', async () => {
      const made = repository();
      await expect(made.workspaces.prepare(workspaceOrder({ targetBranch: 'gone' }))).rejects.toMatchObject({ code: 'WORKSPACE_FAILED', message: expect.stringContaining('gone') as unknown });
    });

    test('asks for a first commit', async () => {
      const made = repository({ kind: 'empty' });
      await expect(made.workspaces.prepare(workspaceOrder())).rejects.toMatchObject({ code: 'UNBORN_BRANCH', hint: expect.stringContaining('--isolation none') as unknown });
    });

    test('copies the named untracked files, and they are not work', async () => {
      const made = repository();
      made.write({ '.env': 'SECRET=1\n', 'config/local.json': '{}\n' });
      const order = workspaceOrder({ copyFiles: ['.env', 'config/local.json', 'not-there'] });
      const workspace = await made.workspaces.prepare(order);
      expect(readFileSync(path.join(workspace.path, '.env'), 'utf8')).toBe('SECRET=1\n');
      expect(existsSync(path.join(workspace.path, 'config/local.json'))).toBe(true);
      const snapshot = await made.workspaces.snapshot(workspace, { ...order, message: MESSAGE });
      expect(snapshot.changedFiles).toEqual([]);
    });

    test('continues earlier work on its own base', async () => {
      const made = repository();
      const first = await work(made, {}, { 'src/a.txt': 'first\n' });
      await made.workspaces.remove(first.workspace, first.order);
      made.commit({ 'src/b.txt': 'the target moves\n' });
      const again = await work(made, { ...retry, continueFrom: { base: first.workspace.base, head: first.snapshot.head } }, { 'src/new.txt': 'second\n' });
      expect(again.workspace.base).toBe(first.workspace.base);
      expect(again.snapshot.changedFiles).toEqual([
        { path: 'src/a.txt', status: 'modified', mode: 'file' },
        { path: 'src/new.txt', status: 'added', mode: 'file' },
      ]);
      expect(made.isAncestor(first.snapshot.head, again.snapshot.head)).toBe(true);
    });

    test('starts fresh without earlier work, and keeps the old tip on a ref', async () => {
      const made = repository();
      const first = await work(made, {}, { 'src/a.txt': 'first\n' });
      await made.workspaces.remove(first.workspace, first.order);
      const again = await work(made, retry, {});
      expect(again.snapshot.changedFiles).toEqual([]);
      expect(made.git('for-each-ref', '--contains', first.snapshot.head, 'refs/ai/')).not.toBe('');
    });

    test('keeps what lies in an older worktree of the task before it removes it', async () => {
      const made = repository();
      const order = workspaceOrder();
      const older = await made.workspaces.prepare(order);
      made.write({ 'src/a.txt': 'never recorded\n', 'src/untracked.txt': 'neither\n' }, older.path);
      await made.reopen().prepare(workspaceOrder(retry));
      expect(existsSync(older.path)).toBe(false);
      const rescued = `refs/ai/rescued/t-aaaaaa-${order.token}`;
      expect(made.git('show', `${rescued}:src/a.txt`)).toBe('never recorded\n');
      expect(made.git('show', `${rescued}:src/untracked.txt`)).toBe('neither\n');
    });
  });
}

function dependencyTests(repository: Make): void {
  describe('prepare with dependencies', () => {
    test('merges work that has not landed on top of the target', async () => {
      const made = repository();
      const one = await work(made, {}, { 'src/a.txt': 'one\n' });
      const two = await work(made, second, { 'src/two.txt': 'two\n' });
      const tip = made.commit({ 'src/b.txt': 'target\n' });
      const dependencies = [one, two].map(({ order, snapshot }) => ({ taskId: order.taskId, head: snapshot.head, landedCommit: null }));
      const { workspace, snapshot } = await work(made, { ...third, dependencies }, {});
      expect(made.isAncestor(tip, workspace.base)).toBe(true);
      expect(made.isAncestor(one.snapshot.head, workspace.base)).toBe(true);
      expect(['src/a.txt', 'src/b.txt', 'src/two.txt'].map((file) => readFileSync(path.join(workspace.path, file), 'utf8'))).toEqual(['one\n', 'target\n', 'two\n']);
      expect(snapshot.changedFiles).toEqual([]);
    });

    test('takes work that is contained already as it is', async () => {
      const made = repository();
      const one = await work(made, {}, { 'src/a.txt': 'one\n' });
      made.git('merge', '--quiet', '--ff-only', one.snapshot.head);
      const workspace = await made.workspaces.prepare(workspaceOrder({ ...second, dependencies: [{ taskId: one.order.taskId, head: one.snapshot.head, landedCommit: null }] }));
      expect(workspace.base).toBe(made.head());
    });

    test('takes work that landed as one commit as it is', async () => {
      const made = repository();
      const one = await work(made, {}, { 'src/a.txt': 'one\n' });
      made.git('merge', '--quiet', '--squash', one.snapshot.head);
      made.git('commit', '--quiet', '--message', 'Landed');
      const landedCommit = made.head();
      made.commit({ 'src/a.txt': 'one, and more since\n' });
      const workspace = await made.workspaces.prepare(workspaceOrder({ ...second, dependencies: [{ taskId: one.order.taskId, head: one.snapshot.head, landedCommit }] }));
      expect(workspace.base).toBe(made.head());
    });

    test('names tasks and paths when dependencies do not fit together', async () => {
      const made = repository();
      const one = await work(made, {}, { 'src/a.txt': 'one\n' });
      const two = await work(made, second, { 'src/a.txt': 'two\n' });
      const dependencies = [one, two].map(({ order, snapshot }) => ({ taskId: order.taskId, head: snapshot.head, landedCommit: null }));
      await expect(made.workspaces.prepare(workspaceOrder({ ...third, dependencies }))).rejects.toMatchObject({
        code: 'MERGE_CONFLICT',
        message: expect.stringMatching(/t-bbbbbb.*t-aaaaaa.*src\/a\.txt/) as unknown,
        details: { tasks: ['t-aaaaaa', 't-bbbbbb'], paths: ['src/a.txt'] },
      });
    });

    test('does not continue work that lacks a dependency', async () => {
      const made = repository();
      const earlier = await work(made, third, { 'src/c.txt': 'earlier\n' });
      await made.workspaces.remove(earlier.workspace, earlier.order);
      const one = await work(made, {}, { 'src/a.txt': 'one\n' });
      const workspace = await made.workspaces.prepare(
        workspaceOrder({
          ...third,
          ...retry,
          continueFrom: { base: earlier.workspace.base, head: earlier.snapshot.head },
          dependencies: [{ taskId: one.order.taskId, head: one.snapshot.head, landedCommit: null }],
        }),
      );
      expect(workspace.base).not.toBe(earlier.workspace.base);
      expect(existsSync(path.join(workspace.path, 'src/c.txt'))).toBe(false);
      expect(readFileSync(path.join(workspace.path, 'src/a.txt'), 'utf8')).toBe('one\n');
    });
  });
}

function snapshotTests(repository: Make): void {
  describe('snapshot', () => {
    test('records tracked, untracked, deleted and changed in kind; not what the base ignores', async () => {
      const made = repository({ files: { 'src/kind.txt': 'a file\n', 'src/gone.txt': 'gone\n' } });
      const { workspace, snapshot, order } = await work(made, {}, { 'src/a.txt': 'new\n', 'deep/er/new.txt': 'n\n', 'src/gone.txt': null, 'src/kind.txt': null, 'ignored/x': 'x\n', 'y.log': 'y\n' });
      made.link('b.txt', path.join(workspace.path, 'src/kind.txt'));
      const again = await made.workspaces.snapshot(workspace, { ...order, message: MESSAGE });
      expect(snapshot.workspaceGone).toBe(false);
      expect(again.changedFiles).toEqual([
        { path: 'deep/er/new.txt', status: 'added', mode: 'file' },
        { path: 'src/a.txt', status: 'modified', mode: 'file' },
        { path: 'src/gone.txt', status: 'deleted', mode: 'file' },
        { path: 'src/kind.txt', status: 'type_changed', mode: 'symlink' },
      ]);
      expect(made.git('rev-parse', `${again.head}^{tree}`, `${workspace.base}^{tree}`)).toBe(`${again.headTree}\n${again.baseTree}\n`);
    });

    test('points the branch and the ref of the run at one commit on top of the base, by the agent', async () => {
      const made = repository();
      const { workspace, snapshot } = await work(made, {}, { 'src/a.txt': 'new\n' });
      expect(made.git('rev-parse', 'ai/t-aaaaaa', 'refs/ai/runs/r-aaaaaa', `${snapshot.head}^`)).toBe(`${snapshot.head}\n${snapshot.head}\n${workspace.base}\n`);
      expect(made.git('show', '--no-patch', '--format=%an%n%B', snapshot.head).trim()).toBe(`claude\n${MESSAGE.trim()}`);
    });

    test('answers the same when it is called again, also by another process', async () => {
      const made = repository();
      const { order, workspace, snapshot } = await work(made, {}, { 'src/a.txt': 'new\n', 'new.txt': 'n\n' });
      expect(await made.workspaces.snapshot(workspace, { ...order, message: 'Another message' })).toEqual(snapshot);
      expect(await made.reopen().snapshot(workspace, { ...order, message: 'Another message' })).toEqual(snapshot);
    });

    test('makes no commit when nothing was done', async () => {
      const made = repository();
      const { workspace, snapshot } = await work(made, {}, {});
      expect(snapshot).toMatchObject({ head: workspace.base, headTree: snapshot.baseTree, changedFiles: [] });
      expect(made.git('rev-parse', 'refs/ai/runs/r-aaaaaa').trim()).toBe(workspace.base);
    });

    test('builds on what the agent has committed itself', async () => {
      const made = repository();
      const order = workspaceOrder();
      const workspace = await made.workspaces.prepare(order);
      made.write({ 'src/a.txt': 'committed\n', 'kept.log': 'ignored, and committed nevertheless\n' }, workspace.path);
      made.gitIn(workspace.path, 'add', '--force', '--all');
      made.gitIn(workspace.path, 'commit', '--quiet', '--message', 'By the agent');
      const own = made.gitIn(workspace.path, 'rev-parse', 'HEAD').trim();
      const clean = await made.workspaces.snapshot(workspace, { ...order, message: MESSAGE });
      expect(clean.head).toBe(own);
      made.write({ 'src/b.txt': 'not committed\n' }, workspace.path);
      const dirty = await made.workspaces.snapshot(workspace, { ...order, message: MESSAGE });
      expect(made.git('rev-parse', `${dirty.head}^`).trim()).toBe(own);
      expect(dirty.changedFiles.map((file) => file.path)).toEqual(['kept.log', 'src/a.txt', 'src/b.txt']);
    });

    test('keeps what the agent left behind when it rewrote its branch', async () => {
      const made = repository();
      made.commit({ 'src/c.txt': 'c\n' });
      const order = workspaceOrder();
      const workspace = await made.workspaces.prepare(order);
      made.gitIn(workspace.path, 'checkout', '--quiet', '--orphan', 'stray');
      made.gitIn(workspace.path, 'commit', '--quiet', '--message', 'No parents');
      const stray = made.gitIn(workspace.path, 'rev-parse', 'HEAD').trim();
      made.gitIn(workspace.path, 'branch', '--force', 'ai/t-aaaaaa', stray);
      made.write({ 'src/a.txt': 'new\n' }, workspace.path);
      const snapshot = await made.workspaces.snapshot(workspace, { ...order, message: MESSAGE });
      expect(made.git('rev-parse', `${snapshot.head}^`).trim()).toBe(workspace.base);
      expect(snapshot.changedFiles).toEqual([{ path: 'src/a.txt', status: 'modified', mode: 'file' }]);
      expect(made.git('for-each-ref', '--contains', stray, 'refs/ai/')).not.toBe('');
    });

    test('falls back to the last commit when the worktree is gone', async () => {
      const made = repository();
      const order = workspaceOrder();
      const workspace = await made.workspaces.prepare(order);
      made.write({ 'src/a.txt': 'committed\n' }, workspace.path);
      made.gitIn(workspace.path, 'commit', '--quiet', '--all', '--message', 'By the agent');
      const own = made.gitIn(workspace.path, 'rev-parse', 'HEAD').trim();
      rmSync(workspace.path, { recursive: true });
      const snapshot = await made.workspaces.snapshot(workspace, { ...order, message: MESSAGE });
      expect(snapshot).toMatchObject({ head: own, workspaceGone: true, changedFiles: [{ path: 'src/a.txt', status: 'modified', mode: 'file' }] });
    });

    test('works after a crash that lost our own state', async () => {
      const made = repository();
      const order = workspaceOrder();
      const workspace = await made.workspaces.prepare(order);
      made.write({ 'src/a.txt': 'new\n', 'src/n.txt': 'n\n', 'ignored/x': 'x\n' }, workspace.path);
      rmSync(path.join(made.aiFolder, 'run'), { recursive: true });
      const snapshot = await made.reopen().snapshot(workspace, { ...order, message: MESSAGE });
      expect(snapshot.changedFiles.map((file) => file.path)).toEqual(['src/a.txt', 'src/n.txt']);
    });

    test('writes a patch that applies to the base and gives the head', async () => {
      const made = repository({ files: { 'blob.bin': Buffer.from([0, 1, 2, 255]) } });
      const { workspace, snapshot } = await work(made, {}, { 'src/a.txt': 'new\n', 'src/b.txt': null, 'blob.bin': Buffer.from([0, 9, 9, 254]), 'a "b".txt': 'x\n' });
      const file = path.join(made.folder, 'work.patch');
      const bytes = await made.workspaces.writePatch(workspace.base, snapshot.head, file);
      expect(bytes).toBe(readFileSync(file).length);
      made.git('apply', '--index', file);
      expect(made.git('write-tree').trim()).toBe(snapshot.headTree);
    });
  });
}

function removeTests(repository: Make): void {
  describe('remove', () => {
    test('removes a worktree whose work is on a ref, folder and registration', async () => {
      const made = repository();
      const { order, workspace, snapshot } = await work(made, {}, { 'src/a.txt': 'new\n', 'ignored/x': 'x\n' });
      expect(await made.workspaces.remove(workspace, order)).toBe(true);
      expect(existsSync(workspace.path)).toBe(false);
      expect(made.git('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(1);
      expect(made.git('rev-parse', 'refs/ai/runs/r-aaaaaa').trim()).toBe(snapshot.head);
      expect(await made.workspaces.remove(workspace, order)).toBe(true);
    });

    test('keeps on a ref what was written after the snapshot', async () => {
      const made = repository();
      const { order, workspace } = await work(made, {}, { 'src/a.txt': 'new\n' });
      made.write({ 'src/late.txt': 'late\n' }, workspace.path);
      expect(await made.workspaces.remove(workspace, order)).toBe(true);
      expect(made.git('show', `refs/ai/rescued/t-aaaaaa-${order.token}:src/late.txt`)).toBe('late\n');
    });

    test('cleans up what a killed prepare left, without a base', async () => {
      const made = repository();
      const order = workspaceOrder();
      const place = made.workspaces.place(order);
      expect(await made.workspaces.remove({ ...place, isolation: 'worktree', base: '' }, order)).toBe(true);
      await made.workspaces.prepare(order);
      expect(await made.reopen().remove({ ...place, isolation: 'worktree', base: '' }, order)).toBe(true);
      expect(existsSync(place.path)).toBe(false);
    });
  });
}

function landingTests(repository: Make): void {
  const landOrder = ({ order, workspace, snapshot }: Work, target = 'main') => ({ taskId: order.taskId, runId: order.runId, target, base: workspace.base, head: snapshot.head, message: 'Landed\n\nAI-Task: t-aaaaaa\n' });
  const ready = (plan: LandPlan): Extract<LandPlan, { kind: 'ready' }> => {
    if (plan.kind !== 'ready') throw new Error(`the plan is ${plan.kind}`);
    return plan;
  };

  describe('landing', () => {
    test('plans one commit on top of a target that has moved, and shows nothing yet', async () => {
      const made = repository();
      const done = await work(made, {}, { 'src/a.txt': 'new\n', 'src/n.txt': 'n\n' });
      const tip = made.commit({ 'src/b.txt': 'target\n' });
      const plan = ready(await made.workspaces.planLanding(landOrder(done)));
      expect(plan).toMatchObject({ targetBefore: tip, checkoutPath: made.root });
      expect(made.git('rev-parse', `${plan.commit}^@`).trim()).toBe(tip);
      expect(made.git('diff', '--name-only', tip, plan.commit)).toBe('src/a.txt\nsrc/n.txt\n');
      expect(made.head()).toBe(tip);
    });

    test('lands what the run changed and not what its base brought along', async () => {
      const made = repository();
      const one = await work(made, {}, { 'src/a.txt': 'one\n' });
      const two = await work(made, { ...second, dependencies: [{ taskId: one.order.taskId, head: one.snapshot.head, landedCommit: null }] }, { 'src/two.txt': 'two\n' });
      const plan = ready(await made.workspaces.planLanding(landOrder(two)));
      expect(made.git('diff', '--name-only', 'main', plan.commit)).toBe('src/two.txt\n');
    });

    test('names the paths of a conflict', async () => {
      const made = repository();
      const done = await work(made, {}, { 'src/a.txt': 'mine\n' });
      made.commit({ 'src/a.txt': 'theirs\n' });
      expect(await made.workspaces.planLanding(landOrder(done))).toEqual({ kind: 'conflict', paths: ['src/a.txt'] });
    });

    test('says empty when the target has it all', async () => {
      const made = repository();
      const done = await work(made, {}, { 'src/a.txt': 'same\n' });
      const tip = made.commit({ 'src/a.txt': 'same\n', 'src/b.txt': 'more\n' });
      expect(await made.workspaces.planLanding(landOrder(done))).toEqual({ kind: 'empty', targetBefore: tip });
    });

    test('refuses a target that does not exist', async () => {
      const made = repository();
      const done = await work(made, {}, { 'src/a.txt': 'new\n' });
      await expect(made.workspaces.planLanding(landOrder(done, 'gone'))).rejects.toMatchObject({ code: 'TARGET_BLOCKED', hint: expect.stringContaining('git branch gone') as unknown });
    });

    test('moves the checked-out target with its files', async () => {
      const made = repository();
      const done = await work(made, {}, { 'src/a.txt': 'new\n', 'src/b.txt': null, 'deep/n.txt': 'n\n' });
      const plan = ready(await made.workspaces.planLanding(landOrder(done)));
      expect(await made.workspaces.finishLanding(landOrder(done), plan)).toEqual({ kind: 'landed', commit: plan.commit });
      expect(made.head()).toBe(plan.commit);
      expect(made.git('status', '--porcelain')).toBe('');
      expect(readFileSync(path.join(made.root, 'deep/n.txt'), 'utf8')).toBe('n\n');
      expect(await made.workspaces.finishLanding(landOrder(done), plan)).toEqual({ kind: 'landed', commit: plan.commit });
    });

    test('moves a target that is not checked out', async () => {
      const made = repository();
      made.git('branch', 'release');
      const done = await work(made, { targetBranch: 'release' }, { 'src/a.txt': 'new\n' });
      const plan = ready(await made.workspaces.planLanding(landOrder(done, 'release')));
      expect(plan.checkoutPath).toBeNull();
      expect(await made.workspaces.finishLanding(landOrder(done, 'release'), plan)).toEqual({ kind: 'landed', commit: plan.commit });
      expect(made.git('rev-parse', 'release').trim()).toBe(plan.commit);
      expect(readFileSync(path.join(made.root, 'src/a.txt'), 'utf8')).toBe('a\n');
    });

    test('notices that the target has moved since', async () => {
      const made = repository();
      const done = await work(made, {}, { 'src/a.txt': 'new\n' });
      const plan = ready(await made.workspaces.planLanding(landOrder(done)));
      const tip = made.commit({ 'src/b.txt': 'target\n' });
      expect(await made.workspaces.finishLanding(landOrder(done), plan)).toEqual({ kind: 'target_moved' });
      expect(made.head()).toBe(tip);
      expect(made.git('status', '--porcelain')).toBe('');
    });

    test('leaves uncommitted work elsewhere as it is', async () => {
      const made = repository();
      const done = await work(made, {}, { 'src/a.txt': 'new\n' });
      const plan = ready(await made.workspaces.planLanding(landOrder(done)));
      made.write({ 'src/b.txt': 'the user is at it\n', 'README.md': 'staged\n', 'mine.txt': 'untracked\n' });
      made.git('add', 'README.md');
      const before = made.git('status', '--porcelain');
      expect((await made.workspaces.finishLanding(landOrder(done), plan)).kind).toBe('landed');
      expect(made.git('status', '--porcelain')).toBe(before);
      expect(readFileSync(path.join(made.root, 'src/b.txt'), 'utf8')).toBe('the user is at it\n');
    });

    test('is blocked by uncommitted work in the way, and touches nothing', async () => {
      const made = repository();
      const done = await work(made, {}, { 'src/a.txt': 'new\n', 'src/n.txt': 'n\n', 'src/b.txt': 'b2\n' });
      const plan = ready(await made.workspaces.planLanding(landOrder(done)));
      made.write({ 'src/a.txt': 'the user is at it\n', 'src/n.txt': 'the user as well\n' });
      const result = await made.workspaces.finishLanding(landOrder(done), plan);
      expect(result).toMatchObject({ kind: 'blocked', paths: ['src/a.txt', 'src/n.txt'] });
      expect(made.head()).toBe(plan.targetBefore);
      expect(readFileSync(path.join(made.root, 'src/a.txt'), 'utf8')).toBe('the user is at it\n');
      expect(readFileSync(path.join(made.root, 'src/b.txt'), 'utf8')).toBe('b\n');
    });

    test('checks out the landing for verification and removes it with all that was built there', async () => {
      const made = repository();
      const done = await work(made, {}, { 'src/a.txt': 'new\n' });
      const plan = ready(await made.workspaces.planLanding(landOrder(done)));
      const folder = await made.workspaces.checkoutForCheck(plan.commit, done.order.runId);
      expect(readFileSync(path.join(folder, 'src/a.txt'), 'utf8')).toBe('new\n');
      expect(made.gitIn(folder, 'status', '--porcelain')).toBe('');
      made.write({ 'built/x': 'x\n' }, folder);
      expect(await made.reopen().checkoutForCheck(plan.commit, done.order.runId)).toBe(folder);
      expect(existsSync(path.join(folder, 'built'))).toBe(false);
      await made.workspaces.removeCheck(folder);
      expect(existsSync(folder)).toBe(false);
      expect(made.git('worktree', 'list')).not.toContain('check-');
    });

    test('cleans up after the landing; the run keeps its ref', async () => {
      const made = repository();
      const done = await work(made, {}, { 'src/a.txt': 'new\n' });
      const plan = ready(await made.workspaces.planLanding(landOrder(done)));
      await made.workspaces.finishLanding(landOrder(done), plan);
      made.write({ 'src/late.txt': 'written after the snapshot\n' }, done.workspace.path);
      await made.workspaces.cleanUpLanded(done.order.taskId);
      await made.workspaces.cleanUpLanded(done.order.taskId);
      expect(existsSync(done.workspace.path)).toBe(false);
      expect(made.git('branch', '--list', 'ai/*')).toBe('');
      expect(made.git('rev-parse', 'refs/ai/runs/r-aaaaaa').trim()).toBe(done.snapshot.head);
      expect(made.git('show', `refs/ai/rescued/t-aaaaaa-${done.order.token}:src/late.txt`)).toBe('written after the snapshot\n');
    });
  });
}

function inPlaceTests(repository: Make): void {
  const inPlace = { isolation: 'none', targetBranch: null } as const;

  describe('in place', () => {
    for (const kind of ['none', 'git', 'empty'] as const) {
      test(`records what an agent changes in the root (${kind})`, async () => {
        const made = repository({ kind, files: { 'src/gone.txt': 'gone\n' } });
        made.write({ '.gitignore': 'ignored/\n*.log\n', 'src/a.txt': 'a\n', 'src/gone.txt': 'gone\n', 'src/dirty.txt': 'the user is at it\n', 'ignored/x': 'x\n' });
        const order = workspaceOrder(inPlace);
        const workspace = await made.workspaces.prepare(order);
        expect(workspace).toMatchObject({ path: made.root, branch: null, isolation: 'none', base: expect.stringMatching(/^[0-9a-f]{40}$/) as unknown });
        expect(made.workspaces.place(order)).toEqual({ path: made.root, branch: null });
        expect(await made.reopen().prepare(order)).toEqual(workspace);
        made.write({ 'src/a.txt': 'new\n', 'src/n.txt': 'n\n', 'src/gone.txt': null, 'y.log': 'y\n', 'ignored/z': 'z\n', '.ai/state.db': 'ours\n' });
        const run = { ...order, message: MESSAGE };
        const snapshot = await made.workspaces.snapshot(workspace, run);
        expect(snapshot).toMatchObject({ baseTree: workspace.base, head: snapshot.headTree, workspaceGone: false });
        expect(snapshot.changedFiles).toEqual([
          { path: 'src/a.txt', status: 'modified', mode: 'file' },
          { path: 'src/gone.txt', status: 'deleted', mode: 'file' },
          { path: 'src/n.txt', status: 'added', mode: 'file' },
        ]);
        expect(await made.reopen().snapshot(workspace, run)).toEqual(snapshot);
        const file = path.join(made.folder, 'work.patch');
        expect(await made.workspaces.writePatch(workspace.base, snapshot.head, file)).toBeGreaterThan(0);
        expect(readFileSync(file, 'utf8')).toContain('+new');
      });
    }

    test('never touches the index of the user', async () => {
      const made = repository();
      made.write({ 'src/a.txt': 'staged\n' });
      made.git('add', 'src/a.txt');
      made.write({ 'src/a.txt': 'and changed again\n', 'u.txt': 'untracked\n' });
      const index = readFileSync(path.join(made.root, '.git/index'));
      const order = workspaceOrder(inPlace);
      const workspace = await made.workspaces.prepare(order);
      await made.workspaces.snapshot(workspace, { ...order, message: MESSAGE });
      expect(readFileSync(path.join(made.root, '.git/index')).equals(index)).toBe(true);
      expect(made.git('for-each-ref', 'refs/ai/')).toBe('');
    });

    test('never removes the root', async () => {
      const made = repository();
      const order = workspaceOrder(inPlace);
      const workspace = await made.workspaces.prepare(order);
      expect(await made.workspaces.remove(workspace, order)).toBe(true);
      expect(existsSync(path.join(made.root, 'src/a.txt'))).toBe(true);
    });
  });
}

import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FencingToken, RunId, TaskId } from '../../src/domain/kernel/ids.js';
import type { LandPlan, Workspaces } from '../../src/ports/workspaces.js';
import { changes, isMissing, landOrder, makeRepository, makeWork, MESSAGE, RUN, snapshotRun, TASK, workspaceOrder, type TestRepository } from '../support/git-repository.js';

const FILES = { 'a.txt': 'one\ntwo\nthree\n', 'src/b.txt': 'b\n', '.gitignore': '*.log\n' };
const OTHER = 't-000002' as TaskId;

let repository: TestRepository;
let workspaces: Workspaces;

beforeEach(() => {
  repository = makeRepository(FILES);
  workspaces = repository.open();
});
afterEach(() => repository.dispose());

function use(other: TestRepository): void {
  repository.dispose();
  repository = other;
  workspaces = other.open();
}

function ready(plan: LandPlan): Extract<LandPlan, { kind: 'ready' }> {
  if (plan.kind !== 'ready') throw new Error(`not ready: ${JSON.stringify(plan)}`);
  return plan;
}

describe('repository', () => {
  it('tells branch and commit', async () => {
    expect(await workspaces.repository()).toEqual({ kind: 'git', headBranch: 'main', headCommit: repository.git('rev-parse', 'HEAD') });
  });

  it('tells of a detached HEAD', async () => {
    repository.git('checkout', '-q', '--detach');
    expect(await workspaces.repository()).toEqual({ kind: 'git', headBranch: null, headCommit: repository.git('rev-parse', 'HEAD') });
  });

  it('tells of a branch without a commit', async () => {
    use(makeRepository());
    expect(await workspaces.repository()).toEqual({ kind: 'git', headBranch: 'main', headCommit: null });
  });

  it('tells that there is none', async () => {
    use(makeRepository({}, { init: null }));
    expect(await workspaces.repository()).toEqual({ kind: 'none' });
  });

  it('refuses a bare one', async () => {
    use(makeRepository({}, { init: ['--bare'] }));
    await expect(workspaces.repository()).rejects.toMatchObject({ code: 'BARE_REPOSITORY' });
  });
});

describe('prepare, in a worktree', () => {
  it('makes a linked worktree on the branch of the task, at the place that was said', async () => {
    const workspace = await workspaces.prepare(workspaceOrder());
    expect(workspace).toEqual({ ...workspaces.place(workspaceOrder()), isolation: 'worktree', base: repository.git('rev-parse', 'main') });
    expect(repository.gitIn(workspace.path, 'status', '--porcelain', '--branch')).toBe('## ai/t-000001');
    expect(repository.git('worktree', 'list', '--porcelain')).toContain(`worktree ${workspace.path}`);
    expect(readFileSync(path.join(workspace.path, 'src/b.txt'), 'utf8')).toBe('b\n');
  });

  it('starts from the tip of the target, or from HEAD without one', async () => {
    repository.git('checkout', '-q', '-b', 'feature');
    const feature = repository.commit({ 'c.txt': 'c\n' });
    expect((await workspaces.prepare(workspaceOrder())).base).toBe(repository.git('rev-parse', 'main'));
    expect((await workspaces.prepare(workspaceOrder({ taskId: OTHER, targetBranch: null }))).base).toBe(feature);
  });

  it('keeps the status of the main working tree clean, also without a .gitignore in .ai', async () => {
    rmSync(path.join(repository.aiFolder, '.gitignore'));
    await workspaces.prepare(workspaceOrder());
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('says that a repository without a commit needs one', async () => {
    use(makeRepository());
    await expect(workspaces.prepare(workspaceOrder({ targetBranch: null }))).rejects.toMatchObject({ code: 'UNBORN_BRANCH' });
    await expect(workspaces.prepare(workspaceOrder())).rejects.toMatchObject({ code: 'UNBORN_BRANCH' });
  });

  it('takes over the finished workspace of the same token, with what stands in it', async () => {
    const first = await workspaces.prepare(workspaceOrder());
    repository.write({ 'mine.txt': 'mine' }, first.path);
    repository.commit({ 'later.txt': 'the target has moved' });
    expect(await repository.open().prepare(workspaceOrder())).toEqual(first);
    expect(readFileSync(path.join(first.path, 'mine.txt'), 'utf8')).toBe('mine');
  });

  it('copies named files, which are no change of the agent unless it changes them', async () => {
    writeFileSync(path.join(repository.root, 'settings.local'), 'secret');
    writeFileSync(path.join(repository.root, 'x.log'), 'ignored');
    const workspace = await workspaces.prepare(workspaceOrder({ copyFiles: ['settings.local', 'x.log', 'not-there', 'a.txt'] }));
    expect(readFileSync(path.join(workspace.path, 'settings.local'), 'utf8')).toBe('secret');
    expect((await workspaces.snapshot(workspace, snapshotRun)).changedFiles).toEqual([]);
    writeFileSync(path.join(workspace.path, 'settings.local'), 'changed');
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['A settings.local']);
  });
});

describe('prepare, on dependencies', () => {
  const work = async (taskId: TaskId, files: Readonly<Record<string, string>>, token = 7) => makeWork(workspaces, repository, files, { taskId, runId: `r-${taskId.slice(2)}` as RunId, token: token as FencingToken });

  it('merges the results that have not landed', async () => {
    const one = await work('t-00000a' as TaskId, { 'one.txt': '1' });
    const two = await work('t-00000b' as TaskId, { 'two.txt': '2' });
    const workspace = await workspaces.prepare(workspaceOrder({ dependencies: [{ taskId: 't-00000b' as TaskId, head: two.head, landedCommit: null }, { taskId: 't-00000a' as TaskId, head: one.head, landedCommit: null }] }));
    expect(repository.gitIn(workspace.path, 'ls-files')).toBe('.gitignore\na.txt\none.txt\nsrc/b.txt\ntwo.txt');
    expect(repository.git('log', '--format=%s', '-2', '--first-parent', workspace.base)).toBe('Merge the result of t-00000b\nMerge the result of t-00000a');
    expect((await workspaces.snapshot(workspace, snapshotRun)).changedFiles).toEqual([]);
  });

  it('takes what has landed from the target', async () => {
    const one = await work('t-00000a' as TaskId, { 'one.txt': '1' });
    const landedCommit = repository.commit({ 'one.txt': '1' });
    const workspace = await workspaces.prepare(workspaceOrder({ dependencies: [{ taskId: 't-00000a' as TaskId, head: one.head, landedCommit }] }));
    expect(workspace.base).toBe(landedCommit);
  });

  it('merges a result once that came with another one', async () => {
    const one = await work('t-00000a' as TaskId, { 'one.txt': '1' });
    const dependsOnOne = [{ taskId: 't-00000a' as TaskId, head: one.head, landedCommit: null }];
    const two = await makeWork(workspaces, repository, { 'two.txt': '2' }, { taskId: 't-00000b' as TaskId, runId: 'r-00000b' as RunId, dependencies: dependsOnOne });
    const workspace = await workspaces.prepare(workspaceOrder({ dependencies: [...dependsOnOne, { taskId: 't-00000b' as TaskId, head: two.head, landedCommit: null }] }));
    expect(repository.git('log', '--format=%s', '-2', '--first-parent', workspace.base)).toBe('Merge the result of t-00000b\nA commit of the test');
  });

  it('names task and paths when results do not merge', async () => {
    const one = await work('t-00000a' as TaskId, { 'a.txt': 'ONE\n' });
    const two = await work('t-00000b' as TaskId, { 'a.txt': 'TWO\n' });
    const dependencies = [{ taskId: 't-00000a' as TaskId, head: one.head, landedCommit: null }, { taskId: 't-00000b' as TaskId, head: two.head, landedCommit: null }];
    await expect(workspaces.prepare(workspaceOrder({ dependencies }))).rejects.toMatchObject({ code: 'MERGE_CONFLICT', details: { dependency: 't-00000b', mergedBefore: ['t-00000a'], paths: ['a.txt'] } });
  });

  it('says when a result is gone', async () => {
    const dependencies = [{ taskId: OTHER, head: '1'.repeat(40), landedCommit: null }];
    await expect(workspaces.prepare(workspaceOrder({ dependencies }))).rejects.toMatchObject({ code: 'WORKSPACE_FAILED', details: { dependency: OTHER } });
  });
});

describe('prepare, after an earlier attempt', () => {
  it('continues from its work', async () => {
    const { workspace, base, head } = await makeWork(workspaces, repository, { 'new.txt': 'half' });
    await workspaces.remove(workspace, snapshotRun);
    repository.commit({ 'later.txt': 'x' });
    const next = await workspaces.prepare(workspaceOrder({ token: 2 as FencingToken, runId: 'r-000002' as RunId, continueFrom: { base, head } }));
    expect(next.base).toBe(base);
    expect(repository.git('rev-parse', 'ai/t-000001')).toBe(head);
    expect(changes(await workspaces.snapshot(next, { ...snapshotRun, runId: 'r-000002' as RunId }))).toEqual(['A new.txt']);
  });

  it('starts afresh when it lacks the work of a dependency, and keeps the old commits on a ref', async () => {
    const { base, head } = await makeWork(workspaces, repository, { 'new.txt': 'half' });
    const other = await makeWork(workspaces, repository, { 'other.txt': 'x' }, { taskId: OTHER, runId: 'r-000002' as RunId });
    const next = await workspaces.prepare(workspaceOrder({ token: 2 as FencingToken, continueFrom: { base, head }, dependencies: [{ taskId: OTHER, head: other.head, landedCommit: null }] }));
    expect(repository.gitIn(next.path, 'ls-files')).not.toContain('new.txt');
    expect(repository.git('rev-parse', 'refs/ai/runs/r-000001')).toBe(head);
  });

  it('puts what an older workspace holds on a ref before it goes', async () => {
    const old = await workspaces.prepare(workspaceOrder());
    repository.write({ 'unsaved.txt': 'precious' }, old.path);
    await repository.open().prepare(workspaceOrder({ token: 2 as FencingToken }));
    expect(isMissing(old.path)).toBe(true);
    expect(repository.git('show', 'refs/ai/rescued/t-000001-1:unsaved.txt')).toBe('precious');
  });

  it('lets a late snapshot of the older run find its own work, and leaves the newer branch alone', async () => {
    const old = await workspaces.prepare(workspaceOrder());
    repository.write({ 'unsaved.txt': 'precious' }, old.path);
    const newer = await repository.open().prepare(workspaceOrder({ token: 2 as FencingToken, runId: 'r-000002' as RunId }));
    repository.write({ 'newer.txt': 'x' }, newer.path);
    repository.gitIn(newer.path, 'add', '-A');
    repository.gitIn(newer.path, 'commit', '-qm', 'newer');
    const snapshot = await workspaces.snapshot(old, snapshotRun);
    expect(changes(snapshot)).toEqual(['A unsaved.txt']);
    expect(repository.git('log', '-1', '--format=%s', 'ai/t-000001')).toBe('newer');
    await expect(workspaces.prepare(workspaceOrder())).rejects.toMatchObject({ code: 'LEASE_STALE' });
  });
});

describe('snapshot of a worktree', () => {
  it('sees everything that is not ignored, and commits it as the agent', async () => {
    const workspace = await workspaces.prepare(workspaceOrder());
    repository.write({ 'a.txt': 'changed\n', 'dir/new.txt': 'n', 'x.log': 'ignored' }, workspace.path);
    rmSync(path.join(workspace.path, 'src/b.txt'));
    const snapshot = await workspaces.snapshot(workspace, snapshotRun);
    expect(changes(snapshot)).toEqual(['M a.txt', 'A dir/new.txt', 'D src/b.txt']);
    expect(snapshot).toMatchObject({ workspaceGone: false, hiddenFiles: [], baseTree: repository.git('rev-parse', 'main^{tree}'), headTree: repository.git('rev-parse', `${snapshot.head}^{tree}`) });
    for (const ref of ['refs/heads/ai/t-000001', 'refs/ai/runs/r-000001']) expect(repository.git('rev-parse', ref)).toBe(snapshot.head);
    expect(repository.git('log', '-1', '--format=%an <%ae> %cn <%ce>%n%B', snapshot.head)).toBe(`coder <coder@localhost> Una User <una@example.org>\n${MESSAGE.trimEnd()}`);
    expect(repository.git('fsck', '--strict', '--no-dangling')).toBe('');
    // For the checks, which may ask git.
    expect(repository.gitIn(workspace.path, 'status', '--porcelain')).toBe('');
  });

  it('commits as ai when the user has told git no name', async () => {
    repository.git('config', '--unset', 'user.name');
    const { head } = await makeWork(repository.open(), repository, { 'n.txt': 'n' });
    expect(repository.git('log', '-1', '--format=%cn <%ce>', head)).toBe('ai <ai@localhost>');
  });

  it('is the base when nothing was done', async () => {
    const workspace = await workspaces.prepare(workspaceOrder());
    expect(await workspaces.snapshot(workspace, snapshotRun)).toMatchObject({ head: workspace.base, changedFiles: [] });
    expect(repository.git('rev-parse', 'refs/ai/runs/r-000001')).toBe(workspace.base);
  });

  it('stands on the commits of the agent, and is the last of them when they hold everything', async () => {
    const workspace = await workspaces.prepare(workspaceOrder());
    const commit = (message: string): string => {
      repository.gitIn(workspace.path, 'add', '-A');
      repository.gitIn(workspace.path, 'commit', '-qm', message);
      return repository.gitIn(workspace.path, 'rev-parse', 'HEAD');
    };
    repository.write({ 'one.txt': '1' }, workspace.path);
    const own = commit('own');
    expect(await workspaces.snapshot(workspace, snapshotRun)).toMatchObject({ head: own });
    repository.write({ 'two.txt': '2' }, workspace.path);
    const snapshot = await workspaces.snapshot(workspace, snapshotRun);
    expect(repository.git('rev-parse', `${snapshot.head}^`)).toBe(own);
    expect(changes(snapshot)).toEqual(['A one.txt', 'A two.txt']);
  });

  it('stands on the base when the agent moved its branch off it, and keeps those commits', async () => {
    const workspace = await workspaces.prepare(workspaceOrder());
    repository.gitIn(workspace.path, 'checkout', '-q', '--orphan', 'elsewhere');
    repository.gitIn(workspace.path, 'commit', '-qm', 'unrelated');
    repository.gitIn(workspace.path, 'checkout', '-qB', 'ai/t-000001');
    repository.write({ 'n.txt': 'n' }, workspace.path);
    const unrelated = repository.git('rev-parse', 'ai/t-000001');
    const snapshot = await workspaces.snapshot(workspace, snapshotRun);
    expect(repository.git('rev-parse', `${snapshot.head}^`)).toBe(workspace.base);
    expect(repository.git('rev-parse', 'refs/ai/rescued/t-000001-1-branch')).toBe(unrelated);
  });

  it('answers the same when it is made again, also by another process', async () => {
    const { workspace, head } = await makeWork(workspaces, repository, { 'n.txt': 'n', 'a.txt': 'x' });
    const again = await workspaces.snapshot(workspace, snapshotRun);
    expect(again.head).toBe(head);
    expect(await repository.open().snapshot(workspace, snapshotRun)).toEqual(again);
  });

  it('is the last commit when the agent deleted its folder', async () => {
    const workspace = await workspaces.prepare(workspaceOrder());
    repository.write({ 'one.txt': '1' }, workspace.path);
    repository.gitIn(workspace.path, 'add', '-A');
    repository.gitIn(workspace.path, 'commit', '-qm', 'own');
    rmSync(workspace.path, { recursive: true });
    const snapshot = await workspaces.snapshot(workspace, snapshotRun);
    expect(snapshot).toMatchObject({ workspaceGone: true, head: repository.git('rev-parse', 'ai/t-000001') });
    expect(changes(snapshot)).toEqual(['A one.txt']);
  });

  it('counts a rename as both of its sides, and a changed mode or type as a change', async () => {
    const workspace = await workspaces.prepare(workspaceOrder());
    repository.gitIn(workspace.path, 'mv', 'a.txt', 'moved.txt');
    rmSync(path.join(workspace.path, 'src/b.txt'));
    symlinkSync('/etc/passwd', path.join(workspace.path, 'src/b.txt'));
    chmodSync(path.join(workspace.path, '.gitignore'), 0o755);
    const snapshot = await workspaces.snapshot(workspace, snapshotRun);
    expect(changes(snapshot)).toEqual(['M .gitignore', 'D a.txt', 'A moved.txt', 'T src/b.txt']);
    expect(repository.git('cat-file', '-p', `${snapshot.head}:src/b.txt`)).toBe('/etc/passwd');
  });

  it('says when its base is gone', async () => {
    const workspace = await workspaces.prepare(workspaceOrder());
    await expect(workspaces.snapshot({ ...workspace, base: '1'.repeat(40) }, snapshotRun)).rejects.toMatchObject({ code: expect.stringMatching(/WORKSPACE_FAILED|GIT_FAILED/) as string });
  });
});

describe('work in place', () => {
  it('tells what changed between before and after, and touches neither index nor branches', async () => {
    writeFileSync(path.join(repository.root, 'a.txt'), 'the user was here\n');
    const index = readFileSync(path.join(repository.root, '.git/index'));
    const refs = repository.git('for-each-ref');
    const workspace = await workspaces.prepare(workspaceOrder({ isolation: 'none' }));
    expect(workspace).toMatchObject({ path: repository.root, branch: null, isolation: 'none' });
    repository.write({ 'src/b.txt': 'B\n', 'new.txt': 'n', 'x.log': 'ignored' });
    const snapshot = await workspaces.snapshot(workspace, snapshotRun);
    expect(changes(snapshot)).toEqual(['A new.txt', 'M src/b.txt']);
    expect(readFileSync(path.join(repository.root, '.git/index'))).toEqual(index);
    expect(repository.git('for-each-ref')).toBe(refs);
    expect(await workspaces.remove(workspace, snapshotRun)).toBe(true);
  });

  it('works without a repository, before a first commit, and from another process', async () => {
    for (const init of [null, []]) {
      use(makeRepository({}, { init }));
      repository.write({ 'keep.txt': 'k', 'gone.txt': 'g' });
      const workspace = await workspaces.prepare(workspaceOrder({ isolation: 'none', targetBranch: null }));
      repository.write({ 'keep.txt': 'K' });
      rmSync(path.join(repository.root, 'gone.txt'));
      const snapshot = await repository.open().snapshot(workspace, snapshotRun);
      expect(changes(snapshot)).toEqual(['D gone.txt', 'M keep.txt']);
      const patch = path.join(repository.outside, 'work.patch');
      expect(await workspaces.writePatch(workspace.base, snapshot.head, patch)).toBe(readFileSync(patch).length);
      expect(readFileSync(patch, 'utf8')).toContain('-k\n');
    }
  });

  it('keeps what it knows about one run only, and is right about an older one all the same', async () => {
    const first = await workspaces.prepare(workspaceOrder({ isolation: 'none' }));
    repository.write({ 'one.txt': '1' });
    await workspaces.prepare(workspaceOrder({ isolation: 'none', token: 2 as FencingToken }));
    expect(readdirSync(path.join(repository.aiFolder, 'snapshots/records'))).toHaveLength(2);
    expect(changes(await workspaces.snapshot(first, snapshotRun))).toEqual(['A one.txt']);
  });

  it('sees the settings and the policy in .ai, and not what is ours', async () => {
    repository.write({ '.ai/.gitignore': 'state.db\n', '.ai/policy.yaml': 'policy: 1\n', '.ai/state.db': 'x' });
    const workspace = await workspaces.prepare(workspaceOrder({ isolation: 'none' }));
    repository.write({ '.ai/policy.yaml': 'policy: 2\n', '.ai/state.db': 'y', '.ai/runs/r-1/log': 'z' });
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['M .ai/policy.yaml']);
  });
});

describe('writePatch', () => {
  it('writes a patch that git applies to the same content, binary files too', async () => {
    const { base, head } = await makeWork(workspaces, repository, { 'a.txt': 'one\n2\nthree\n', 'bin.dat': '\0\u0001binary' });
    const patch = path.join(repository.outside, 'work.patch');
    expect(await workspaces.writePatch(base, head, patch)).toBe(readFileSync(patch).length);
    repository.git('apply', '--index', patch);
    expect(repository.git('write-tree')).toBe(repository.git('rev-parse', `${head}^{tree}`));
  });

  it('writes an empty file for no change', async () => {
    const commit = repository.git('rev-parse', 'main');
    expect(await workspaces.writePatch(commit, commit, path.join(repository.outside, 'empty.patch'))).toBe(0);
  });
});

describe('remove', () => {
  it('removes a workspace whose work is recorded; again is fine', async () => {
    const { workspace } = await makeWork(workspaces, repository, { 'n.txt': 'n' });
    expect(await workspaces.remove(workspace, snapshotRun)).toBe(true);
    expect(isMissing(workspace.path)).toBe(true);
    expect(repository.git('worktree', 'list', '--porcelain')).not.toContain('t-000001');
    expect(repository.git('for-each-ref', 'refs/ai/rescued')).toBe('');
    expect(await workspaces.remove(workspace, snapshotRun)).toBe(true);
  });

  it('records first what came after the snapshot', async () => {
    const { workspace } = await makeWork(workspaces, repository, { 'n.txt': 'n' });
    repository.write({ 'late.txt': 'late' }, workspace.path);
    expect(await workspaces.remove(workspace, snapshotRun)).toBe(true);
    expect(repository.git('show', 'refs/ai/rescued/t-000001-1:late.txt')).toBe('late');
    expect(repository.git('show', 'refs/ai/rescued/t-000001-1:n.txt')).toBe('n');
  });

  it('removes nothing that it can not record', async () => {
    const { workspace } = await makeWork(workspaces, repository, { 'n.txt': 'n' });
    repository.write({ 'late.txt': 'late' }, workspace.path);
    mkdirSync(path.join(repository.root, '.git/refs/ai/rescued'), { recursive: true });
    writeFileSync(path.join(repository.root, '.git/refs/ai/rescued/t-000001-1.lock'), '');
    expect(await workspaces.remove(workspace, snapshotRun)).toBe(false);
    expect(readFileSync(path.join(workspace.path, 'late.txt'), 'utf8')).toBe('late');
  });

  it('refuses a folder that is no workspace of the task', async () => {
    for (const folder of [repository.root, repository.outside, path.join(repository.aiFolder, 'worktrees', 't-000009-1')]) {
      expect(await workspaces.remove({ path: folder, branch: 'ai/t-000001', base: '', isolation: 'worktree' }, snapshotRun)).toBe(false);
    }
  });
});

describe('landing', () => {
  const land = async (work: { readonly base: string; readonly head: string }, target = 'main') => {
    const order = landOrder(work, { target });
    return workspaces.finishLanding(order, ready(await workspaces.planLanding(order)));
  };

  it('makes one commit with the message and the agent as author, and moves branch and files of a clean checkout', async () => {
    const before = repository.git('rev-parse', 'main');
    const work = await makeWork(workspaces, repository, { 'a.txt': 'ONE\ntwo\nthree\n', 'new/n.txt': 'n' });
    const result = await land(work);
    expect(result).toEqual({ kind: 'landed', commit: repository.git('rev-parse', 'main') });
    expect(repository.git('log', '--format=%an|%cn|%B|%P', '-1')).toBe(`coder|Una User|${MESSAGE}|${before}`);
    expect(repository.git('log', '-1', '--format=%ad', 'main')).toBe(repository.git('log', '-1', '--format=%ad', work.head));
    expect(repository.git('status', '--porcelain')).toBe('');
    expect(repository.read('new/n.txt')).toBe('n');
    expect(repository.git('reflog', '-1', '--format=%gs', 'main')).toBe('ai: land t-000001');
    expect(repository.git('rev-parse', 'HEAD@{1}')).toBe(before);
  });

  it('takes only the work of the task onto a target that has moved', async () => {
    const work = await makeWork(workspaces, repository, { 'a.txt': 'one\ntwo\nTHREE\n' });
    repository.commit({ 'a.txt': 'ONE\ntwo\nthree\n', 'other.txt': 'x' });
    expect(await land(work)).toMatchObject({ kind: 'landed' });
    expect(repository.read('a.txt')).toBe('ONE\ntwo\nTHREE\n');
    expect(repository.git('log', '--format=%s', '-1')).toBe('Do the thing');
  });

  it('does not land a dependency twice that landed meanwhile', async () => {
    const one = await makeWork(workspaces, repository, { 'a.txt': 'one\nTWO\nthree\n' });
    const two = await makeWork(workspaces, repository, { 'b.txt': 'b' }, { taskId: OTHER, runId: 'r-000002' as RunId, dependencies: [{ taskId: TASK, head: one.head, landedCommit: null }] });
    await land(one);
    repository.commit({ 'a.txt': 'one\nchanged again\nthree\n' });
    expect(await land(two)).toMatchObject({ kind: 'landed' });
    expect(repository.git('show', '--format=', '--name-only', 'main')).toBe('b.txt');
  });

  it('names the paths that both changed, and changes nothing', async () => {
    const work = await makeWork(workspaces, repository, { 'a.txt': 'mine\n', 'src/b.txt': 'mine\n' });
    const moved = repository.commit({ 'a.txt': 'theirs\n' });
    expect(await workspaces.planLanding(landOrder(work))).toEqual({ kind: 'conflict', paths: ['a.txt'] });
    expect(repository.git('rev-parse', 'main')).toBe(moved);
  });

  it('is empty when the target has it all', async () => {
    const work = await makeWork(workspaces, repository, { 'a.txt': 'x\n' });
    const tip = repository.commit({ 'a.txt': 'x\n' });
    expect(await workspaces.planLanding(landOrder(work))).toEqual({ kind: 'empty', targetBefore: tip });
  });

  it('says that there is no such target, or that it is an alias', async () => {
    const work = await makeWork(workspaces, repository, { 'a.txt': 'x\n' });
    await expect(workspaces.planLanding(landOrder(work, { target: 'nope' }))).rejects.toMatchObject({ code: 'TARGET_BLOCKED', hint: expect.stringContaining('--into') as string });
    repository.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
    await expect(workspaces.planLanding(landOrder(work, { target: 'alias' }))).rejects.toMatchObject({ code: 'TARGET_BLOCKED', message: expect.stringContaining('main') as string });
  });

  it('moves a branch that is checked out nowhere', async () => {
    const work = await makeWork(workspaces, repository, { 'a.txt': 'x\n' });
    repository.git('checkout', '-q', '-b', 'elsewhere');
    const plan = ready(await workspaces.planLanding(landOrder(work)));
    expect(plan.checkoutPath).toBeNull();
    expect(await workspaces.finishLanding(landOrder(work), plan)).toEqual({ kind: 'landed', commit: plan.commit });
    expect(repository.git('rev-parse', 'main')).toBe(plan.commit);
    expect(repository.read('a.txt')).toBe(FILES['a.txt']);
  });

  it('moves the files of a linked worktree that has the target', async () => {
    const work = await makeWork(workspaces, repository, { 'a.txt': 'x\n' });
    const linked = path.join(repository.outside, 'linked tree');
    repository.git('checkout', '-q', '-b', 'elsewhere');
    repository.git('worktree', 'add', '-q', linked, 'main');
    expect((ready(await workspaces.planLanding(landOrder(work)))).checkoutPath).toBe(linked);
    expect(await land(work)).toMatchObject({ kind: 'landed' });
    expect(readFileSync(path.join(linked, 'a.txt'), 'utf8')).toBe('x\n');
    expect(repository.gitIn(linked, 'status', '--porcelain')).toBe('');
  });

  it('leaves alone what the user has not committed, when the change lands elsewhere', async () => {
    const work = await makeWork(workspaces, repository, { 'a.txt': 'x\n' });
    repository.write({ 'src/b.txt': 'user\n', 'untracked.txt': 'user' });
    repository.git('add', 'src/b.txt');
    repository.write({ 'src/b.txt': 'user again\n' });
    expect(await land(work)).toMatchObject({ kind: 'landed' });
    expect(repository.git('status', '--porcelain')).toBe('MM src/b.txt\n?? untracked.txt');
    expect(repository.read('src/b.txt')).toBe('user again\n');
  });

  it.each([
    ['a changed file', { 'a.txt': 'user\n' }, ['a.txt']],
    ['an untracked file', { 'new.txt': 'user\n' }, ['new.txt']],
    ['a file where a folder has to be', { folder: 'user' }, ['folder/inner.txt']],
    ['a folder where a file has to be', { 'new.txt/inner': 'user' }, ['new.txt']],
    ['an ignored file', { 'made.log': 'user' }, ['made.log']],
  ] as const)('is blocked by %s of the user', async (_, files, paths) => {
    const workspace = await workspaces.prepare(workspaceOrder());
    repository.write({ 'a.txt': 'x\n', 'new.txt': 'n', 'folder/inner.txt': 'i', 'made.log': 'forced' }, workspace.path);
    repository.gitIn(workspace.path, 'add', '-f', 'made.log');
    repository.gitIn(workspace.path, 'commit', '-qm', 'with an ignored file');
    const { head } = await workspaces.snapshot(workspace, snapshotRun);
    const before = repository.git('rev-parse', 'main');
    repository.write(files);
    const status = repository.git('status', '--porcelain', '--ignored');
    expect(await land({ base: workspace.base, head })).toEqual({ kind: 'blocked', reason: expect.stringContaining(repository.root) as string, paths });
    expect(repository.git('rev-parse', 'main')).toBe(before);
    expect(repository.git('status', '--porcelain', '--ignored')).toBe(status);
  });

  it('tells that the target moved since the plan', async () => {
    const work = await makeWork(workspaces, repository, { 'a.txt': 'x\n' });
    const plan = ready(await workspaces.planLanding(landOrder(work)));
    const moved = repository.commit({ 'other.txt': 'x' });
    expect(await workspaces.finishLanding(landOrder(work), plan)).toEqual({ kind: 'target_moved' });
    expect(repository.git('rev-parse', 'main')).toBe(moved);
  });

  it('has landed when it is asked to land again', async () => {
    const work = await makeWork(workspaces, repository, { 'a.txt': 'x\n' });
    const plan = ready(await workspaces.planLanding(landOrder(work)));
    await workspaces.finishLanding(landOrder(work), plan);
    expect(await workspaces.finishLanding(landOrder(work), plan)).toEqual({ kind: 'landed', commit: plan.commit });
  });

  it('checks out the commit for a check, anew each time, and takes it away', async () => {
    const work = await makeWork(workspaces, repository, { 'a.txt': 'x\n' });
    const { commit } = ready(await workspaces.planLanding(landOrder(work)));
    const first = await workspaces.checkoutForCheck(commit, RUN);
    repository.write({ 'built.txt': 'left by a check' }, first);
    const folder = await workspaces.checkoutForCheck(commit, RUN);
    expect(repository.gitIn(folder, 'rev-parse', 'HEAD')).toBe(commit);
    expect(repository.gitIn(folder, 'status', '--porcelain', '--branch')).toBe('## HEAD (no branch)');
    await workspaces.removeCheck(folder);
    expect(isMissing(folder)).toBe(true);
    expect(repository.git('worktree', 'list', '--porcelain')).not.toContain('check-');
    await expect(workspaces.removeCheck(work.workspace.path)).rejects.toMatchObject({ code: 'WORKSPACE_FAILED' });
  });

  it('cleans up after landing: no branch, no worktree, the history on the refs of the runs', async () => {
    const work = await makeWork(workspaces, repository, { 'a.txt': 'x\n' });
    await land(work);
    await workspaces.cleanUpLanded(TASK);
    await workspaces.cleanUpLanded(TASK);
    expect(isMissing(work.workspace.path)).toBe(true);
    expect(repository.git('for-each-ref', '--format=%(refname)')).toBe('refs/ai/runs/r-000001\nrefs/heads/main');
  });

  it('keeps the branch of a landed task that the user has checked out, and commits that are on no run', async () => {
    const work = await makeWork(workspaces, repository, { 'a.txt': 'x\n' });
    await workspaces.remove(work.workspace, snapshotRun);
    repository.git('checkout', '-q', 'ai/t-000001');
    const extra = repository.commit({ 'extra.txt': 'x' });
    await workspaces.cleanUpLanded(TASK);
    expect(repository.git('rev-parse', 'ai/t-000001')).toBe(extra);
    repository.git('checkout', '-q', 'main');
    await workspaces.cleanUpLanded(TASK);
    expect(repository.git('for-each-ref', '--format=%(objectname)', 'refs/ai/rescued')).toBe(extra);
    expect(repository.git('branch', '--list', 'ai/*')).toBe('');
  });
});

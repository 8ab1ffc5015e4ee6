import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createProcesses } from '../../../../src/adapters/process/processes.js';
import { createWorkspaces } from '../../../../src/adapters/git/workspaces.js';
import type { RunId, TaskId } from '../../../../src/domain/kernel/ids.js';
import type { Processes } from '../../../../src/ports/processes.js';
import { changes, landOrder, makeRepository, makeWork, snapshotRun, watchedRun, workspaceOrder, type TestRepository } from '../../../support/git-repository.js';
import { runCommand } from '../../../support/run-command.js';

const FILES = { 'a.txt': 'one\n', 'src/b.txt': 'b\n', '.gitignore': '*.log\n' };

let repository: TestRepository;
afterEach(() => repository.dispose());

/** From a fresh workspace to the landed change. */
async function wholeWay(workspaces = repository.open()): Promise<void> {
  const work = await makeWork(workspaces, repository, { 'a.txt': 'changed\n', 'new.txt': 'n' });
  const snapshot = await workspaces.snapshot(work.workspace, snapshotRun);
  expect(changes(snapshot)).toEqual(['M a.txt', 'A new.txt']);
  expect(await workspaces.remove(work.workspace, snapshotRun)).toBe(true);
  repository.commit({ 'src/b.txt': 'the target moved\n' });
  const plan = await workspaces.planLanding(landOrder(work));
  if (plan.kind !== 'ready') throw new Error(plan.kind);
  expect(await workspaces.finishLanding(landOrder(work), plan)).toEqual({ kind: 'landed', commit: plan.commit });
  await workspaces.cleanUpLanded(snapshotRun.taskId);
  expect(repository.git('status', '--porcelain')).toBe('');
  expect(repository.git('show', '--format=', '--name-only', 'main')).toBe('a.txt\nnew.txt');
}

describe('the whole way', () => {
  it('with the processes of the product, which look after groups and time', async () => {
    repository = makeRepository(FILES);
    const { root, aiFolder, environment } = repository;
    await wholeWay(createWorkspaces({ root, aiFolder, environment, run: (order) => createProcesses().run(order) }));
  });

  it('in a repository with SHA-256', async () => {
    repository = makeRepository(FILES, { init: ['--object-format=sha256'] });
    await wholeWay();
    const workspace = await repository.open().prepare(workspaceOrder({ isolation: 'none' }));
    expect(workspace.base).toMatch(/^[0-9a-f]{64}$/);
  });

  it('with all refs packed, and objects too', async () => {
    repository = makeRepository(FILES);
    repository.git('branch', 'ai/t-000001');
    repository.git('gc', '-q');
    await wholeWay();
    repository.git('pack-refs', '--all');
    await wholeWay2();
  });

  async function wholeWay2(): Promise<void> {
    const workspaces = repository.open();
    const taskId = 't-000002' as TaskId;
    const { workspace } = await makeWork(workspaces, repository, { 'b.txt': 'b' }, { taskId, runId: 'r-000002' as RunId });
    await workspaces.remove(workspace, { taskId, runId: 'r-000002' as RunId });
    repository.git('pack-refs', '--all');
    await workspaces.cleanUpLanded(taskId);
    expect(repository.git('branch', '--list', 'ai/*')).toBe('');
  }

  it('in a shallow clone', async () => {
    repository = makeRepository(FILES);
    repository.commit({ 'later.txt': 'l' });
    const shallow = path.join(repository.outside, 'shallow');
    repository.git('clone', '-q', '--depth=1', `file://${repository.root}`, shallow);
    const workspaces = createWorkspaces({ root: shallow, aiFolder: path.join(shallow, '.ai'), run: runCommand, environment: repository.environment });
    const work = await makeWork(workspaces, repository, { 'n.txt': 'n' });
    writeFileSync(path.join(shallow, 'a.txt'), 'the target moved\n');
    repository.gitIn(shallow, '-c', 'user.name=x', '-c', 'user.email=x@x', 'commit', '-qam', 'moved');
    const plan = await workspaces.planLanding(landOrder(work));
    expect(plan.kind === 'ready' && (await workspaces.finishLanding(landOrder(work), plan)).kind).toBe('landed');
  });

  it('in a folder whose name has quotes, blanks and a colon', async () => {
    repository = makeRepository(FILES);
    const odd = path.join(repository.outside, `o'd "d": na me`);
    repository.git('clone', '-q', repository.root, odd);
    repository.gitIn(odd, 'checkout', '-q', '-B', 'main');
    const workspaces = createWorkspaces({ root: odd, aiFolder: path.join(odd, '.ai'), run: runCommand, environment: repository.environment });
    const { workspace, base, head } = await makeWork(workspaces, repository, { 'n.txt': 'n' });
    const plan = await workspaces.planLanding(landOrder({ base, head }));
    expect(plan.kind === 'ready' && (await workspaces.finishLanding(landOrder({ base, head }), plan)).kind).toBe('landed');
    expect(await workspaces.remove(workspace, snapshotRun)).toBe(true);
    const inPlace = await workspaces.prepare(workspaceOrder({ isolation: 'none' }));
    writeFileSync(path.join(odd, 'a.txt'), 'changed\n');
    const snapshot = await workspaces.snapshot(inPlace, snapshotRun);
    expect(changes(snapshot)).toEqual(['M a.txt']);
    expect(await workspaces.writePatch(inPlace.base, snapshot.head, path.join(odd, '.ai/work.patch'))).toBeGreaterThan(0);
  });

  it('in a submodule', async () => {
    repository = makeRepository(FILES);
    const above = path.join(repository.outside, 'above');
    mkdirSync(above);
    repository.gitIn(above, 'init', '-q');
    repository.gitIn(above, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', repository.root, 'lib');
    const lib = path.join(above, 'lib');
    const workspaces = createWorkspaces({ root: lib, aiFolder: path.join(lib, '.ai'), run: runCommand, environment: repository.environment });
    expect(await workspaces.repository()).toMatchObject({ kind: 'git', headBranch: 'main' });
    const { base, head, workspace } = await makeWork(workspaces, repository, { 'n.txt': 'n' });
    expect(repository.gitIn(workspace.path, 'status', '--porcelain')).toBe('');
    const plan = await workspaces.planLanding(landOrder({ base, head }));
    expect(plan.kind === 'ready' && (await workspaces.finishLanding(landOrder({ base, head }), plan)).kind).toBe('landed');
    expect(readFileSync(path.join(lib, 'n.txt'), 'utf8')).toBe('n');
  });

  it('reports a moved submodule as one modified path', async () => {
    repository = makeRepository(FILES);
    const first = repository.git('rev-parse', 'HEAD');
    repository.git('update-index', '--add', '--cacheinfo', `160000,${first},lib`);
    repository.git('commit', '-qm', 'with a submodule');
    const workspaces = repository.open();
    const workspace = await workspaces.prepare(workspaceOrder());
    repository.git('clone', '-q', repository.root, path.join(workspace.path, 'lib'));
    repository.gitIn(path.join(workspace.path, 'lib'), 'checkout', '-q', '--detach', first);
    expect((await workspaces.snapshot(workspace, snapshotRun)).changedFiles).toEqual([]);
    repository.gitIn(path.join(workspace.path, 'lib'), 'checkout', '-q', '--detach', 'origin/main');
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['M lib']);
  });

  it('in place around repositories of the user', async () => {
    repository = makeRepository({}, { init: null });
    for (const name of ['one', 'two']) {
      mkdirSync(path.join(repository.root, name));
      repository.gitIn(path.join(repository.root, name), 'init', '-q');
      repository.write({ [`${name}/f.txt`]: 'f' });
    }
    const workspaces = repository.open();
    const workspace = await workspaces.prepare(workspaceOrder({ isolation: 'none' }));
    repository.write({ 'two/f.txt': 'changed', 'one/n.txt': 'n' });
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['A one/n.txt', 'M two/f.txt']);
  });
});

describe('what stands in the way', () => {
  it('git is not installed', async () => {
    repository = makeRepository(FILES);
    const workspaces = createWorkspaces({ root: repository.root, aiFolder: repository.aiFolder, run: runCommand, environment: { PATH: '/nonexistent' } });
    await expect(workspaces.repository()).rejects.toMatchObject({ code: 'GIT_MISSING', hint: expect.stringContaining('2.38') as string });
  });

  it('git is too old, until it is not', async () => {
    repository = makeRepository(FILES);
    let version = 'git version 2.30.2\n';
    const run: Processes['run'] = async (order) => (order.argv[1] === 'version' ? { ...(await runCommand(order)), stdout: version } : runCommand(order));
    const workspaces = repository.open(run);
    await expect(workspaces.repository()).rejects.toMatchObject({ code: 'GIT_FAILED', message: expect.stringContaining('2.30') as string });
    version = 'git version 2.49.0 (Apple Git-1)\n';
    expect(await workspaces.repository()).toMatchObject({ kind: 'git' });
  });

  it('the refs are kept in a format that we do not read', async () => {
    repository = makeRepository(FILES);
    const run: Processes['run'] = async (order) => (order.argv[1] === 'config' ? { ...(await runCommand(order)), stdout: 'extensions.refstorage\nreftable\0' } : runCommand(order));
    await expect(repository.open(run).repository()).rejects.toMatchObject({ code: 'GIT_FAILED', hint: 'git refs migrate --ref-format=files' });
  });

  it('a branch is called ai', async () => {
    repository = makeRepository(FILES);
    repository.git('branch', 'ai');
    await expect(repository.open().prepare(workspaceOrder())).rejects.toMatchObject({ code: 'WORKSPACE_FAILED', hint: 'git branch -m ai ai-renamed' });
  });

  it('the user has the branch of the task checked out', async () => {
    repository = makeRepository(FILES);
    repository.git('checkout', '-q', '-b', 'ai/t-000001');
    repository.commit({ 'own.txt': 'of the user' });
    await expect(repository.open().prepare(workspaceOrder())).rejects.toMatchObject({ code: 'WORKSPACE_FAILED', hint: expect.stringContaining('switch --detach') as string });
  });

  it('there is no repository, and a worktree is asked for', async () => {
    repository = makeRepository(FILES, { init: null });
    await expect(repository.open().prepare(workspaceOrder())).rejects.toMatchObject({ code: 'WORKSPACE_FAILED', hint: expect.stringContaining('git init') as string });
  });
});

it('asks git few times', async () => {
  repository = makeRepository(FILES);
  const { run, calls } = watchedRun();
  const workspaces = repository.open(run);
  const counts: Record<string, number> = {};
  const count = async <T>(name: string, action: () => Promise<T>): Promise<T> => {
    const before = calls.length;
    const value = await action();
    counts[name] = calls.length - before;
    return value;
  };
  const workspace = await count('prepare', () => workspaces.prepare(workspaceOrder()));
  repository.write({ 'a.txt': 'changed\n' }, workspace.path);
  const { head } = await count('snapshot', () => workspaces.snapshot(workspace, snapshotRun));
  await count('remove', () => workspaces.remove(workspace, snapshotRun));
  const order = landOrder({ base: workspace.base, head });
  const plan = await count('planLanding', () => workspaces.planLanding(order));
  if (plan.kind !== 'ready') throw new Error(plan.kind);
  await count('finishLanding', () => workspaces.finishLanding(order, plan));
  await count('cleanUpLanded', () => workspaces.cleanUpLanded(snapshotRun.taskId));
  // The first operation of a process asks for the version and the settings as well.
  expect(counts).toEqual({ prepare: 5, snapshot: 12, remove: 6, planLanding: 3, finishLanding: 4, cleanUpLanded: 3 });
});

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createWorkspaces } from '../../../../src/adapters/git/workspaces.js';
import type { Workspaces } from '../../../../src/ports/workspaces.js';
import { runCommand } from '../../../support/run-command.js';
import { runId, taskId, temporaryRepository, token, workspaceOrder, type RepositoryOptions, type TemporaryRepository } from '../../../support/temporary-repository.js';

describe('odd repositories', () => {
  const open: TemporaryRepository[] = [];
  afterEach(() => {
    for (const repository of open.splice(0)) repository.close();
  });
  const repository = (options: RepositoryOptions = {}): TemporaryRepository => {
    const made = temporaryRepository(options);
    open.push(made);
    return made;
  };

  /** A whole life: prepare, work, snapshot, remove, plan, check, land, clean up. */
  async function live(made: TemporaryRepository, workspaces: Workspaces = made.workspaces, root = made.root): Promise<void> {
    const order = workspaceOrder({ targetBranch: null });
    const { headBranch } = (await workspaces.repository()) as { headBranch: string };
    const workspace = await workspaces.prepare(order);
    made.write({ 'src/a.txt': 'new\n', 'src/n.txt': 'n\n' }, workspace.path);
    const { head, changedFiles } = await workspaces.snapshot(workspace, { ...order, message: 'Work' });
    expect(changedFiles.map((file) => file.path)).toEqual(['src/a.txt', 'src/n.txt']);
    expect(await workspaces.remove(workspace, order)).toBe(true);
    const landing = { ...order, target: headBranch, base: workspace.base, head, message: 'Landed\n' };
    const plan = await workspaces.planLanding(landing);
    if (plan.kind !== 'ready') throw new Error(plan.kind);
    await workspaces.removeCheck(await workspaces.checkoutForCheck(plan.commit, order.runId));
    expect(await workspaces.finishLanding(landing, plan)).toMatchObject({ kind: 'landed' });
    await workspaces.cleanUpLanded(order.taskId);
    expect(readFileSync(path.join(root, 'src/n.txt'), 'utf8')).toBe('n\n');
    expect(made.gitIn(root, 'status', '--porcelain', '--untracked-files=no')).toBe('');
    expect(made.gitIn(root, 'worktree', 'prune', '--dry-run', '--verbose')).toBe('');
  }

  test.each([' spaces ', 'quo"te\'s', 'new\nline', 'ünï — ✓', '-dash', 'a=[b]*?', 'back\\slash', '$HOME `x`'])('a folder named %j', async (name) => {
    await live(repository({ name }));
  });

  test('objects named by SHA-256', async () => {
    await live(repository({ initArgs: ['--object-format=sha256'] }));
  });

  test('a git folder elsewhere', async () => {
    const made = repository();
    made.git('init', '--quiet', '--separate-git-dir', path.join(made.folder, 'elsewhere.git'));
    await live(made);
  });

  test('a linked worktree of a bare repository', async () => {
    const made = repository();
    const store = path.join(made.folder, 'store.git');
    const root = path.join(made.folder, 'tree');
    made.gitIn(made.folder, 'clone', '--quiet', '--bare', made.root, store);
    made.gitIn(store, 'worktree', 'add', '--quiet', root, 'main');
    await live(made, createWorkspaces({ root, aiFolder: path.join(root, '.ai'), environment: made.environment, run: runCommand }), root);
  });

  test('a submodule', async () => {
    const inner = repository();
    const made = repository();
    made.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'sub');
    const root = path.join(made.root, 'sub');
    await live(made, createWorkspaces({ root, aiFolder: path.join(root, '.ai'), environment: made.environment, run: runCommand }), root);
  });

  test('a shallow clone', async () => {
    const source = repository();
    source.commit({ 'src/b.txt': 'b2\n' });
    source.commit({ 'src/b.txt': 'b3\n' });
    const made = repository({ kind: 'none' });
    const root = path.join(made.folder, 'shallow');
    made.gitIn(made.folder, 'clone', '--quiet', '--depth=1', `file://${source.root}`, root);
    await live(made, createWorkspaces({ root, aiFolder: path.join(root, '.ai'), environment: made.environment, run: runCommand }), root);
  });

  test('objects borrowed from another repository', async () => {
    const source = repository();
    const made = repository({ kind: 'none' });
    const root = path.join(made.folder, 'borrower');
    made.gitIn(made.folder, 'clone', '--quiet', '--shared', source.root, root);
    await live(made, createWorkspaces({ root, aiFolder: path.join(root, '.ai'), environment: made.environment, run: runCommand }), root);
  });

  test('a sparse working tree', async () => {
    const made = repository({ files: { 'other/x.txt': 'x\n' } });
    made.git('sparse-checkout', 'set', 'src');
    await live(made);
  });

  test('an index in another format, line ends converted, and worktree settings', async () => {
    const made = repository({ files: { '.gitattributes': '*.txt text eol=lf\n*.bat text eol=crlf\n', 'x.bat': 'echo\r\n' } });
    for (const [key, value] of [['index.version', '4'], ['core.untrackedCache', 'true'], ['core.splitIndex', 'true'], ['core.autocrlf', 'input'], ['extensions.worktreeConfig', 'true'], ['core.quotePath', 'false'], ['status.relativePaths', 'true'], ['diff.noprefix', 'true'], ['color.ui', 'always']] as const) made.git('config', key, value);
    made.git('update-index', '--force-write-index');
    const workspace = await made.workspaces.prepare(workspaceOrder());
    expect(readFileSync(path.join(workspace.path, 'x.bat'), 'utf8')).toBe('echo\r\n');
    expect((await made.workspaces.snapshot(workspace, { ...workspaceOrder(), message: 'Work' })).changedFiles).toEqual([]);
    expect(await made.workspaces.remove(workspace, workspaceOrder())).toBe(true);
    await live(made);
  });

  test('files that the user ignores everywhere are not work', async () => {
    const made = repository();
    made.write({ '.config/git/ignore': '.idea/\n' }, path.join(made.folder, 'home'));
    const order = workspaceOrder();
    const workspace = await made.workspaces.prepare(order);
    made.write({ '.idea/x': 'x\n', 'src/n.txt': 'n\n' }, workspace.path);
    const { changedFiles } = await made.workspaces.snapshot(workspace, { ...order, message: 'Work' });
    expect(changedFiles.map((file) => file.path)).toEqual(['src/n.txt']);
  });

  test('many tasks at the same time', async () => {
    const made = repository();
    const orders = Array.from({ length: 6 }, (_, index) => workspaceOrder({ taskId: taskId(`t-aaaaa${index}`), runId: runId(`r-aaaaa${index}`), token: token(index + 1) }));
    const heads = await Promise.all(
      orders.map(async (order, index) => {
        const workspaces = made.reopen();
        const workspace = await workspaces.prepare(order);
        made.write({ [`src/n${index}.txt`]: 'n\n' }, workspace.path);
        const snapshot = await workspaces.snapshot(workspace, { ...order, message: 'Work' });
        expect(snapshot.changedFiles).toEqual([{ path: `src/n${index}.txt`, status: 'added', mode: 'file' }]);
        expect(await workspaces.remove(workspace, order)).toBe(true);
        return snapshot.head;
      }),
    );
    expect(new Set(heads).size).toBe(6);
    expect(made.git('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(1);
  });

  test('work in place: folders that hide themselves, tracked files that are ignored, repositories below', async () => {
    const made = repository();
    made.write({ 'kept.log': 'tracked though ignored\n', '.cache/.gitignore': '*\n', '.cache/x': 'x\n', 'below/inside.txt': 'i\n' });
    made.git('add', '--force', 'kept.log');
    made.git('commit', '--quiet', '--message', 'Kept');
    made.gitIn(path.join(made.root, 'below'), 'init', '--quiet');
    writeFileSync(path.join(made.root, '.git/info/exclude'), 'mine/\n');
    const order = workspaceOrder({ isolation: 'none' });
    const workspace = await made.workspaces.prepare(order);
    made.write({ 'kept.log': 'changed\n', '.cache/y': 'y\n', 'below/inside.txt': 'changed\n', 'mine/x': 'x\n', '.gitignore': '*\n', 'new.txt': 'n\n' });
    const { changedFiles } = await made.workspaces.snapshot(workspace, { ...order, message: 'Work' });
    expect(changedFiles.map((file) => file.path)).toEqual(['.gitignore', 'below/inside.txt', 'kept.log', 'new.txt']);
  });

  test('work in place: our own state may be lost', async () => {
    const made = repository({ kind: 'none' });
    const order = workspaceOrder({ isolation: 'none' });
    const workspace = await made.workspaces.prepare(order);
    made.write({ 'src/n.txt': 'n\n', 'x.log': 'ignored\n' });
    rmSync(path.join(made.aiFolder, 'run'), { recursive: true });
    const { changedFiles } = await made.reopen().snapshot(workspace, { ...order, message: 'Work' });
    expect(changedFiles.map((file) => file.path)).toEqual(['src/n.txt']);
  });

  test('a folder that the agent closed is opened', async () => {
    const made = repository();
    const order = workspaceOrder();
    const workspace = await made.workspaces.prepare(order);
    made.write({ 'closed/x.txt': 'x\n' }, workspace.path);
    mkdirSync(path.join(workspace.path, 'closed/empty'), { mode: 0o000 });
    made.chmod(0o000, path.join(workspace.path, 'closed/x.txt'));
    made.chmod(0o000, path.join(workspace.path, 'closed'));
    const { changedFiles } = await made.workspaces.snapshot(workspace, { ...order, message: 'Work' });
    expect(changedFiles).toEqual([{ path: 'closed/x.txt', status: 'added', mode: 'file' }]);
    expect(await made.workspaces.remove(workspace, order)).toBe(true);
  });
});

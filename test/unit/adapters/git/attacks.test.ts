import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkspaces } from '../../../../src/adapters/git/workspaces.js';
import type { RunId } from '../../../../src/domain/kernel/ids.js';
import type { Snapshot, Workspace, Workspaces } from '../../../../src/ports/workspaces.js';
import { changes, landOrder, makeRepository, planted, snapshotRun, workspaceOrder, type Files, type TestRepository } from '../../../support/git-repository.js';
import { runCommand } from '../../../support/run-command.js';

const FILES = { 'a.txt': 'one\n', 'src/b.txt': 'b\n', 'tools/run.sh': '#!/bin/sh\n', '.gitignore': '*.log\n' };

let repository: TestRepository;
let workspaces: Workspaces;
let workspace: Workspace;

beforeEach(async () => {
  repository = makeRepository(FILES);
  workspaces = repository.open();
  workspace = await workspaces.prepare(workspaceOrder());
});
afterEach(() => repository.dispose());

const inside = (name: string): string => path.join(workspace.path, name);
const git = (...args: readonly string[]): string => repository.gitIn(workspace.path, ...args);
const write = (files: Files): void => repository.write(files, workspace.path);

/** Everything that looks at the repository after an agent was there. What it answers must not depend on who opens it. */
async function lookAtEverything(): Promise<Snapshot> {
  const snapshot = await workspaces.snapshot(workspace, snapshotRun);
  expect(await repository.open().snapshot(workspace, snapshotRun)).toEqual(snapshot);
  await workspaces.writePatch(workspace.base, snapshot.head, path.join(repository.outside, 'work.patch'));
  const order = landOrder({ base: workspace.base, head: snapshot.head });
  const plan = await workspaces.planLanding(order);
  if (plan.kind === 'ready') {
    await workspaces.removeCheck(await workspaces.checkoutForCheck(plan.commit, snapshotRun.runId));
    await workspaces.finishLanding(order, plan);
  }
  await repository.open().prepare(workspaceOrder({ taskId: 't-000002' as typeof snapshotRun.taskId, runId: 'r-000002' as RunId }));
  await workspaces.remove(workspace, snapshotRun);
  await workspaces.cleanUpLanded(snapshotRun.taskId);
  return snapshot;
}

describe('nothing that an agent configures runs in our git', () => {
  it('a filter, a diff driver, a text conversion and a merge driver', async () => {
    const { program, hasRun } = planted(repository);
    for (const key of ['filter.evil.clean', 'filter.evil.smudge', 'filter.evil.process', 'diff.evil.command', 'diff.evil.textconv', 'merge.evil.driver', 'diff.external']) repository.git('config', key, program);
    repository.git('config', 'filter.evil.required', 'true');
    write({ '.gitattributes': '* filter=evil diff=evil merge=evil\n', 'a.txt': 'changed\n' });
    repository.commit({ 'other.txt': 'the target moves, so that landing has to merge' });
    rmSync(path.join(repository.outside, 'planted-has-run'), { force: true });
    expect(changes(await lookAtEverything())).toEqual(['A .gitattributes', 'M a.txt']);
    expect(hasRun()).toBe(false);
    repository.git('config', '--unset', 'filter.evil.process');
    repository.write({ 'a.txt': 'again' });
    repository.git('add', 'a.txt');
    expect(hasRun()).toBe(true);
  });

  it('a file system monitor, a pager, an editor, a signer, an ssh command, an alias and an include', async () => {
    const { program, hasRun } = planted(repository);
    for (const key of ['core.fsmonitor', 'core.pager', 'core.editor', 'gpg.program', 'core.sshCommand', 'core.askPass', 'credential.helper', 'uploadpack.packObjectsHook']) repository.git('config', key, program);
    writeFileSync(path.join(repository.outside, 'included'), `[alias]\n\tdiff-files = !${program}\n\tupdate-ref = !${program}\n[core]\n\tfsmonitor = ${program}\n`);
    repository.git('config', 'include.path', path.join(repository.outside, 'included'));
    for (const key of ['commit.gpgSign', 'log.showSignature', 'core.untrackedCache', 'core.splitIndex']) repository.git('config', key, 'true');
    write({ 'a.txt': 'changed\n' });
    expect(changes(await lookAtEverything())).toEqual(['M a.txt']);
    expect(hasRun()).toBe(false);
    repository.git('status');
    expect(hasRun()).toBe(true);
  });

  it('hooks, in the repository, by core.hooksPath, and in the configuration of the user', async () => {
    const { program, hasRun } = planted(repository);
    const hooks = ['post-commit', 'post-checkout', 'reference-transaction', 'post-index-change', 'pre-commit', 'post-merge', 'post-rewrite', 'fsmonitor-watchman'];
    for (const hook of hooks) for (const folder of [path.join(repository.root, '.git/hooks'), path.join(repository.outside, 'hooks'), path.join(repository.aiFolder, 'snapshots/view/hooks')]) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, hook), readFileSync(program), { mode: 0o755 });
    }
    writeFileSync(path.join(repository.root, '.git/config'), `${readFileSync(path.join(repository.root, '.git/config'), 'utf8')}[core]\n\thooksPath = ${repository.outside}/hooks\n`);
    writeFileSync(path.join(repository.outside, '.gitconfig'), `[core]\n\thooksPath = ${repository.outside}/hooks\n\tfsmonitor = ${program}\n`);
    write({ 'a.txt': 'changed\n' });
    expect(changes(await lookAtEverything())).toEqual(['M a.txt']);
    expect(hasRun()).toBe(false);
    repository.git('-c', 'core.fsmonitor=false', 'branch', 'seen-by-a-hook');
    expect(hasRun()).toBe(true);
  });

  it('what stands in the git directories of our own', async () => {
    const { program, hasRun } = planted(repository);
    const view = path.join(repository.aiFolder, 'snapshots/view');
    appendFileSync(path.join(view, 'config'), `[filter "evil"]\n\tclean = ${program}\n[core]\n\tfsmonitor = ${program}\n\tworktree = ${repository.outside}\n`);
    mkdirSync(path.join(view, 'info'));
    writeFileSync(path.join(view, 'info/attributes'), '* filter=evil\n');
    writeFileSync(path.join(view, 'info/exclude'), '*\n');
    writeFileSync(path.join(view, 'commondir'), `${repository.root}/.git\n`);
    write({ 'a.txt': 'changed\n', 'new.txt': 'n' });
    expect(changes(await lookAtEverything())).toEqual(['M a.txt', 'A new.txt']);
    expect(hasRun()).toBe(false);
  });

  it('the configuration of a submodule', async () => {
    const { program, hasRun } = planted(repository);
    const module = path.join(repository.outside, 'module');
    mkdirSync(module);
    repository.gitIn(module, 'init', '-q', '-b', 'main');
    repository.gitIn(module, '-c', 'user.name=m', '-c', 'user.email=m@m', 'commit', '-q', '--allow-empty', '-m', 'module');
    git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', module, 'lib');
    git('commit', '-qm', 'with a submodule');
    const inModule = inside('lib');
    repository.gitIn(inModule, 'config', 'core.fsmonitor', program);
    repository.gitIn(inModule, 'config', 'filter.evil.clean', program);
    writeFileSync(path.join(inModule, '.gitattributes'), '* filter=evil\n');
    expect(changes(await lookAtEverything())).toEqual(['A .gitmodules', 'A lib']);
    expect(hasRun()).toBe(false);
  });

  it('a git in the working tree, by a relative entry of the PATH', async () => {
    const { program, hasRun } = planted(repository);
    writeFileSync(inside('git'), readFileSync(program), { mode: 0o755 });
    const relative = { ...repository.environment, PATH: `.::${repository.environment['PATH'] ?? ''}` };
    expect(changes(await createWorkspaces({ root: repository.root, aiFolder: repository.aiFolder, run: runCommand, environment: relative }).snapshot(workspace, snapshotRun))).toEqual(['A git']);
    expect(hasRun()).toBe(false);
  });

  it('the transport of a promised object that is missing', async () => {
    const { program, hasRun } = planted(repository);
    repository.git('config', 'remote.origin.url', repository.outside);
    repository.git('config', 'remote.origin.promisor', 'true');
    repository.git('config', 'remote.origin.uploadpack', program);
    repository.git('config', 'extensions.partialClone', 'origin');
    repository.git('config', 'core.repositoryFormatVersion', '1');
    const blob = repository.git('rev-parse', 'main:a.txt');
    rmSync(path.join(repository.root, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    const other = workspaceOrder({ taskId: 't-000002' as typeof snapshotRun.taskId });
    await expect(repository.open().prepare(other)).rejects.toMatchObject({ code: 'WORKSPACE_FAILED', hint: expect.stringContaining('--refetch') as string });
    expect(hasRun()).toBe(false);
  });
});

describe('nothing that an agent does hides a change', () => {
  it('assume-unchanged and skip-worktree in its index, sparse checkout', async () => {
    git('update-index', '--assume-unchanged', 'a.txt');
    git('update-index', '--skip-worktree', 'src/b.txt');
    repository.git('config', 'core.sparseCheckout', 'true');
    write({ 'a.txt': 'changed\n' });
    unlinkSync(inside('src/b.txt'));
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['M a.txt', 'D src/b.txt']);
  });

  it('the bits in the index that we keep', async () => {
    const kept = path.join(repository.aiFolder, 'snapshots/records/t-000001-1.index');
    git('update-index', '--assume-unchanged', 'a.txt');
    write({ 'a.txt': 'changed\n' });
    writeFileSync(kept, readFileSync(path.join(repository.root, '.git/worktrees/ai.t-000001-1/index')));
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['M a.txt']);
  });

  it('a .git that points elsewhere, is a folder, or is gone; a registration that is gone; core.worktree', async () => {
    const elsewhere = path.join(repository.outside, 'elsewhere');
    mkdirSync(elsewhere);
    repository.gitIn(elsewhere, 'init', '-q');
    repository.git('config', 'core.worktree', elsewhere);
    write({ 'a.txt': 'changed\n', '.git': `gitdir: ${elsewhere}/.git\n` });
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['M a.txt']);
    unlinkSync(inside('.git'));
    repository.gitIn(workspace.path, 'init', '-q');
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['M a.txt']);
    rmSync(inside('.git'), { recursive: true });
    rmSync(path.join(repository.root, '.git/worktrees'), { recursive: true });
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['M a.txt']);
  });

  it('a repository inside, with and without a commit, and one in that', async () => {
    for (const folder of ['vendor/two', 'vendor/one/three', 'vendor/one']) {
      mkdirSync(inside(folder), { recursive: true });
      repository.gitIn(inside(folder), 'init', '-q');
      write({ [`${folder}/f "quoted"\n.txt`]: folder });
    }
    repository.gitIn(inside('vendor/one'), 'add', 'f*');
    repository.gitIn(inside('vendor/one'), '-c', 'user.name=x', '-c', 'user.email=x@x', 'commit', '-qm', 'one');
    rmSync(inside('src'), { recursive: true });
    repository.gitIn(workspace.path, 'init', '-q', 'src');
    write({ 'src/b.txt': 'inside of a repository now' });
    const snapshot = await workspaces.snapshot(workspace, snapshotRun);
    expect(changes(snapshot)).toEqual(['M src/b.txt', 'A vendor/one/f "quoted"\n.txt', 'A vendor/one/three/f "quoted"\n.txt', 'A vendor/two/f "quoted"\n.txt']);
    expect(repository.git('ls-tree', '-r', snapshot.head)).not.toContain('160000');
  });

  it('a tracked file that became a repository, a link, a pipe', async () => {
    unlinkSync(inside('a.txt'));
    repository.gitIn(workspace.path, 'init', '-q', 'a.txt');
    repository.gitIn(inside('a.txt'), '-c', 'user.name=x', '-c', 'user.email=x@x', 'commit', '-q', '--allow-empty', '-m', 'x');
    write({ 'a.txt/hidden': 'h' });
    unlinkSync(inside('src/b.txt'));
    execFileSync('/bin/sh', ['-c', 'mkfifo "$1"', 'sh', inside('src/b.txt')]);
    unlinkSync(inside('tools/run.sh'));
    symlinkSync('../a.txt', inside('tools/run.sh'));
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['D a.txt', 'A a.txt/hidden', 'D src/b.txt', 'T tools/run.sh']);
  });

  it('a folder that is replaced by a link to a copy of it outside', async () => {
    const moved = path.join(repository.outside, 'moved');
    renameSync(inside('src'), moved);
    symlinkSync(moved, inside('src'));
    writeFileSync(path.join(moved, 'secret'), 'not ours');
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['A src', 'D src/b.txt']);
  });

  it('the whole workspace replaced by a link', async () => {
    const moved = path.join(repository.outside, 'moved');
    renameSync(workspace.path, moved);
    symlinkSync(moved, workspace.path);
    expect(await workspaces.snapshot(workspace, snapshotRun)).toMatchObject({ workspaceGone: true, head: workspace.base });
    expect(await workspaces.remove(workspace, snapshotRun)).toBe(true);
    expect(readFileSync(path.join(moved, 'a.txt'), 'utf8')).toBe('one\n');
  });

  it('a file of the same size with its times put back', async () => {
    const { atime, mtime } = statSync(inside('a.txt'));
    write({ 'a.txt': 'two\n' });
    utimesSync(inside('a.txt'), atime, mtime);
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['M a.txt']);
  });

  it('replaced objects and grafts', async () => {
    write({ 'a.txt': 'changed\n' });
    git('commit', '-qam', 'mine');
    repository.git('replace', workspace.base, git('rev-parse', 'HEAD'));
    repository.git('replace', repository.git('rev-parse', `${workspace.base}:a.txt`.replace(workspace.base, 'ai/t-000001')), repository.git('hash-object', '-w', path.join(repository.root, 'src/b.txt')));
    writeFileSync(path.join(repository.root, '.git/info/grafts'), `${git('rev-parse', 'HEAD')}\n`);
    const snapshot = await workspaces.snapshot(workspace, snapshotRun);
    expect(changes(snapshot)).toEqual(['M a.txt']);
    expect(repository.git('rev-parse', 'ai/t-000001')).toBe(snapshot.head);
  });

  it('a commit graph that lies about the base', async () => {
    write({ 'a.txt': 'changed\n' });
    git('commit', '-qam', 'mine');
    repository.git('commit-graph', 'write', '--reachable');
    const graph = path.join(repository.root, '.git/objects/info/commit-graph');
    chmodSync(graph, 0o644);
    const tree = (rev: string): Buffer => Buffer.from(repository.git('rev-parse', `${rev}^{tree}`), 'hex');
    const content = readFileSync(graph);
    content.set(tree('ai/t-000001'), content.indexOf(tree('main')));
    writeFileSync(graph, content);
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['M a.txt']);
  });

  it('unreadable files and folders', async () => {
    write({ 'closed/new.txt': 'n', 'a.txt': 'changed\n' });
    chmodSync(inside('a.txt'), 0o000);
    chmodSync(inside('closed'), 0o000);
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['M a.txt', 'A closed/new.txt']);
    expect(await workspaces.remove(workspace, snapshotRun)).toBe(true);
  });

  it('a folder that git passed over with a warning, which then is opened', async () => {
    write({ 'closed/new.txt': 'n' });
    chmodSync(inside('closed'), 0o000);
    const isClosed = (): boolean => (statSync(inside('closed')).mode & 0o700) !== 0o700;
    const blind = repository.open(async (order) => {
      const result = await runCommand(order);
      return order.argv.includes('--others') && isClosed() ? { ...result, stdout: '', stderr: "warning: could not open directory 'closed/': Permission denied\n" } : result;
    });
    expect(changes(await blind.snapshot(workspace, snapshotRun))).toEqual(['A closed/new.txt']);
    const blinder = repository.open(async (order) => ({ ...(await runCommand(order)), stderr: 'Permission denied' }));
    await expect(blinder.snapshot(workspace, snapshotRun)).rejects.toMatchObject({ code: 'WORKSPACE_FAILED' });
  });

  it('an ignored file that the agent committed or only added', async () => {
    write({ 'committed.log': 'c', 'added.log': 'a', 'left.log': 'l' });
    git('add', '-f', 'committed.log');
    git('commit', '-qm', 'forced');
    git('add', '-f', 'added.log');
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['A added.log', 'A committed.log']);
  });

  it('a broken index, and one that names a file behind a link', async () => {
    write({ 'deep/x.log': 'x' });
    git('add', '-f', 'deep/x.log');
    renameSync(inside('deep'), path.join(repository.outside, 'deep'));
    symlinkSync(path.join(repository.outside, 'deep'), inside('deep'));
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['A deep']);
    writeFileSync(path.join(repository.root, '.git/worktrees/ai.t-000001-1/index'), 'nonsense');
    expect(changes(await workspaces.snapshot(workspace, snapshotRun))).toEqual(['A deep']);
  });

  it('names that are not UTF-8, or hold quotes and line breaks', async () => {
    const odd = Buffer.concat([Buffer.from(inside('b\\"\t\n ')), Buffer.from([0xff])]);
    writeFileSync(odd, 'x');
    const snapshot = await workspaces.snapshot(workspace, snapshotRun);
    expect(changes(snapshot)).toEqual(['A b\\"\t\n \u{fffd}']);
    expect(await workspaces.remove(workspace, snapshotRun)).toBe(true);
    expect(repository.git('for-each-ref', 'refs/ai/rescued')).toBe('');
  });

  it('ignore rules of its own: the rule is a change, and what only it hides is named', async () => {
    write({ '.gitignore': '*.log\nsecret/\n', 'secret/plan.txt': 's', 'cache/.gitignore': '*\n', 'cache/data': 'c', 'seen.txt': 's', 'x.log': 'ignored before' });
    writeFileSync(path.join(repository.root, '.git/info/exclude'), 'seen.txt\n');
    writeFileSync(path.join(repository.outside, '.gitignore-of-user'), 'seen.txt\n');
    repository.git('config', 'core.excludesFile', path.join(repository.outside, '.gitignore-of-user'));
    const snapshot = await workspaces.snapshot(workspace, snapshotRun);
    expect(changes(snapshot)).toEqual(['M .gitignore', 'A seen.txt']);
    expect(snapshot.hiddenFiles).toEqual(['cache/.gitignore', 'cache/data', 'secret/plan.txt']);
  });

  it('files in the folder of a submodule that is not checked out, and in the ignored part of a repository inside', async () => {
    const base = repository.git('rev-parse', 'HEAD');
    repository.git('update-index', '--add', '--cacheinfo', `160000,${base},lib`);
    repository.write({ '.gitmodules': '[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n' });
    repository.git('add', '.gitmodules');
    repository.git('commit', '-qm', 'with a submodule');
    workspace = await workspaces.prepare(workspaceOrder({ taskId: 't-000002' as typeof snapshotRun.taskId }));
    mkdirSync(inside('inner'));
    repository.gitIn(inside('inner'), 'init', '-q');
    write({ 'lib/hidden.txt': 'h', 'inner/.gitignore': '*\n', 'inner/hidden.txt': 'h' });
    const snapshot = await workspaces.snapshot(workspace, { ...snapshotRun, taskId: 't-000002' as typeof snapshotRun.taskId });
    expect(snapshot.changedFiles).toEqual([]);
    expect(snapshot.hiddenFiles).toEqual(['inner/.gitignore', 'inner/hidden.txt', 'lib/hidden.txt']);
  });
});

describe('nothing that an agent does moves what is not its own', () => {
  it('a branch of the task that is only another name for main', async () => {
    const main = repository.git('rev-parse', 'main');
    repository.git('symbolic-ref', 'refs/heads/ai/t-000001', 'refs/heads/main');
    repository.git('symbolic-ref', 'refs/ai/runs/r-000001', 'refs/heads/main');
    write({ 'a.txt': 'changed\n' });
    const { head } = await workspaces.snapshot(workspace, snapshotRun);
    expect(repository.git('rev-parse', 'main')).toBe(main);
    expect(repository.git('rev-parse', 'ai/t-000001')).toBe(head);
    await workspaces.cleanUpLanded(snapshotRun.taskId);
    expect(repository.git('rev-parse', 'main')).toBe(main);
  });

  it('a checkout of its branch under the name of another task', async () => {
    git('checkout', '-q', '-b', 'ai/t-000009');
    write({ 'a.txt': 'changed\n' });
    git('commit', '-qam', 'on a branch of somebody else');
    const snapshot = await workspaces.snapshot(workspace, snapshotRun);
    expect(changes(snapshot)).toEqual(['M a.txt']);
    expect(repository.git('rev-parse', `${snapshot.head}^`)).toBe(workspace.base);
  });
});

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Snapshot, Workspace } from '../../../../src/ports/workspaces.js';
import { temporaryRepository, workspaceOrder, type TemporaryRepository } from '../../../support/temporary-repository.js';

describe('submodules', () => {
  let inner: TemporaryRepository;
  let made: TemporaryRepository;
  let workspace: Workspace;
  let sub: string;
  const order = workspaceOrder();

  beforeEach(async () => {
    inner = temporaryRepository();
    made = temporaryRepository();
    made.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'lib/sub');
    made.git('commit', '--quiet', '--message', 'With a submodule');
    workspace = await made.workspaces.prepare(order);
    sub = path.join(workspace.path, 'lib/sub');
  });
  afterEach(() => {
    inner.close();
    made.close();
  });

  const snapshot = (): Promise<Snapshot> => made.workspaces.snapshot(workspace, { ...order, message: 'Work' });
  const changed = async (): Promise<unknown> => (await snapshot()).changedFiles.map((file) => `${file.status} ${file.path}`);
  const populate = (): string => made.gitIn(workspace.path, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');

  test('that are not populated are unchanged, also after a crash', async () => {
    expect(await changed()).toEqual([]);
    rmSync(path.join(made.aiFolder, 'run'), { recursive: true });
    expect((await made.reopen().snapshot(workspace, { ...order, message: 'Work' })).changedFiles).toEqual([]);
    expect(await made.workspaces.remove(workspace, order)).toBe(true);
  });

  test('that are populated as recorded are unchanged and can be removed', async () => {
    populate();
    expect(readFileSync(path.join(sub, 'src/a.txt'), 'utf8')).toBe('a\n');
    made.write({ 'ignored/x': 'ignored by the rules of the submodule\n' }, sub);
    expect(await changed()).toEqual([]);
    expect(await made.workspaces.remove(workspace, order)).toBe(true);
  });

  test('that were changed inside are reported, and stay where they are', async () => {
    populate();
    made.write({ 'src/a.txt': 'changed inside\n' }, sub);
    expect(await changed()).toEqual(['modified lib/sub']);
    expect(await made.workspaces.remove(workspace, order)).toBe(false);
    expect(existsSync(path.join(sub, 'src/a.txt'))).toBe(true);
  });

  test('that stand at another commit are a change, and stay where they are', async () => {
    populate();
    made.write({ 'src/a.txt': 'changed inside\n' }, sub);
    made.gitIn(sub, 'commit', '--quiet', '--all', '--message', 'Inside');
    const first = await snapshot();
    expect(first.changedFiles).toEqual([{ path: 'lib/sub', status: 'modified', mode: 'submodule' }]);
    expect(made.git('rev-parse', `${first.head}:lib/sub`)).toBe(made.gitIn(sub, 'rev-parse', 'HEAD'));
    expect(await snapshot()).toEqual(first);
    expect(await made.workspaces.remove(workspace, order)).toBe(false);
  });

  test('run nothing of their own', async () => {
    populate();
    const sprung = path.join(made.folder, 'sprung');
    const trap = path.join(made.folder, 'trap.sh');
    writeFileSync(trap, `#!/bin/sh\ntouch ${sprung}\ncat\n`, { mode: 0o755 });
    made.gitIn(sub, 'config', 'core.fsmonitor', trap);
    made.gitIn(sub, 'config', 'filter.evil.clean', trap);
    made.write({ '.gitattributes': '* filter=evil\n', 'src/a.txt': 'changed inside\n' }, sub);
    rmSync(sprung, { force: true });
    expect(await changed()).toEqual(['modified lib/sub']);
    expect(existsSync(sprung)).toBe(false);
  });

  test('do not hide files that were put in their place', async () => {
    made.write({ 'evil.txt': 'x\n', '.gitignore': '*\n' }, sub);
    expect(await changed()).toEqual(['deleted lib/sub', 'added lib/sub/.gitignore', 'added lib/sub/evil.txt']);
    expect(await made.workspaces.remove(workspace, order)).toBe(true);
  });

  test('that are another repository altogether are reported', async () => {
    made.gitIn(sub, 'init', '--quiet');
    made.write({ 'x.txt': 'x\n' }, sub);
    expect(await changed()).toEqual(['modified lib/sub']);
    expect(await made.workspaces.remove(workspace, order)).toBe(false);
  });

  test('that were deleted are deleted', async () => {
    rmSync(sub, { recursive: true });
    expect(await changed()).toEqual(['deleted lib/sub']);
    mkdirSync(path.dirname(sub), { recursive: true });
    writeFileSync(sub, 'a file\n');
    expect(await changed()).toEqual(['type_changed lib/sub']);
  });

  test('are landed as commits, and nothing is fetched', async () => {
    const head = made.git('rev-parse', 'HEAD:src/a.txt').trim();
    expect(head).toMatch(/^[0-9a-f]{40}$/);
    populate();
    made.gitIn(sub, 'commit', '--quiet', '--allow-empty', '--message', 'Inside');
    const { head: workHead } = await snapshot();
    const landing = { ...order, target: 'main', base: workspace.base, head: workHead, message: 'Landed\n' };
    const plan = await made.workspaces.planLanding(landing);
    if (plan.kind !== 'ready') throw new Error(plan.kind);
    expect((await made.workspaces.finishLanding(landing, plan)).kind).toBe('landed');
    expect(made.git('ls-files', '--stage', 'lib/sub')).toContain(made.gitIn(sub, 'rev-parse', 'HEAD').trim());
    expect(readFileSync(path.join(made.root, 'lib/sub/src/a.txt'), 'utf8')).toBe('a\n');
  });
});

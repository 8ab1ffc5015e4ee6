import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LandOrder, LandPlan, LandResult } from '../../../../src/ports/workspaces.js';
import { temporaryRepository, workspaceOrder, type Files, type TemporaryRepository } from '../../../support/temporary-repository.js';

type Ready = Extract<LandPlan, { kind: 'ready' }>;

describe('finishing a landing', () => {
  let made: TemporaryRepository;
  let order: LandOrder;

  beforeEach(() => {
    made = temporaryRepository({ files: { 'src/c.txt': 'c\n', 'src/d.txt': 'd\n', 'folder/x.txt': 'x\n', 'run.sh': 'echo\n' } });
  });
  afterEach(() => made.close());

  /** A run that made these changes, planned to land on main. */
  async function planned(files: Files, more?: (folder: string) => void): Promise<Ready> {
    const run = workspaceOrder();
    const workspace = await made.workspaces.prepare(run);
    made.write(files, workspace.path);
    more?.(workspace.path);
    const { head } = await made.workspaces.snapshot(workspace, { ...run, message: 'Work' });
    order = { ...run, target: 'main', base: workspace.base, head, message: 'Landed\n' };
    return planAgain();
  }
  async function planAgain(): Promise<Ready> {
    const plan = await made.workspaces.planLanding(order);
    if (plan.kind !== 'ready') throw new Error(`the plan is ${plan.kind}`);
    return plan;
  }
  const finish = (plan: Ready): Promise<LandResult> => made.reopen().finishLanding(order, plan);
  const status = (): string => made.git('status', '--porcelain');
  const read = (file: string): string => readFileSync(path.join(made.root, file), 'utf8');
  const CHANGES: Files = { 'src/a.txt': 'new\n', 'src/b.txt': null, 'src/n.txt': 'n\n', 'deep/er/m.txt': 'm\n' };

  async function expectBlocked(plan: Ready, expected: { readonly reason: RegExp; readonly paths?: readonly string[] }): Promise<void> {
    const before = [made.head(), status(), made.git('ls-files', '--stage')];
    const result = await finish(plan);
    expect(result).toMatchObject({ kind: 'blocked', reason: expect.stringMatching(expected.reason) as unknown, ...(expected.paths === undefined ? {} : { paths: expected.paths }) });
    expect([made.head(), status(), made.git('ls-files', '--stage')]).toEqual(before);
  }

  describe('blocked', () => {
    test('by a staged change', async () => {
      const plan = await planned(CHANGES);
      made.write({ 'src/a.txt': 'staged\n' });
      made.git('add', 'src/a.txt');
      await expectBlocked(plan, { reason: /uncommitted/, paths: ['src/a.txt'] });
      expect(read('src/a.txt')).toBe('staged\n');
    });

    test('by a staged change whose file was put back', async () => {
      const plan = await planned(CHANGES);
      made.write({ 'src/a.txt': 'staged\n' });
      made.git('add', 'src/a.txt');
      made.write({ 'src/a.txt': 'a\n' });
      await expectBlocked(plan, { reason: /uncommitted/, paths: ['src/a.txt'] });
    });

    test('by a deleted file that the landing changes', async () => {
      const plan = await planned(CHANGES);
      made.write({ 'src/a.txt': null });
      await expectBlocked(plan, { reason: /uncommitted/, paths: ['src/a.txt'] });
    });

    test('by an untracked file in the way', async () => {
      const plan = await planned(CHANGES);
      made.write({ 'src/n.txt': 'mine\n' });
      await expectBlocked(plan, { reason: /uncommitted/, paths: ['src/n.txt'] });
      expect(read('src/n.txt')).toBe('mine\n');
    });

    test('by an ignored file in the way', async () => {
      writeFileSync(path.join(made.root, '.git/info/exclude'), 'src/n.txt\ndeep\n');
      const plan = await planned(CHANGES);
      made.write({ 'src/n.txt': 'mine, and ignored\n' });
      await expectBlocked(plan, { reason: /uncommitted/, paths: ['src/n.txt'] });
      expect(read('src/n.txt')).toBe('mine, and ignored\n');
    });

    test('by an ignored file where a folder is needed', async () => {
      writeFileSync(path.join(made.root, '.git/info/exclude'), 'deep\n');
      const plan = await planned(CHANGES);
      made.write({ deep: 'mine\n' });
      await expectBlocked(plan, { reason: /uncommitted/, paths: ['deep/er/m.txt'] });
      expect(read('deep')).toBe('mine\n');
    });

    test('by a link where a folder is needed', async () => {
      const plan = await planned(CHANGES);
      mkdirSync(path.join(made.folder, 'outside/er'), { recursive: true });
      made.link(path.join(made.folder, 'outside'), path.join(made.root, 'deep'));
      await expectBlocked(plan, { reason: /uncommitted/, paths: ['deep/er/m.txt'] });
      expect(existsSync(path.join(made.folder, 'outside/er/m.txt'))).toBe(false);
    });

    test('by an ignored folder where a file is needed', async () => {
      writeFileSync(path.join(made.root, '.git/info/exclude'), '/build/\n');
      const plan = await planned({ build: 'a file\n' });
      made.write({ 'build/output/x': 'precious\n' });
      await expectBlocked(plan, { reason: /uncommitted/, paths: ['build'] });
      expect(read('build/output/x')).toBe('precious\n');
    });

    test('by an untracked file in a folder that the landing replaces by a file', async () => {
      const plan = await planned({ folder: null }, (folder) => made.write({ folder: 'a file now\n' }, folder));
      made.write({ 'folder/mine.log': 'ignored and mine\n' });
      await expectBlocked(plan, { reason: /uncommitted/, paths: ['folder'] });
      expect(read('folder/mine.log')).toBe('ignored and mine\n');
    });

    test('by a changed mode', async () => {
      const plan = await planned({ 'run.sh': 'echo new\n' });
      chmodSync(path.join(made.root, 'run.sh'), 0o755);
      await expectBlocked(plan, { reason: /uncommitted/, paths: ['run.sh'] });
    });

    test('by a merge, a rebase and a cherry-pick under way', async () => {
      made.git('checkout', '--quiet', '-b', 'side');
      made.commit({ 'src/c.txt': 'side\n' });
      made.git('checkout', '--quiet', 'main');
      made.commit({ 'src/c.txt': 'main\n' });
      const plan = await planned(CHANGES);
      for (const [command, words] of [['merge', /a merge is under way/], ['cherry-pick', /a cherry-pick is under way/], ['rebase', /a rebase is under way/]] as const) {
        expect(() => made.git(command, 'side')).toThrow();
        const blocked = await finish(plan);
        expect(blocked).toMatchObject({ kind: 'blocked', reason: expect.stringMatching(words) as unknown });
        made.git(command, '--abort');
        expect(made.head()).toBe(plan.targetBefore);
      }
      expect((await finish(plan)).kind).toBe('landed');
    });

    test('by a rebase of the target in another worktree', async () => {
      made.git('checkout', '--quiet', '-b', 'side');
      made.commit({ 'src/c.txt': 'side\n' });
      made.git('checkout', '--quiet', '--detach', 'main');
      made.git('branch', '--force', 'main', made.commit({ 'src/c.txt': 'main\n' }));
      const linked = path.join(made.folder, 'linked');
      made.git('worktree', 'add', '--quiet', linked, 'main');
      const plan = await planned(CHANGES);
      expect(() => made.gitIn(linked, 'rebase', '--quiet', 'side')).toThrow();
      expect(await finish(plan)).toMatchObject({ kind: 'blocked', reason: expect.stringContaining(linked) as unknown });
      expect(made.git('rev-parse', 'main').trim()).toBe(plan.targetBefore);
    });

    test('by a lock on the index, naming the file', async () => {
      const plan = await planned(CHANGES);
      writeFileSync(path.join(made.root, '.git/index.lock'), '');
      const result = await finish(plan);
      expect(result).toMatchObject({ kind: 'blocked', reason: expect.stringContaining(path.join(made.root, '.git/index.lock')) as unknown });
      rmSync(path.join(made.root, '.git/index.lock'));
      expect((await finish(plan)).kind).toBe('landed');
    });

    test('by a lock on the branch: the files go back', async () => {
      const plan = await planned(CHANGES);
      writeFileSync(path.join(made.root, '.git/refs/heads/main.lock'), '');
      expect(await finish(plan)).toMatchObject({ kind: 'blocked' });
      expect(status()).toBe('');
      expect(read('src/a.txt')).toBe('a\n');
      rmSync(path.join(made.root, '.git/refs/heads/main.lock'));
      expect((await finish(plan)).kind).toBe('landed');
      expect(status()).toBe('');
    });

    test('by a target that is checked out twice', async () => {
      made.git('worktree', 'add', '--quiet', '--force', path.join(made.folder, 'twin'), 'main');
      await expectBlocked(await planned(CHANGES), { reason: /checked out in .* and in/ });
    });

    test('by a target that is only another name', async () => {
      made.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
      await planned(CHANGES);
      await expect(made.workspaces.planLanding({ ...order, target: 'alias' })).rejects.toMatchObject({ code: 'TARGET_BLOCKED', hint: expect.stringContaining('--into main') as unknown });
    });
  });

  describe('killed', () => {
    test('between files and branch: a repeated call finishes', async () => {
      const plan = await planned(CHANGES);
      made.git('read-tree', '-m', '-u', plan.targetBefore, plan.commit);
      expect(await finish(plan)).toEqual({ kind: 'landed', commit: plan.commit });
      expect(status()).toBe('');
    });

    test('between files and branch: a new plan finishes, and what the user did since stays', async () => {
      const first = await planned(CHANGES);
      made.git('read-tree', '-m', '-u', first.targetBefore, first.commit);
      made.write({ 'src/a.txt': 'edited since\n', 'src/c.txt': 'dirty\n' });
      const plan = await planAgain();
      expect((await finish(plan)).kind).toBe('landed');
      expect(status()).toBe(' M src/a.txt\n M src/c.txt\n');
      expect(read('src/a.txt')).toBe('edited since\n');
    });

    test('between files and branch, and committed by the user: nothing is left to land', async () => {
      const plan = await planned(CHANGES);
      made.git('read-tree', '-m', '-u', plan.targetBefore, plan.commit);
      made.git('commit', '--quiet', '--message', 'By the user');
      expect(await finish(plan)).toEqual({ kind: 'target_moved' });
      expect(await made.workspaces.planLanding(order)).toEqual({ kind: 'empty', targetBefore: made.head() });
      expect(status()).toBe('');
    });

    test('in the middle of the files: those that are done are taken as they are', async () => {
      const plan = await planned({ ...CHANGES, 'src/d.txt': 'd2\n' }, (folder) => {
        made.link('a.txt', path.join(folder, 'src/link'));
        chmodSync(path.join(folder, 'run.sh'), 0o755);
      });
      // The index is written last, so it is still the old one.
      made.write({ 'src/a.txt': 'new\n', 'src/b.txt': null, 'src/n.txt': 'n\n' });
      made.link('a.txt', path.join(made.root, 'src/link'));
      chmodSync(path.join(made.root, 'run.sh'), 0o755);
      expect(await finish(plan)).toEqual({ kind: 'landed', commit: plan.commit });
      expect(status()).toBe('');
      expect(readlinkSync(path.join(made.root, 'src/link'))).toBe('a.txt');
    });

    test('after the branch: a repeated call says landed', async () => {
      const plan = await planned(CHANGES);
      await finish(plan);
      made.write({ 'src/a.txt': 'the user goes on\n' });
      expect(await finish(plan)).toEqual({ kind: 'landed', commit: plan.commit });
      expect(read('src/a.txt')).toBe('the user goes on\n');
    });
  });

  test('takes a touched file for unchanged', async () => {
    const plan = await planned(CHANGES);
    utimesSync(path.join(made.root, 'src/a.txt'), 1_000, 1_000);
    expect((await finish(plan)).kind).toBe('landed');
    expect(status()).toBe('');
  });

  test('accepts files of the user that already are what lands', async () => {
    const plan = await planned(CHANGES);
    made.write({ 'src/n.txt': 'n\n', 'src/a.txt': 'new\n' });
    expect((await finish(plan)).kind).toBe('landed');
    expect(status()).toBe('');
  });

  test('replaces a folder by a file and a file by a folder', async () => {
    const plan = await planned({ folder: null, 'src/a.txt': null }, (folder) => made.write({ folder: 'a file now\n', 'src/a.txt/inside.txt': 'x\n' }, folder));
    expect((await finish(plan)).kind).toBe('landed');
    expect(status()).toBe('');
    expect(read('folder')).toBe('a file now\n');
    expect(read('src/a.txt/inside.txt')).toBe('x\n');
  });

  test('lands into a linked worktree that has the target checked out', async () => {
    made.git('checkout', '--quiet', '-b', 'elsewhere');
    const linked = path.join(made.folder, 'linked here');
    made.git('worktree', 'add', '--quiet', linked, 'main');
    const plan = await planned(CHANGES);
    expect(plan.checkoutPath).toBe(linked);
    expect((await finish(plan)).kind).toBe('landed');
    expect(made.gitIn(linked, 'status', '--porcelain')).toBe('');
    expect(readFileSync(path.join(linked, 'src/a.txt'), 'utf8')).toBe('new\n');
    expect(read('src/a.txt')).toBe('a\n');
  });

  test('moves the branch of a worktree whose folder is gone', async () => {
    made.git('checkout', '--quiet', '-b', 'elsewhere');
    const linked = path.join(made.folder, 'linked');
    made.git('worktree', 'add', '--quiet', linked, 'main');
    rmSync(linked, { recursive: true });
    expect((await finish(await planned(CHANGES))).kind).toBe('landed');
  });

  test('goes along with what another one landed between files and branch', async () => {
    const plan = await planned(CHANGES);
    made.git('read-tree', '-m', '-u', plan.targetBefore, plan.commit);
    const tree = made.git('rev-parse', 'HEAD^{tree}').trim();
    made.git('update-ref', 'refs/heads/main', made.git('commit-tree', tree, '-p', plan.targetBefore, '-m', 'Another').trim());
    expect(await finish(plan)).toEqual({ kind: 'target_moved' });
  });

  test('is named in the reflog and has the user as its committer', async () => {
    made.git('config', 'user.name', 'Ute Ser');
    made.git('config', 'user.email', 'ute@example.test');
    const plan = await planned(CHANGES);
    await finish(plan);
    expect(made.git('reflog', '-1', '--format=%gs', 'main').trim()).toBe('ai: land t-aaaaaa');
    expect(made.git('show', '--no-patch', '--format=%cn <%ce> %an', plan.commit).trim()).toBe('Ute Ser <ute@example.test> ai');
  });
});

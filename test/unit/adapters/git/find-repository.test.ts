import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { findRepository } from '../../../../src/adapters/git/find-repository.js';
import { temporaryRepository, type RepositoryOptions, type TemporaryRepository } from '../../../support/temporary-repository.js';

describe('findRepository', () => {
  const open: TemporaryRepository[] = [];
  afterEach(() => {
    for (const repository of open.splice(0)) repository.close();
  });
  const repository = (options: RepositoryOptions = {}): TemporaryRepository => {
    const made = temporaryRepository(options);
    open.push(made);
    return made;
  };
  const mainOf = (made: TemporaryRepository) => ({ root: made.root, gitCommonDir: path.join(made.root, '.git'), headBranch: 'main', bare: false });

  test('finds nothing outside', () => {
    expect(findRepository(repository({ kind: 'none' }).root)).toBeNull();
    expect(findRepository('/')).toBeNull();
  });

  test('finds the repository from its top and from below', () => {
    const made = repository();
    mkdirSync(path.join(made.root, 'deep/er'), { recursive: true });
    expect(findRepository(made.root)).toEqual(mainOf(made));
    expect(findRepository(path.join(made.root, 'deep/er'))).toEqual(mainOf(made));
    expect(findRepository(path.join(made.root, 'does/not/exist'))).toEqual(mainOf(made));
  });

  test('knows the branch before the first commit, and none on a detached HEAD', () => {
    expect(findRepository(repository({ kind: 'empty' }).root)).toMatchObject({ headBranch: 'main' });
    const made = repository();
    made.git('checkout', '--quiet', '-b', 'topic/with/slashes');
    expect(findRepository(made.root)).toMatchObject({ headBranch: 'topic/with/slashes' });
    made.git('checkout', '--quiet', '--detach');
    expect(findRepository(made.root)).toMatchObject({ headBranch: null });
  });

  test('leads from a linked worktree to the main one', () => {
    const made = repository();
    const linked = path.join(made.folder, 'linked');
    made.git('worktree', 'add', '--quiet', '-b', 'side', linked);
    mkdirSync(path.join(linked, 'below'));
    expect(findRepository(path.join(linked, 'below'))).toEqual({ ...mainOf(made), headBranch: 'side' });
  });

  test('follows the .git file of a main worktree, from there and from a worktree inside of it', () => {
    const made = repository();
    made.git('init', '--quiet', '--separate-git-dir', path.join(made.folder, 'elsewhere.git'));
    const linked = path.join(made.root, '.ai/worktrees/x');
    made.git('worktree', 'add', '--quiet', '-b', 'side', linked);
    const expected = { root: made.root, gitCommonDir: path.join(made.folder, 'elsewhere.git'), bare: false };
    expect(findRepository(made.root)).toEqual({ ...expected, headBranch: 'main' });
    expect(findRepository(linked)).toEqual({ ...expected, headBranch: 'side' });
  });

  test('takes a submodule for a repository of its own, and its worktrees for its', () => {
    const inner = repository();
    const outer = repository();
    outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'sub');
    const sub = path.join(outer.root, 'sub');
    const expected = { root: sub, gitCommonDir: path.join(outer.root, '.git/modules/sub'), headBranch: 'main', bare: false };
    expect(findRepository(sub)).toEqual(expected);
    const linked = path.join(outer.folder, 'linked-sub');
    outer.gitIn(sub, 'worktree', 'add', '--quiet', '-b', 'side', linked);
    expect(findRepository(linked)).toEqual({ ...expected, headBranch: 'side' });
    expect(findRepository(outer.root)).toEqual(mainOf(outer));
  });

  test('says when a repository is bare', () => {
    const made = repository({ kind: 'empty', initArgs: ['--bare'] });
    expect(findRepository(made.root)).toMatchObject({ gitCommonDir: made.root, bare: true });
    expect(findRepository(path.join(made.root, 'refs'))).toMatchObject({ bare: true });
  });

  test('works in a worktree of a bare repository', () => {
    const made = repository();
    const store = path.join(made.folder, 'store.git');
    made.gitIn(made.folder, 'clone', '--quiet', '--bare', made.root, store);
    const linked = path.join(made.folder, 'linked');
    made.gitIn(store, 'worktree', 'add', '--quiet', linked, 'main');
    expect(findRepository(linked)).toEqual({ root: linked, gitCommonDir: store, headBranch: 'main', bare: false });
  });

  test('leads from inside of .git to its working tree', () => {
    const made = repository();
    expect(findRepository(path.join(made.root, '.git/refs'))).toEqual(mainOf(made));
  });

  test('goes on to the parent when .git leads nowhere', () => {
    const made = repository();
    made.write({ 'broken/.git': 'gitdir: ../nowhere\n', 'odd/.git/README': 'not a repository\n' });
    expect(findRepository(path.join(made.root, 'broken'))).toEqual(mainOf(made));
    expect(findRepository(path.join(made.root, 'odd'))).toEqual(mainOf(made));
  });

  test('works with odd names', () => {
    for (const name of [' spaces ', 'quo"te\'s', 'new\nline', 'ünï — ✓', '-dash', 'a=[b]']) {
      const made = repository({ name });
      const linked = path.join(made.folder, `linked ${name}`);
      made.git('worktree', 'add', '--quiet', '-b', 'side', linked);
      expect(findRepository(made.root)).toEqual(mainOf(made));
      expect(findRepository(linked)).toEqual({ ...mainOf(made), headBranch: 'side' });
    }
  });

  test('follows relative pointers, as newer versions of git write them', () => {
    const made = repository();
    const linked = path.join(made.folder, 'linked');
    made.git('worktree', 'add', '--quiet', '-b', 'side', linked);
    writeFileSync(path.join(linked, '.git'), 'gitdir: ../project/.git/worktrees/linked\n');
    renameSync(made.folder, `${made.folder}-moved`);
    const moved = { root: `${made.folder}-moved/project`, gitCommonDir: `${made.folder}-moved/project/.git`, headBranch: 'side', bare: false };
    expect(findRepository(`${made.folder}-moved/linked`)).toEqual(moved);
    renameSync(`${made.folder}-moved`, made.folder);
  });
});

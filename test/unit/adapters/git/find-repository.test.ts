import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRepository } from '../../../../src/adapters/git/find-repository.js';
import { makeRepository, type TestRepository } from '../../../support/git-repository.js';

let repository: TestRepository;
beforeEach(() => {
  repository = makeRepository({ 'a.txt': 'a', 'deep/er/b.txt': 'b' });
});
afterEach(() => repository.dispose());

const common = (): string => path.join(repository.root, '.git');

/** What git itself says, from the same folder. */
function gitCommonDirFrom(folder: string): string {
  return realpathSync(path.resolve(folder, repository.gitIn(folder, 'rev-parse', '--git-common-dir')));
}

describe('findRepository', () => {
  it('finds root, git directory and branch from any folder below', () => {
    for (const folder of ['.', 'deep', 'deep/er', '.git/hooks', '.git', '.ai']) {
      expect(findRepository(path.join(repository.root, folder))).toEqual({ root: repository.root, gitCommonDir: common(), headBranch: 'main', bare: false });
    }
  });

  it('finds none above a folder without', () => {
    expect(findRepository(repository.outside)).toBeNull();
    expect(findRepository(path.join(repository.outside, 'not/there'))).toBeNull();
  });

  it('goes on upwards from a .git that is none', () => {
    mkdirSync(path.join(repository.root, 'deep/.git'));
    writeFileSync(path.join(repository.root, 'deep/er/.git'), 'nonsense');
    expect(findRepository(path.join(repository.root, 'deep/er'))?.root).toBe(repository.root);
  });

  it('answers the main root and the own branch in a linked worktree', () => {
    const linked = path.join(repository.outside, 'linked');
    repository.git('worktree', 'add', '-q', '-b', 'feature/one', linked);
    expect(findRepository(path.join(linked, 'deep'))).toEqual({ root: repository.root, gitCommonDir: common(), headBranch: 'feature/one', bare: false });
    expect(gitCommonDirFrom(linked)).toBe(common());
  });

  it('has no branch when HEAD is detached, and one before the first commit', () => {
    repository.git('checkout', '-q', '--detach');
    expect(findRepository(repository.root)?.headBranch).toBeNull();
    repository.git('checkout', '-q', '--orphan', 'fresh');
    expect(findRepository(repository.root)?.headBranch).toBe('fresh');
  });

  it('takes a submodule for a repository of its own, also from a worktree of it', () => {
    repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', repository.root, 'lib');
    const lib = path.join(repository.root, 'lib');
    expect(findRepository(path.join(lib, 'deep'))).toEqual({ root: lib, gitCommonDir: path.join(common(), 'modules/lib'), headBranch: 'main', bare: false });
    const linked = path.join(repository.outside, 'lib-linked');
    repository.gitIn(lib, 'worktree', 'add', '-q', '-b', 'other', linked);
    expect(findRepository(linked)).toMatchObject({ root: lib, headBranch: 'other' });
  });

  it('reports a bare repository, from inside, and from a worktree of it', () => {
    const bare = path.join(repository.outside, 'bare.git');
    repository.git('clone', '-q', '--bare', repository.root, bare);
    expect(findRepository(path.join(bare, 'objects'))).toEqual({ root: bare, gitCommonDir: bare, headBranch: 'main', bare: true });
    const linked = path.join(repository.outside, 'linked');
    repository.gitIn(bare, 'worktree', 'add', '-q', linked, '-b', 'feature');
    expect(findRepository(linked)).toMatchObject({ gitCommonDir: bare, headBranch: 'feature', bare: true });
  });

  it('follows a git directory that was put elsewhere, and links on the way', () => {
    const [tree, dir] = [path.join(repository.outside, 'tree'), path.join(repository.outside, 'elsewhere')];
    repository.git('init', '-q', '-b', 'main', `--separate-git-dir=${dir}`, tree);
    symlinkSync(tree, path.join(repository.outside, 'link'));
    expect(findRepository(path.join(repository.outside, 'link'))).toEqual({ root: tree, gitCommonDir: dir, headBranch: 'main', bare: false });
  });

  it('follows relative pointers', () => {
    const linked = path.join(repository.root, 'linked');
    repository.git('worktree', 'add', '-q', '-b', 'feature', linked);
    rmSync(path.join(linked, '.git'));
    writeFileSync(path.join(linked, '.git'), 'gitdir: ../.git/worktrees/linked\n');
    expect(findRepository(linked)).toMatchObject({ root: repository.root, headBranch: 'feature' });
  });

  it('reads bare and worktree only from the section that counts', () => {
    writeFileSync(path.join(common(), 'config'), '[core]\n\trepositoryformatversion = 0\n[remote "x"]\n\tbare = true\n[Core]\n\tbare = false\n[alias]\n\tbare = true\n');
    expect(findRepository(repository.root)?.bare).toBe(false);
    writeFileSync(path.join(common(), 'config'), '[core]\n\tbare\n');
    expect(findRepository(repository.root)?.bare).toBe(true);
  });
});

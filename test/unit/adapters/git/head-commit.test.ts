import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findHeadCommit } from '../../../../src/adapters/git/head-commit.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ai-head-'));
  git('init', '-q', '-b', 'main');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: readonly string[]): string {
  const result = spawnSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.invalid', ...args], { cwd: folder, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout.trim();
}

const commit = (): string => {
  git('commit', '-q', '--allow-empty', '-m', 'x');
  return git('rev-parse', 'HEAD');
};

describe('the commit that is checked out', () => {
  it('is what git says: on a branch, packed, through a symbolic ref, detached, and in a linked working tree', () => {
    const first = commit();
    expect(findHeadCommit(folder)).toBe(first);
    git('pack-refs', '--all');
    expect(findHeadCommit(folder)).toBe(first);
    git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
    git('symbolic-ref', 'HEAD', 'refs/heads/alias');
    expect(findHeadCommit(folder)).toBe(first);
    git('worktree', 'add', '-q', '-b', 'other', 'linked');
    expect(findHeadCommit(path.join(folder, 'linked'))).toBe(first);
    git('checkout', '-q', '--detach');
    const second = commit();
    expect([findHeadCommit(folder), findHeadCommit(path.join(folder, 'linked'))]).toEqual([second, first]);
  });

  it('is none on a branch without one, and without a repository', () => {
    expect(findHeadCommit(folder)).toBeNull();
    rmSync(path.join(folder, '.git'), { recursive: true });
    expect(findHeadCommit(folder)).toBeNull();
  });

  it('is not known where the files do not tell: that is another answer than none', () => {
    commit();
    writeFileSync(path.join(folder, '.git/HEAD'), 'ref: refs/heads/.invalid\n');
    expect(findHeadCommit(folder)).toBeUndefined();
    writeFileSync(path.join(folder, '.git/HEAD'), 'something else\n');
    expect(findHeadCommit(folder)).toBeUndefined();
  });
});

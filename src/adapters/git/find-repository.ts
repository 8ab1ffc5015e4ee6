import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface FoundRepository {
  /** Root of the main working tree, whatever linked worktree the search began in. */
  readonly root: string;
  readonly gitCommonDir: string;
  /** Branch checked out where the search began; null when HEAD is detached. */
  readonly headBranch: string | null;
  /** True when there is no working tree at all. */
  readonly bare: boolean;
}

/**
 * Finds the repository that a folder belongs to from its files alone, without a git process: every cold
 * command needs it. A submodule is a repository of its own. See gitrepository-layout(5).
 */
export function findRepository(startFolder: string): FoundRepository | null {
  for (let folder = path.resolve(startFolder); ; folder = path.dirname(folder)) {
    const gitDir = gitDirOf(folder);
    if (gitDir !== null) return describeWorktree(folder, gitDir);
    if (isGitDir(folder)) return { root: folder, gitCommonDir: folder, headBranch: headBranchOf(folder), bare: true };
    if (path.dirname(folder) === folder) return null;
  }
}

/** The git directory that `.git` in this folder is or names; null when there is none. */
function gitDirOf(folder: string): string | null {
  const place = path.join(folder, '.git');
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (found.isDirectory()) return isGitDir(place) ? place : null;
  const named = /^gitdir: (.+?)\s*$/s.exec(readFileSync(place, 'utf8'))?.[1];
  return named === undefined ? null : path.resolve(folder, named);
}

function describeWorktree(folder: string, gitDir: string): FoundRepository {
  const gitCommonDir = commonDirOf(gitDir);
  const linked = gitCommonDir !== gitDir;
  const bare = linked && isBare(gitCommonDir);
  return { root: linked ? mainRootOf(gitCommonDir, folder) : folder, gitCommonDir, headBranch: headBranchOf(gitDir), bare };
}

function commonDirOf(gitDir: string): string {
  const file = path.join(gitDir, 'commondir');
  return existsSync(file) ? path.resolve(gitDir, readFileSync(file, 'utf8').trim()) : gitDir;
}

/** The folder above `.git`; a repository whose git directory stands elsewhere names its working tree in core.worktree. */
function mainRootOf(gitCommonDir: string, fallback: string): string {
  if (path.basename(gitCommonDir) === '.git') return path.dirname(gitCommonDir);
  const worktree = configValue(gitCommonDir, 'worktree');
  return worktree === null ? fallback : path.resolve(gitCommonDir, worktree);
}

function isBare(gitDir: string): boolean {
  return configValue(gitDir, 'bare') === 'true' && path.basename(gitDir) !== '.git';
}

/** One key of the [core] section as git writes it; enough for the two that git itself sets. */
function configValue(gitDir: string, key: string): string | null {
  const file = path.join(gitDir, 'config');
  if (!existsSync(file)) return null;
  const core = /^\s*\[core\]([^[]*)/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  return new RegExp(`^\\s*${key}\\s*=\\s*(.*?)\\s*$`, 'm').exec(core)?.[1] ?? null;
}

function isGitDir(folder: string): boolean {
  return existsSync(path.join(folder, 'HEAD')) && existsSync(path.join(folder, 'objects')) && existsSync(path.join(folder, 'refs'));
}

function headBranchOf(gitDir: string): string | null {
  const file = path.join(gitDir, 'HEAD');
  if (!existsSync(file)) return null;
  return /^ref: refs\/heads\/(.+?)\s*$/s.exec(readFileSync(file, 'utf8'))?.[1] ?? null;
}

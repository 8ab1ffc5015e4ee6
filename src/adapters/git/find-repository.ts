import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** A repository as its files describe it. */
export interface FoundRepository {
  /** Top folder of the main working tree; of the linked one where we stand, when the main one does not exist or can't be found; the git folder itself when bare. */
  readonly root: string;
  /** Where objects, refs and configuration are shared by all working trees. */
  readonly gitCommonDir: string;
  /** Branch of the working tree where we stand; null when HEAD is detached or can't be read from a file (reftable). */
  readonly headBranch: string | null;
  /** We stand in a repository without any working tree. */
  readonly bare: boolean;
}

/** Deeper than any real path: folders are at least two characters of a path that systems limit to 4096. */
const MAX_LEVELS = 2_048;

/**
 * The repository around a folder, found without starting git: walks up to `.git`, follows `gitdir:` and
 * `commondir` (gitrepository-layout(5), git-worktree(1)). Null when there is none. A submodule is a repository of its own.
 */
export function findRepository(startFolder: string): FoundRepository | null {
  let folder = path.resolve(startFolder);
  for (let level = 0; level < MAX_LEVELS; level += 1) {
    const gitDir = gitDirOf(folder);
    if (gitDir !== null) return describe(folder, gitDir);
    if (isGitDir(folder)) return describeFromInside(folder);
    const parent = path.dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
  return null;
}

/** The folder that `.git` is or points to; null when there is no usable `.git` here. */
export function gitDirOf(workingTree: string): string | null {
  const dotGit = path.join(workingTree, '.git');
  if (isGitDir(dotGit)) return dotGit;
  const pointer = readLine(dotGit);
  if (!pointer?.startsWith('gitdir: ')) return null;
  const target = path.resolve(workingTree, pointer.slice('gitdir: '.length));
  return isGitDir(target) ? target : null;
}

function describe(workingTree: string, gitDir: string): FoundRepository {
  const gitCommonDir = commonDirOf(gitDir);
  const root = gitCommonDir === gitDir ? workingTree : (mainWorkingTree(gitCommonDir, workingTree) ?? workingTree);
  return { root, gitCommonDir, headBranch: branchOf(gitDir), bare: false };
}

/** Somebody stands in a bare repository, or inside of the `.git` folder of an ordinary one. */
function describeFromInside(gitDir: string): FoundRepository {
  const gitCommonDir = commonDirOf(gitDir);
  const root = mainWorkingTree(gitCommonDir, path.dirname(gitDir));
  return { root: root ?? gitCommonDir, gitCommonDir, headBranch: branchOf(gitDir), bare: root === null };
}

/** The shared folder does not name its working tree, except by its own place or by `core.worktree`, as in submodules. */
function mainWorkingTree(gitCommonDir: string, standing: string): string | null {
  const config = coreSettings(gitCommonDir);
  if (config.bare) return null;
  if (config.worktree !== null) return path.resolve(gitCommonDir, config.worktree);
  if (path.basename(gitCommonDir) === '.git') return path.dirname(gitCommonDir);
  return enclosingMainTree(gitCommonDir, standing);
}

/** `git init --separate-git-dir` leaves no way back; our own worktrees lie below the tree that is looked for. */
function enclosingMainTree(gitCommonDir: string, standing: string): string | null {
  let folder = path.dirname(standing);
  for (let level = 0; level < MAX_LEVELS; level += 1) {
    if (gitDirOf(folder) === gitCommonDir) return folder;
    const parent = path.dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
  return null;
}

/** The shared folder that a linked working tree's own git folder belongs to; itself otherwise. */
export function commonDirOf(gitDir: string): string {
  const pointer = readLine(path.join(gitDir, 'commondir'));
  return pointer === null ? gitDir : path.resolve(gitDir, pointer);
}

function branchOf(gitDir: string): string | null {
  const head = readLine(path.join(gitDir, 'HEAD'));
  const branch = /^ref: refs\/heads\/(.+)$/.exec(head ?? '')?.[1] ?? null;
  // What git writes in repositories whose refs are not files.
  return branch === '.invalid' ? null : branch;
}

interface CoreSettings {
  readonly bare: boolean;
  readonly worktree: string | null;
}

/** The two values that say where the working tree is; git writes them plainly. */
function coreSettings(gitCommonDir: string): CoreSettings {
  let section = '';
  let bare = false;
  let worktree: string | null = null;
  for (const line of (readText(path.join(gitCommonDir, 'config')) ?? '').split('\n')) {
    section = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.trim().toLowerCase() ?? section;
    const [, key = '', value = ''] = /^\s*(\w+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (section !== 'core') continue;
    if (key.toLowerCase() === 'bare') bare = /^(true|yes|on|1)\s*$/i.test(value);
    if (key.toLowerCase() === 'worktree') worktree = unquote(value);
  }
  return { bare, worktree };
}

function unquote(value: string): string {
  const trimmed = value.trim();
  const body = trimmed.startsWith('"') && trimmed.endsWith('"') ? trimmed.slice(1, -1) : trimmed;
  return body.replaceAll(/\\(.)/g, '$1');
}

function isGitDir(folder: string): boolean {
  if (readLine(path.join(folder, 'HEAD')) === null) return false;
  const shared = commonDirOf(folder);
  return isFolder(path.join(shared, 'objects')) && isFolder(path.join(shared, 'refs'));
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Content without the line end that closes it: a path may hold any other byte. */
function readLine(file: string): string | null {
  return readText(file)?.replace(/\r?\n$/, '') ?? null;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Missing, a folder, or not readable: then it does not describe a repository to us.
    return null;
  }
}

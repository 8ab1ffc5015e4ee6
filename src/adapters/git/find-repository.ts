import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/** A git repository, as found from one of its folders. All paths are absolute and free of symbolic links. */
export interface FoundRepository {
  /** Root of the main working tree, whatever linked worktree the search began in; the git directory itself when bare. */
  readonly root: string;
  /** The git directory that all working trees share. */
  readonly gitCommonDir: string;
  /** Branch checked out where the search began; null when HEAD is detached. */
  readonly headBranch: string | null;
  /** True when there is no working tree that could hold `.ai/`. */
  readonly bare: boolean;
}

/**
 * Finds the repository that a folder belongs to from its files alone, without a git process: every cold
 * command needs it. A submodule is a repository of its own. GIT_DIR and its like are not looked at.
 * See gitrepository-layout(5).
 */
export function findRepository(startFolder: string): FoundRepository | null {
  for (let folder = realPath(path.resolve(startFolder)); ; folder = path.dirname(folder)) {
    const found = repositoryAt(folder);
    if (found !== null) return found;
    if (path.dirname(folder) === folder) return null;
  }
}

function repositoryAt(folder: string): FoundRepository | null {
  const gitDir = gitDirOf(folder);
  if (gitDir !== null) return describe(gitDir, folder);
  if (!isCommonDir(folder)) return null;
  // We stand inside of a git directory: a bare one, or the `.git` of a working tree.
  return describe(folder, path.basename(folder) === '.git' ? path.dirname(folder) : null);
}

/** `workTree` is the folder that holds the `.git`, null when there is none. */
function describe(gitDir: string, workTree: string | null): FoundRepository {
  const linkedTo = readLine(path.join(gitDir, 'commondir'));
  const gitCommonDir = linkedTo === null ? gitDir : realPath(path.resolve(gitDir, linkedTo));
  const core = readCoreConfig(gitCommonDir);
  const headBranch = readHeadBranch(gitDir);
  if (core.bare) return { root: gitCommonDir, gitCommonDir, headBranch, bare: true };
  const root = linkedTo === null && workTree !== null ? workTree : mainWorkTree(gitCommonDir, core.worktree);
  // A git directory that was put elsewhere (`git init --separate-git-dir`) does not say where its working tree is.
  return { root: root ?? workTree ?? gitCommonDir, gitCommonDir, headBranch, bare: root === null && workTree === null };
}

function mainWorkTree(gitCommonDir: string, configured: string | null): string | null {
  if (path.basename(gitCommonDir) === '.git') return path.dirname(gitCommonDir);
  // Submodules: the git directory is inside of the one above, and names its working tree.
  return configured === null ? null : realPath(path.resolve(gitCommonDir, configured));
}

/** `.git` is a directory, or a file that names one (linked worktrees, submodules). */
function gitDirOf(folder: string): string | null {
  const dotGit = path.join(folder, '.git');
  const isFolder = statSync(dotGit, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder === undefined) return null;
  const named = isFolder ? dotGit : /^gitdir: (.+)$/.exec(readLine(dotGit) ?? '')?.[1];
  if (named === undefined) return null;
  const gitDir = realPath(path.resolve(folder, named));
  return isCommonDir(gitDir) || existsSync(path.join(gitDir, 'commondir')) ? gitDir : null;
}

function isCommonDir(folder: string): boolean {
  return existsSync(path.join(folder, 'HEAD')) && existsSync(path.join(folder, 'objects')) && existsSync(path.join(folder, 'refs'));
}

/** Null as well for the placeholder that a repository with the reftable format keeps there. */
function readHeadBranch(gitDir: string): string | null {
  const branch = /^ref: refs\/heads\/(.+)$/.exec(readLine(path.join(gitDir, 'HEAD')) ?? '')?.[1];
  return branch === undefined || branch === '.invalid' ? null : branch;
}

/** The two keys by which git itself says whether there is a working tree, and where; the last of each counts. */
function readCoreConfig(gitCommonDir: string): { readonly bare: boolean; readonly worktree: string | null } {
  const values = new Map<string, string>();
  let section = '';
  for (const line of readText(path.join(gitCommonDir, 'config')).split('\n')) {
    section = /^\s*\[(.*?)\]/.exec(line)?.[1]?.toLowerCase() ?? section;
    const found = section === 'core' ? /^\s*(bare|worktree)\s*(?:=\s*"?(.*?)"?\s*)?$/i.exec(line) : null;
    if (found !== null) values.set(String(found[1]).toLowerCase(), found[2] ?? 'true');
  }
  return { bare: /^(true|yes|on|1)$/i.test(values.get('bare') ?? ''), worktree: values.get('worktree') ?? null };
}

/** The first line; null when the file is missing or empty. */
function readLine(file: string): string | null {
  const line = readText(file).split('\n', 1)[0]?.trimEnd() ?? '';
  return line === '' ? null : line;
}

/** Empty when the file is missing, a folder, or not ours to read: git would not find a repository there either. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // As said above: it then does not describe a repository.
    return '';
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    // A folder that does not exist can still be named: the ones above it are looked at.
    return file;
  }
}

import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryName } from './git-dirs.js';
import type { Git } from './git.js';
import { makeReadable } from './make-readable.js';

/**
 * Linked worktrees, made and unmade by their files (gitrepository-layout(5)): `git worktree add` would run with the
 * user's configuration, and a killed one leaves states that it refuses to go on from. Writing the files again is always right.
 */
export interface WorktreeOrder {
  readonly git: Git;
  readonly gitCommonDir: string;
  readonly folder: string;
  /** A branch ref to be on, or a commit to be detached at. */
  readonly head: { readonly ref: string } | { readonly commit: string };
  readonly commit: string;
}

/** Checks out a commit into a new linked worktree: no hook, no filter, no attribute's program runs. Answers its index file. */
export async function addWorktree(order: WorktreeOrder): Promise<string> {
  const { git, gitCommonDir, folder, head, commit } = order;
  const adminDir = adminDirOf(gitCommonDir, folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The name is ours alone: what stands there, lock files included, was left by a killed attempt.
  await rm(adminDir, { recursive: true, force: true });
  await mkdir(adminDir, { recursive: true });
  await writeFile(path.join(adminDir, 'commondir'), '../..\n');
  await writeFile(path.join(adminDir, 'gitdir'), `${path.join(folder, '.git')}\n`);
  await writeFile(path.join(adminDir, 'HEAD'), 'ref' in head ? `ref: ${head.ref}\n` : `${head.commit}\n`);
  await writeFile(path.join(folder, '.git'), `gitdir: ${adminDir}\n`);
  const indexFile = indexFileOf(gitCommonDir, folder);
  await git.output(['read-tree', '--reset', '-u', commit], { workTree: folder, indexFile });
  return indexFile;
}

/**
 * Takes a worktree away. It leaves its place by one rename, so that a half-removed one is never taken for
 * one in which an agent deleted files.
 */
export async function dropWorktree(gitCommonDir: string, folder: string): Promise<void> {
  const trash = path.join(path.dirname(folder), `${TRASH}${path.basename(folder)}-${randomBytes(6).toString('hex')}`);
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) await rename(folder, trash);
  await rm(adminDirOf(gitCommonDir, folder), { recursive: true, force: true });
  await emptyTrash(path.dirname(folder));
}

const TRASH = '.trash-';

/** Also what a killed removal left. */
export async function emptyTrash(worktrees: string): Promise<void> {
  for (const name of await readdir(worktrees)) {
    if (name.startsWith(TRASH)) await removeFolder(path.join(worktrees, name));
  }
}

async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM'))) throw error;
    await makeReadable(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

/** The index that the agent's own git uses. */
export function indexFileOf(gitCommonDir: string, folder: string): string {
  return path.join(adminDirOf(gitCommonDir, folder), 'index');
}

/** Puts an index in the place of the agent's own, so that git in the worktree agrees with a commit that was made from outside. */
export async function replaceIndex(gitCommonDir: string, folder: string, indexFile: string): Promise<void> {
  const target = indexFileOf(gitCommonDir, folder);
  if (lstatSync(path.dirname(target), { throwIfNoEntry: false })?.isDirectory() !== true) return;
  // By a rename: should the agent have made a link of it, the link goes, not what it points to.
  const temporary = temporaryName(target);
  await copyFile(indexFile, temporary);
  await rename(temporary, target);
}

function adminDirOf(gitCommonDir: string, folder: string): string {
  return path.join(gitCommonDir, 'worktrees', `ai.${path.basename(folder)}`);
}

/** A working tree of the repository, the main one included. */
export interface WorkTree {
  readonly path: string;
  /** Its own git directory: HEAD, index, the state of a merge or rebase. */
  readonly gitDir: string;
  /** Branches that it holds on to: the one checked out, and the one that an unfinished rebase will write. */
  readonly branches: readonly string[];
}

/** The working trees that exist as folders. Reads files only. */
export function listWorkTrees(repository: { readonly root: string; readonly gitCommonDir: string }): readonly WorkTree[] {
  const { root, gitCommonDir } = repository;
  const admin = path.join(gitCommonDir, 'worktrees');
  const linked = (existsSync(admin) ? readdirSync(admin) : []).flatMap((name) => {
    const gitDir = path.join(admin, name);
    const dotGit = readText(path.join(gitDir, 'gitdir')).trim();
    return dotGit === '' ? [] : [{ path: path.dirname(path.resolve(gitDir, dotGit)), gitDir }];
  });
  return [{ path: root, gitDir: gitCommonDir }, ...linked].filter((tree) => existsSync(tree.path)).map((tree) => ({ ...tree, branches: branchesOf(tree.gitDir) }));
}

const BRANCH_FILES = ['rebase-merge/head-name', 'rebase-apply/head-name'];

function branchesOf(gitDir: string): readonly string[] {
  const refs = [readText(path.join(gitDir, 'HEAD')).replace(/^ref: /, ''), ...BRANCH_FILES.map((file) => readText(path.join(gitDir, file)))];
  return refs.map((ref) => /^refs\/heads\/(.+)$/.exec(ref.trim())?.[1]).filter((branch) => branch !== undefined);
}

function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

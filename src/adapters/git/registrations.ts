import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isSystemError } from './system-error.js';

/** What git knows about a linked working tree: a folder below `worktrees/` of the shared git folder. */
export interface Registration {
  /** Folder with the working tree's own HEAD and index. */
  readonly gitDir: string;
  readonly path: string;
  /** Checked-out branch, null when detached. */
  readonly branch: string | null;
  /** Commit that stands there without a branch. */
  readonly detachedHead: string | null;
}

/**
 * Every linked working tree, from the files that git keeps about them (gitrepository-layout(5)). One that git was
 * killed over does not say where it is: its own name, which git takes from the folder, tells for those in `ourFolder`.
 */
export async function listRegistrations(gitCommonDir: string, ourFolder: string): Promise<Registration[]> {
  const folder = path.join(gitCommonDir, 'worktrees');
  const names = await namesIn(folder);
  return Promise.all(names.map((name) => readRegistration(path.join(folder, name), path.join(ourFolder, name))));
}

async function readRegistration(gitDir: string, presumedPath: string): Promise<Registration> {
  const [pointer, head] = await Promise.all([readLine(path.join(gitDir, 'gitdir')), readLine(path.join(gitDir, 'HEAD'))]);
  return {
    gitDir,
    path: pointer === null ? presumedPath : path.dirname(path.resolve(gitDir, pointer)),
    branch: /^ref: refs\/heads\/(.+)$/.exec(head ?? '')?.[1] ?? null,
    detachedHead: /^[0-9a-f]{40,64}$/.exec(head ?? '')?.[0] ?? null,
  };
}

/** A folder of git may be removed by git itself when it becomes empty. */
const MAX_TRIES = 3;

export interface NewRegistration {
  readonly gitCommonDir: string;
  readonly path: string;
  /** Content of HEAD: a commit, or `ref: ` and a branch. */
  readonly head: string;
  /** Puts the index into the folder that it is given. */
  readonly writeIndex: (file: string) => Promise<void>;
}

/**
 * Registers a working tree as `git worktree add` does (gitrepository-layout(5)), but in one step: that command writes its files
 * one by one in the open, and every other git that looks in this moment fails, so that two could not be made at the same time.
 */
export async function addRegistration({ gitCommonDir, path: workTree, head, writeIndex }: NewRegistration): Promise<void> {
  const name = path.basename(workTree);
  const draft = path.join(scratchFolder(gitCommonDir), `new-${randomUUID()}`);
  const gitDir = path.join(gitCommonDir, 'worktrees', name);
  await mkdir(draft, { recursive: true });
  await Promise.all([
    writeFile(path.join(draft, 'HEAD'), `${head}\n`),
    writeFile(path.join(draft, 'commondir'), '../..\n'),
    writeFile(path.join(draft, 'gitdir'), `${workTree}/.git\n`),
    writeIndex(path.join(draft, 'index')),
    writeFile(path.join(workTree, '.git'), `gitdir: ${gitDir}\n`),
  ]);
  for (let attempt = 1; ; attempt += 1) {
    await mkdir(path.dirname(gitDir), { recursive: true });
    try {
      await rename(draft, gitDir);
      return;
    } catch (error) {
      if (attempt === MAX_TRIES || !isSystemError(error, 'ENOENT')) throw error;
    }
  }
}

/** Takes back exactly this registration, as `git worktree prune` does for those whose folder is gone; in one step as well. */
export async function removeRegistration(gitCommonDir: string, { gitDir }: Pick<Registration, 'gitDir'>): Promise<void> {
  const scratch = scratchFolder(gitCommonDir);
  await mkdir(scratch, { recursive: true });
  try {
    await rename(gitDir, path.join(scratch, `old-${randomUUID()}`));
  } catch (error) {
    // Somebody else has pruned it.
    if (!isSystemError(error, 'ENOENT')) throw error;
  }
  const old = (await readdir(scratch)).filter((name) => name.startsWith('old-'));
  await Promise.all(old.map((name) => rm(path.join(scratch, name), { recursive: true, force: true })));
}

/** On the same file system as the registrations, and out of sight of git. */
function scratchFolder(gitCommonDir: string): string {
  return path.join(gitCommonDir, 'ai-scratch');
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    // No linked working tree was ever made here.
    return [];
  }
}

async function readLine(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch {
    // Half made or just being removed by somebody else: then it is no working tree.
    return null;
  }
}

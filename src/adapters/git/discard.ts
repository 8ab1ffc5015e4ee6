import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { openFolders } from './open-folders.js';
import { isSystemError } from './system-error.js';

/**
 * Removes a folder so that it is gone at once or not at all: it is moved away first, because a worktree
 * that is half deleted looks like one in which somebody deleted files. What a killed call left is removed too.
 */
export async function discardFolder(aiFolder: string, folder: string): Promise<void> {
  const bin = path.join(aiFolder, 'run', 'bin');
  await mkdir(bin, { recursive: true });
  if (await exists(folder)) await moveAway(folder, path.join(bin, randomUUID()));
  await emptyBin(bin);
}

/** Moves a folder, content and all, to where nothing is ever deleted. Answers its new place. */
export async function setAside(aiFolder: string, folder: string): Promise<string> {
  const shelf = path.join(aiFolder, 'rescued');
  await mkdir(shelf, { recursive: true });
  const target = path.join(shelf, `${path.basename(folder)}-${randomUUID().slice(0, 8)}`);
  await rename(folder, target);
  return target;
}

async function moveAway(folder: string, target: string): Promise<void> {
  try {
    await rename(folder, target);
  } catch (error) {
    // Worktrees can be on a file system of their own.
    if (!isSystemError(error, 'EXDEV')) throw error;
    await removeTree(folder);
  }
}

async function removeTree(target: string): Promise<void> {
  try {
    await rm(target, { recursive: true, force: true });
  } catch {
    // Some tools make their folders read-only (module caches); the owner may change that.
    await openFolders(target);
    await rm(target, { recursive: true, force: true });
  }
}

/** What another call is removing at this moment, or what can't be removed now, is left for the next one. */
async function emptyBin(bin: string): Promise<void> {
  const names = await readdir(bin);
  await Promise.allSettled(names.map((name) => removeTree(path.join(bin, name))));
}

async function exists(target: string): Promise<boolean> {
  try {
    await lstat(target);
    return true;
  } catch {
    // Somebody else removed it first.
    return false;
  }
}

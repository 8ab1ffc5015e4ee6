import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunId, TaskId } from '../../domain/kernel/ids.js';

/** Where this adapter keeps its own things, all below `.ai/`. */
export interface Folders {
  /** The folder that holds `.ai/`. */
  readonly root: string;
  readonly aiFolder: string;
  /** `<task>-<token>` for a run, `check-<run>` for a check before landing. */
  readonly worktrees: string;
  /** A git directory of our own that shows the user's objects and branches, but not their configuration. */
  readonly view: string;
  /** A git directory of our own for work in place. */
  readonly inPlace: string;
  /** Index files that no agent has written, and what else is recorded about a workspace. */
  readonly records: string;
  /** Ignore rules that are in no commit. */
  readonly excludeFile: string;
}

export function gitFolders(root: string, aiFolder: string): Folders {
  const snapshots = path.join(aiFolder, 'snapshots');
  return {
    root,
    aiFolder,
    worktrees: path.join(aiFolder, 'worktrees'),
    view: path.join(snapshots, 'view'),
    inPlace: path.join(snapshots, 'git'),
    records: path.join(snapshots, 'records'),
    excludeFile: path.join(snapshots, 'exclude'),
  };
}

/** Also keeps these folders out of the user's `git status`, whatever the .gitignore of `.ai/` says. */
export async function makeFolders(folders: Folders): Promise<void> {
  for (const folder of [folders.worktrees, folders.records]) await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const folder of [folders.worktrees, path.dirname(folders.view)]) {
    const ignoreFile = path.join(folder, '.gitignore');
    if (!existsSync(ignoreFile)) await writeFile(ignoreFile, '*\n');
  }
}

export function workspaceName(taskId: TaskId, token: number): string {
  return `${taskId}-${token}`;
}

export function checkName(runId: RunId): string {
  return `check-${runId}`;
}

/** The token in the name of a workspace of the task, null for any other name. */
export function tokenOf(name: string, taskId: TaskId): number | null {
  const digits = name.startsWith(`${taskId}-`) ? name.slice(taskId.length + 1) : '';
  return /^\d{1,16}$/.test(digits) ? Number(digits) : null;
}

/** True for a real folder directly below `worktrees`: not deleted, not replaced by a link to somewhere else. */
export function isWorkspaceFolder(folders: Folders, folder: string): boolean {
  if (path.dirname(folder) !== folders.worktrees || lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  return realpathSync(folder) === path.join(realpathSync(folders.aiFolder), path.basename(folders.worktrees), path.basename(folder));
}

export function branchOf(taskId: TaskId): string {
  return `ai/${taskId}`;
}

export const branchRef = (branch: string): string => `refs/heads/${branch}`;
export const runRef = (runId: RunId): string => `refs/ai/runs/${runId}`;
/** Work that was found in a workspace and is on no other ref. */
export const rescueRef = (name: string): string => `refs/ai/rescued/${name}`;

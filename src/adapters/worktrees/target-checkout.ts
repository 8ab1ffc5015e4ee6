import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import type { Context } from './context.js';
import { gitDirOf } from './find-repository.js';

/** A working tree that has a branch in use. */
export interface Checkout {
  readonly path: string;
  /** Folder with its HEAD and index. */
  readonly gitDir: string;
  /** What is under way there, in words; null when nothing is. */
  readonly operation: string | null;
}

/**
 * The working trees that have a branch checked out, or stand in the middle of rebasing it. One whose folder is
 * gone does not count: it has no files that could fall behind.
 */
export async function findCheckouts(context: Context, branch: string): Promise<Checkout[]> {
  const ref = `refs/heads/${branch}`;
  const { stdout } = await context.git({ cwd: context.root, args: ['worktree', 'list', '--porcelain', '-z'] });
  const found = await Promise.all(stdout.split('\0\0').map((block) => readBlock(block, ref)));
  return found.filter((checkout) => checkout !== null);
}

async function readBlock(block: string, ref: string): Promise<Checkout | null> {
  const fields = block.split('\0');
  const valueOf = (key: string): string | undefined => fields.find((field) => field.startsWith(`${key} `))?.slice(key.length + 1);
  const folder = valueOf('worktree');
  const gitDir = folder === undefined ? null : gitDirOf(folder);
  if (folder === undefined || gitDir === null) return null;
  const isCheckedOut = valueOf('branch') === ref;
  if (!isCheckedOut && !(await isRebasing(gitDir, ref))) return null;
  return { path: folder, gitDir, operation: await operationInProgress(gitDir) };
}

async function isRebasing(gitDir: string, ref: string): Promise<boolean> {
  const names = await Promise.all(['rebase-merge', 'rebase-apply'].map((folder) => readFile(path.join(gitDir, folder, 'head-name'), 'utf8').catch(() => '')));
  return names.some((name) => name.trim() === ref);
}

const OPERATIONS: readonly (readonly [string, string])[] = [
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['sequencer', 'a cherry-pick or revert'],
  ['BISECT_LOG', 'a bisection'],
];

async function operationInProgress(gitDir: string): Promise<string | null> {
  for (const [name, words] of OPERATIONS) {
    if (await exists(path.join(gitDir, name))) return words;
  }
  return null;
}

export async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    // Not there: the usual case.
    return false;
  }
}

/** Moving an alias would move, or cut off, the branch behind it. Throws TARGET_BLOCKED. */
export async function refuseAlias(context: Context, order: { readonly target: string; readonly taskId: string }): Promise<void> {
  const { stdout } = await context.git({ cwd: context.root, args: ['for-each-ref', '--format=%(refname)%00%(symref)', `refs/heads/${order.target}`] });
  const line = stdout.split('\n').find((text) => text.startsWith(`refs/heads/${order.target}\0`));
  const real = line?.split('\0')[1]?.replace(/^refs\/heads\//, '') ?? '';
  if (real === '') return;
  throw new AiError({
    code: 'TARGET_BLOCKED',
    message: `${order.taskId} can't land on ${order.target}: it is only another name for ${real}.`,
    hint: `ai task merge ${order.taskId} --into ${real}`,
    details: { task: order.taskId, target: order.target, behind: real },
  });
}

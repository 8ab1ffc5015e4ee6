import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { needFacts, type Context } from './context.js';
import { gitDirOf } from './find-repository.js';

/** A working tree that has a branch in use. */
export interface Checkout {
  readonly path: string;
  /** Folder with its HEAD and index. */
  readonly gitDir: string;
  /** What forbids to move it, in words; null when nothing does. */
  readonly hindrance: string | null;
}

/**
 * The working trees that have a branch checked out, or stand in the middle of rebasing it. A linked one whose folder is
 * gone does not count: it has no files that could fall behind.
 */
export async function findCheckouts(context: Context, branch: string): Promise<Checkout[]> {
  const ref = `refs/heads/${branch}`;
  const { gitCommonDir } = await needFacts(context);
  const { stdout } = await context.git({ cwd: context.root, args: ['worktree', 'list', '--porcelain', '-z'] });
  const listed = stdout.split('\0\0').map((block, index) => parseBlock(block, { ref, isMain: index === 0 }));
  const found = await Promise.all(listed.map((worktree) => (worktree.isMain ? readMain(context, gitCommonDir, worktree) : readLinked(worktree))));
  return found.filter((checkout) => checkout !== null);
}

interface Listed {
  readonly ref: string;
  readonly isMain: boolean;
  readonly path: string;
  readonly isBare: boolean;
  readonly isCheckedOut: boolean;
}

function parseBlock(block: string, about: Pick<Listed, 'ref' | 'isMain'>): Listed {
  const fields = block.split('\0');
  const valueOf = (key: string): string | undefined => fields.find((field) => field.startsWith(`${key} `))?.slice(key.length + 1);
  return { ...about, path: valueOf('worktree') ?? '', isBare: fields.includes('bare'), isCheckedOut: valueOf('branch') === about.ref };
}

/** git names the main working tree after its git folder, which is wrong for submodules and separate git folders. */
async function readMain(context: Context, gitCommonDir: string, listed: Listed): Promise<Checkout | null> {
  if (gitDirOf(context.root) === gitCommonDir) return inUse({ ...listed, path: context.root }, gitCommonDir);
  if (gitDirOf(listed.path) === gitCommonDir) return inUse(listed, gitCommonDir);
  if (listed.isBare || !listed.isCheckedOut) return null;
  return { path: listed.path, gitDir: gitCommonDir, hindrance: `it is checked out in the main working tree of ${gitCommonDir}, which can't be found` };
}

async function readLinked(listed: Listed): Promise<Checkout | null> {
  const gitDir = gitDirOf(listed.path);
  return gitDir === null ? null : inUse(listed, gitDir);
}

async function inUse(listed: Listed, gitDir: string): Promise<Checkout | null> {
  if (!listed.isCheckedOut && !(await isRebasing(gitDir, listed.ref))) return null;
  const operation = await operationInProgress(gitDir);
  return { path: listed.path, gitDir, hindrance: operation === null ? null : `${operation} is under way in ${listed.path}` };
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

import { isAiError } from '../../domain/kernel/errors.js';
import type { LandResult } from '../../ports/workspaces.js';
import { listChanges, type TreeChange } from './changes.js';
import type { Context } from './context.js';
import { findObstacles } from './obstacles.js';
import { pathText } from './quoted-path.js';
import type { Checkout } from './target-checkout.js';

export type Blocked = Extract<LandResult, { kind: 'blocked' }>;

/**
 * Moves index and files of a working tree along with its branch, by fast-forward. Answers what is in the way,
 * and then nothing was touched.
 */
export async function moveFiles(context: Context, checkout: Checkout, plan: { readonly targetBefore: string; readonly commit: string }): Promise<Blocked | null> {
  const changes = await listChanges(context.git, await context.objects(), { base: plan.targetBefore, head: plan.commit });
  const obstacles = await findObstacles(context, checkout.path, changes);
  if (obstacles.paths.length > 0) {
    const paths = obstacles.paths.map(pathText);
    return { kind: 'blocked', reason: `uncommitted changes in ${checkout.path} are in the way: ${paths.join(', ')}`, paths };
  }
  await takeOver(context, checkout, obstacles.alreadyThere);
  return fastForward(context, checkout, { from: plan.targetBefore, to: plan.commit });
}

/** What the files already hold goes into the index, and git then finds it done. */
async function takeOver(context: Context, checkout: Checkout, changes: readonly TreeChange[]): Promise<void> {
  if (changes.length === 0) return;
  const entries = changes.map(({ after, path }) => `${after.mode === '000000' ? '0' : after.mode} ${after.object}\t${path}\n`);
  await context.git({ cwd: checkout.path, args: ['update-index', '--add', '--replace', '--index-info'], stdin: entries.join('') });
}

/** git-read-tree(1), two-tree merge: refuses before it touches anything when a path that changes is not clean. */
async function fastForward(context: Context, checkout: Checkout, move: { readonly from: string; readonly to: string }): Promise<Blocked | null> {
  try {
    await context.git({ cwd: checkout.path, args: ['read-tree', '-m', '-u', '--no-recurse-submodules', move.from, move.to] });
    return null;
  } catch (error) {
    if (!isAiError(error, 'GIT_FAILED')) throw error;
    const paths = [...error.message.matchAll(/(?:file|Entry|Updating) '(.+?)'/g)].map((match) => match[1] ?? '');
    return { kind: 'blocked', reason: `git can't update ${checkout.path} (${error.message})`, paths };
  }
}

/** The branch went elsewhere meanwhile. If the user has changed files again in this moment, they stay as they are. */
export async function moveFilesBack(context: Context, checkout: Checkout, move: { readonly from: string; readonly to: string }): Promise<void> {
  await fastForward(context, checkout, move);
}

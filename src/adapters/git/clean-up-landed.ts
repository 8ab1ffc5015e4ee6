import { isAiError } from '../../domain/kernel/errors.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import { taskBranch, type Context } from './context.js';
import { findForeignCheckout, worktreesOf } from './earlier-worktrees.js';
import { resolveObjects } from './objects.js';
import { keepCommit, removeStaleLocks, updateRefs } from './refs.js';
import { retire } from './retire.js';

/** Workspaces.cleanUpLanded. A worktree that can't be removed without a loss stays, and with it the branch; so does a branch that a person looks at. */
export async function cleanUpLanded(context: Context, taskId: TaskId): Promise<void> {
  let isFree = true;
  for (const worktree of await worktreesOf(context, taskId)) {
    isFree = (await retire(context, { taskId, path: worktree, keptOn: [], base: null })) && isFree;
  }
  if (!isFree || (await findForeignCheckout(context, taskId)) !== null) return;
  const ref = `refs/heads/${taskBranch(taskId)}`;
  const [tip = null] = await resolveObjects(context, 'repository', [`${ref}^{commit}`]);
  if (tip === null) return;
  await keepCommit(context, taskId, tip);
  await removeStaleLocks(context, [ref]);
  await removeBranch(context, ref, tip);
}

/** Two that land the same work clean up at the same time: that the branch is gone already is what both wanted. */
async function removeBranch(context: Context, ref: string, tip: string): Promise<void> {
  try {
    await updateRefs(context, [{ ref, to: null, from: tip }], 'ai: landed');
  } catch (error) {
    const [left = null] = await resolveObjects(context, 'repository', [`${ref}^{commit}`]);
    if (left !== null || !isAiError(error, 'GIT_FAILED')) throw error;
  }
}

import path from 'node:path';
import type { TaskId } from '../../domain/kernel/ids.js';
import { branchOf, branchRef } from './folders.js';
import { listWorkTrees } from './linked-worktrees.js';
import { workspacesOf } from './prepare-worktree.js';
import { resolveAll, updateRefs } from './refs.js';
import type { Repository } from './repository.js';
import { keepCommit, rescueAndDrop } from './rescue.js';

/**
 * Removes the workspaces and the branch of a task whose work has landed. Its history stays on `refs/ai/runs/*`.
 * A branch that somebody has checked out stays: without it, their working tree would have no commit.
 */
export async function cleanUpLanded(repository: Repository, taskId: TaskId): Promise<void> {
  const { git, folders } = repository;
  const branch = branchOf(taskId);
  const ref = branchRef(branch);
  for (const { name } of await workspacesOf(repository, taskId)) await rescueAndDrop(repository, { name, folder: path.join(folders.worktrees, name), refs: [ref] });
  const [tip] = await resolveAll(git, [`${ref}^{commit}`]);
  if (tip === null || listWorkTrees(repository).some((tree) => tree.branches.includes(branch))) return;
  await keepCommit(repository, taskId, tip);
  // A branch that moved in between is in use again, and stays.
  await updateRefs(git, [{ ref, to: null, from: tip }], 'ai: landed');
}

import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import type { RunId } from '../../domain/kernel/ids.js';
import { checkName } from './folders.js';
import { addWorktree, dropWorktree } from './linked-worktrees.js';
import type { Repository } from './repository.js';

/** A fresh, detached worktree of a commit; what an interrupted check left in its place goes. */
export async function addCheckWorktree({ git, gitCommonDir, folders }: Repository, commit: string, runId: RunId): Promise<string> {
  const folder = path.join(folders.worktrees, checkName(runId));
  await dropWorktree(gitCommonDir, folder);
  await addWorktree({ git, gitCommonDir, folder, head: { commit }, commit });
  return folder;
}

/** Throws WORKSPACE_FAILED for any other folder: a workspace may hold work. */
export async function dropCheckWorktree({ gitCommonDir, folders }: Repository, folder: string): Promise<void> {
  const isCheck = path.dirname(folder) === folders.worktrees && path.basename(folder).startsWith('check-');
  if (!isCheck) throw new AiError({ code: 'WORKSPACE_FAILED', message: `${folder} is no worktree of a check, so it is not removed.`, hint: 'git worktree list' });
  await dropWorktree(gitCommonDir, folder);
}

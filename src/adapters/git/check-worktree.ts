import path from 'node:path';
import type { RunId } from '../../domain/kernel/ids.js';
import { checkOut } from './checkout.js';
import { worktreesFolder, type Context } from './context.js';
import { removeState } from './private-state.js';
import { statePlace } from './state-place.js';
import { dropWorktree } from './retire.js';

/** Workspaces.checkoutForCheck: a fresh, detached working tree; what an interrupted check left is removed first. */
export async function checkoutForCheck(context: Context, commit: string, runId: RunId): Promise<string> {
  const name = `check-${runId}`;
  const workTree = path.join(worktreesFolder(context.aiFolder), name);
  const place = statePlace(context.aiFolder, name);
  await dropWorktree(context, workTree);
  await checkOut(context, { path: workTree, commit, branch: null, place });
  await removeState(place);
  return workTree;
}

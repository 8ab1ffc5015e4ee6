import type { TaskId } from '../../domain/kernel/ids.js';
import type { AppDeps } from '../deps.js';
import { resolveTaskId } from './resolve-id.js';

export interface DeletedTask {
  readonly id: TaskId;
  /** The branch that its unlanded work stays on, if any. */
  readonly keptBranch: string | null;
}

/** Removes a task that nobody works on and nothing depends on. Its events stay in the audit log, its work on its branch. */
export async function deleteTask(deps: Pick<AppDeps, 'store'>, idText: string): Promise<DeletedTask> {
  const id = await resolveTaskId(deps.store, idText);
  const run = await deps.store.latestRunWithBranch(id);
  await deps.store.deleteTask(id);
  return { id, keptBranch: run?.landedCommit == null ? (run?.branch ?? null) : null };
}

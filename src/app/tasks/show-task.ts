import type { Subtask, Task } from '../../domain/task/task.js';
import type { Run } from '../../domain/run/run.js';
import type { AppDeps } from '../deps.js';
import { resolveTaskId } from './resolve-id.js';

export interface TaskDetail {
  readonly task: Task;
  readonly subtasks: readonly Subtask[];
  readonly dependents: readonly string[];
  readonly lastRun: Run | null;
}

/** Everything that `ai task show` tells. Throws TASK_NOT_FOUND. */
export async function showTask(deps: Pick<AppDeps, 'store'>, idText: string): Promise<TaskDetail> {
  const id = await resolveTaskId(deps.store, idText);
  const task = await deps.store.getTask(id);
  const [subtasks, dependents, lastRun] = await Promise.all([deps.store.listSubtasks(id), deps.store.dependentsOf(id), deps.store.latestRun(id)]);
  return { task, subtasks, dependents, lastRun: lastRun ?? null };
}

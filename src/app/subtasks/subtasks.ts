import { makeId } from '../../domain/kernel/ids.js';
import { parseTitle } from '../../domain/task/task-input.js';
import type { Subtask } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';
import { parseIdempotencyKey } from '../tasks/create-task.js';
import { resolveSubtaskId, resolveTaskId } from '../tasks/resolve-id.js';

/** Adds one item to a task's checklist; the task's progress follows. Throws TASK_NOT_FOUND, INVALID_INPUT. */
export async function addSubtask(deps: Pick<AppDeps, 'store' | 'random'>, input: { readonly task: string; readonly title: string; readonly idempotencyKey: string | null }): Promise<Subtask> {
  const title = parseTitle(input.title);
  const key = parseIdempotencyKey(input.idempotencyKey);
  const taskId = await resolveTaskId(deps.store, input.task);
  return deps.store.addSubtask(taskId, { id: makeId('subtask', deps.random.bytes(6)), title }, key);
}

export async function listSubtasks(deps: Pick<AppDeps, 'store'>, task: string): Promise<readonly Subtask[]> {
  return deps.store.listSubtasks(await resolveTaskId(deps.store, task));
}

/** Idempotent. Throws SUBTASK_NOT_FOUND. */
export async function completeSubtask(deps: Pick<AppDeps, 'store'>, id: string): Promise<Subtask> {
  return deps.store.completeSubtask(await resolveSubtaskId(deps.store, id));
}

export async function deleteSubtask(deps: Pick<AppDeps, 'store'>, id: string): Promise<{ readonly id: string }> {
  const full = await resolveSubtaskId(deps.store, id);
  await deps.store.deleteSubtask(full);
  return { id: full };
}

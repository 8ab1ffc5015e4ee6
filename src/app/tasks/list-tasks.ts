import { AiError } from '../../domain/kernel/errors.js';
import { LIMITS } from '../../domain/kernel/limits.js';
import { oneOf } from '../../domain/task/task-input.js';
import { TASK_STATUSES } from '../../domain/task/task.js';
import type { TaskPage } from '../../ports/task-store.js';
import type { AppDeps } from '../deps.js';
import { resolveTaskId } from './resolve-id.js';

export interface ListTasksInput {
  readonly statuses: readonly string[];
  readonly ready: boolean;
  readonly labels: readonly string[];
  readonly project: string | null;
  readonly agent: string | null;
  readonly parent: string | null;
  readonly limit: number;
  /** `meta.next` of the page before. */
  readonly after: string | null;
}

/** One page of tasks, newest first. Throws INVALID_INPUT for an unknown status or a bad limit or cursor. */
export async function listTasks(deps: Pick<AppDeps, 'store'>, input: ListTasksInput): Promise<TaskPage> {
  const statuses = input.statuses.map((status) => oneOf(status, TASK_STATUSES, 'status'));
  if (!Number.isInteger(input.limit) || input.limit < 1 || input.limit > LIMITS.listPage) {
    throw new AiError({ code: 'INVALID_INPUT', message: `A page holds 1 to ${LIMITS.listPage} tasks.`, hint: 'ai task list --limit 50' });
  }
  const parent = input.parent === null ? null : await resolveTaskId(deps.store, input.parent);
  const filter = { statuses, ready: input.ready, labels: input.labels, project: input.project, agent: input.agent, parent };
  return deps.store.listTasks(filter, { limit: input.limit, after: parseCursor(input.after) });
}

function parseCursor(text: string | null): number | null {
  if (text === null) return null;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new AiError({ code: 'INVALID_INPUT', message: 'The cursor of --after is the value that the page before gave in meta.next.', hint: 'ai task list' });
  return value;
}

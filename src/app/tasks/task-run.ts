import { AiError } from '../../domain/kernel/errors.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import type { Run } from '../../domain/run/run.js';
import type { AppDeps } from '../deps.js';
import { resolveRunId, resolveTaskId } from './resolve-id.js';

/** The run that a command speaks of: the named one, or the task's newest. Throws RUN_NOT_FOUND. */
export async function runOfTask(deps: Pick<AppDeps, 'store'>, wanted: { readonly id: string; readonly run: string | null }): Promise<{ readonly taskId: TaskId; readonly run: Run }> {
  const taskId = await resolveTaskId(deps.store, wanted.id);
  const run = wanted.run === null ? await deps.store.latestRun(taskId) : await deps.store.getRun(await resolveRunId(deps.store, wanted.run));
  if (run?.taskId !== taskId) {
    const message = wanted.run === null ? `${taskId} has not been run yet.` : `Run ${wanted.run} does not belong to ${taskId}.`;
    throw new AiError({ code: 'RUN_NOT_FOUND', message, hint: wanted.run === null ? `ai task execute ${taskId}` : `ai task timeline ${taskId}` });
  }
  return { taskId, run };
}

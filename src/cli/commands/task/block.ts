import { changeTask } from '../../../app/tasks/change-task.js';
import { blockAsWorker } from '../../../app/tasks/worker-call.js';
import { parseIdPrefix } from '../../../domain/kernel/ids.js';
import { parseReason } from '../../../domain/task/task-input.js';
import type { Answer } from '../../io.js';
import { presentTask } from '../../present/task-change.js';
import type { ProjectContext } from '../../shell.js';
import { usage, waitMs } from '../options.js';
import { STOP_WAIT_MS } from './change.js';
import { tokenOf, taskIdOf, type WorkerOptions } from './worker-target.js';

interface BlockOptions extends WorkerOptions {
  readonly reason?: string;
  readonly wait?: string;
}

/** With a token, a worker gives its own task back; without one, a person sets any waiting task aside. */
export async function runBlock(context: ProjectContext, [idText]: readonly [string | undefined], options: BlockOptions): Promise<Answer> {
  const { deps, nowMs, host } = context;
  const id = taskIdOf(host, idText, 'block');
  const reason = parseReason(options.reason ?? '');
  if (reason === '') throw usage('Say why: the reason is what whoever unblocks the task needs to know.', `ai task block ${id} --reason "waits for the API key"`);
  if (options.token === undefined && !isOwnTask(context, id)) {
    return presentTask('task.block', await changeTask(deps, { id, command: { kind: 'block', reason }, waitMs: waitMs(options.wait, STOP_WAIT_MS) }), nowMs);
  }
  return presentTask('task.block', await blockAsWorker(deps, { id, token: tokenOf(host, options.token, `ai task block ${id}`) }, reason), nowMs);
}

/** The token of the environment belongs to one task. An agent that blocks another one acts as an owner. */
function isOwnTask({ host: { environment } }: ProjectContext, id: string): boolean {
  const own = environment['AI_TASK_ID'] ?? '';
  if ((environment['AI_LEASE_TOKEN'] ?? '') === '') return false;
  return own === '' || own.startsWith(parseIdPrefix('task', id));
}

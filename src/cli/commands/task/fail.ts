import { failTask } from '../../../app/tasks/worker-call.js';
import type { Answer } from '../../io.js';
import { presentTask } from '../../present/task-change.js';
import type { ProjectContext } from '../../shell.js';
import { usage } from '../options.js';
import { workerTarget, type WorkerOptions } from './worker-target.js';

interface FailOptions extends WorkerOptions {
  readonly reason?: string;
  readonly class?: string;
  /** False with --no-retry. */
  readonly retry: boolean;
}

export async function runFail({ deps, host, nowMs }: ProjectContext, [id]: readonly [string | undefined], options: FailOptions): Promise<Answer> {
  const target = workerTarget(host, id, { name: 'fail', token: options.token });
  const reason = options.reason?.trim() ?? '';
  if (reason === '') throw usage('Say what went wrong: the next attempt is told.', `ai task fail ${target.id} --token ${target.token} --reason "the tests need a database"`);
  return presentTask('task.fail', await failTask(deps, target, { reason, errorClass: options.class ?? 'unknown', retry: options.retry }), nowMs);
}

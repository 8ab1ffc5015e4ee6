import { releaseTask } from '../../../app/tasks/worker-call.js';
import type { Answer } from '../../io.js';
import { presentTask } from '../../present/task-change.js';
import type { ProjectContext } from '../../shell.js';
import { workerTarget, type WorkerOptions } from './worker-target.js';

export async function runRelease({ deps, host, nowMs }: ProjectContext, [id]: readonly [string | undefined], options: WorkerOptions): Promise<Answer> {
  const target = workerTarget(host, id, { name: 'release', token: options.token });
  return presentTask('task.release', await releaseTask(deps, target), nowMs);
}

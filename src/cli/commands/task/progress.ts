import { reportProgress } from '../../../app/tasks/worker-call.js';
import type { Answer } from '../../io.js';
import { presentTask } from '../../present/task-change.js';
import type { ProjectContext } from '../../shell.js';
import { wholeNumber } from '../options.js';
import { workerTarget, type WorkerOptions } from './worker-target.js';

interface ProgressOptions extends WorkerOptions {
  readonly percent?: string;
  readonly note?: string;
}

export async function runProgress({ deps, host, nowMs }: ProjectContext, [id]: readonly [string | undefined], options: ProgressOptions): Promise<Answer> {
  const target = workerTarget(host, id, { name: 'progress', token: options.token });
  const percent = options.percent === undefined ? null : wholeNumber(options.percent, { name: '--percent', min: 0, max: 100 });
  return presentTask('task.progress', await reportProgress(deps, target, { percent, note: options.note ?? null }), nowMs);
}

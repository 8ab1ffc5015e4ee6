import { completeTask } from '../../../app/tasks/worker-call.js';
import { LIMITS } from '../../../domain/kernel/limits.js';
import type { Answer } from '../../io.js';
import { presentTask } from '../../present/task-change.js';
import type { ProjectContext } from '../../shell.js';
import { parseResult } from './parse-result.js';
import { workerTarget, type WorkerOptions } from './worker-target.js';

interface CompleteOptions extends WorkerOptions {
  readonly result?: string;
}

export async function runComplete({ deps, host, io, nowMs }: ProjectContext, [id]: readonly [string | undefined], options: CompleteOptions): Promise<Answer> {
  const target = workerTarget(host, id, { name: 'complete', token: options.token });
  const text = options.result === '-' ? await io.readStdin(LIMITS.resultBytes) : options.result;
  return presentTask('task.complete', await completeTask(deps, target, text === undefined ? null : parseResult(text)), nowMs);
}

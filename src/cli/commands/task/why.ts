import { explainTask } from '../../../app/tasks/why-task.js';
import type { Answer } from '../../io.js';
import { presentWhy } from '../../present/task-why.js';
import type { ProjectContext } from '../../shell.js';

export async function runWhy({ deps, nowMs }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  return presentWhy(await explainTask(deps, id), nowMs);
}

import { showTask } from '../../../app/tasks/show-task.js';
import type { Answer } from '../../io.js';
import { presentTaskDetail } from '../../present/task-show.js';
import type { ProjectContext } from '../../shell.js';

export async function runShow({ deps, nowMs }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  return presentTaskDetail(await showTask(deps, id), nowMs);
}

import { listSubtasks } from '../../../app/subtasks/subtasks.js';
import type { Answer } from '../../io.js';
import { presentSubtasks } from '../../present/subtask.js';
import type { ProjectContext } from '../../shell.js';

export async function runList({ deps }: ProjectContext, [task]: readonly [string]): Promise<Answer> {
  return presentSubtasks(await listSubtasks(deps, task), task);
}

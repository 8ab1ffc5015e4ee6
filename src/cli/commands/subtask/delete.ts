import { deleteSubtask } from '../../../app/subtasks/subtasks.js';
import type { Answer } from '../../io.js';
import { presentSubtaskDeleted } from '../../present/subtask.js';
import type { ProjectContext } from '../../shell.js';

export async function runDelete({ deps }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  return presentSubtaskDeleted(await deleteSubtask(deps, id));
}

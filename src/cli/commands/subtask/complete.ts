import { completeSubtask } from '../../../app/subtasks/subtasks.js';
import type { Answer } from '../../io.js';
import { presentSubtask } from '../../present/subtask.js';
import type { ProjectContext } from '../../shell.js';

export async function runComplete({ deps }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  return presentSubtask('subtask.complete', await completeSubtask(deps, id));
}

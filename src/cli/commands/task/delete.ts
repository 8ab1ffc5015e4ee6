import { deleteTask } from '../../../app/tasks/delete-task.js';
import { showTask } from '../../../app/tasks/show-task.js';
import { escapeLine } from '../../escape.js';
import type { Answer } from '../../io.js';
import { presentDeleted, presentKept } from '../../present/task-change.js';
import type { ProjectContext } from '../../shell.js';

/** A prefix may name another task than the one that was meant, so that a person is asked; a script is not. */
export async function runDelete({ deps, io }: ProjectContext, [text]: readonly [string]): Promise<Answer> {
  const { task } = await showTask(deps, text);
  const isMeant = await io.confirm(`Delete ${task.id} (${task.status}) ${escapeLine(task.title)}?`, true);
  return isMeant ? presentDeleted(await deleteTask(deps, task.id)) : presentKept(task);
}

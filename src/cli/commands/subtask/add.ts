import { addSubtask } from '../../../app/subtasks/subtasks.js';
import type { Answer } from '../../io.js';
import { presentSubtask } from '../../present/subtask.js';
import type { ProjectContext } from '../../shell.js';

export async function runAdd({ deps }: ProjectContext, [task, title]: readonly [string, string], options: { readonly idempotencyKey?: string }): Promise<Answer> {
  return presentSubtask('subtask.add', await addSubtask(deps, { task, title, idempotencyKey: options.idempotencyKey ?? null }));
}

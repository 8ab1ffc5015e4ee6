import { editTask } from '../../../app/tasks/edit-task.js';
import type { Answer } from '../../io.js';
import { presentTask } from '../../present/task-change.js';
import type { ProjectContext } from '../../shell.js';
import { words } from '../options.js';
import { descriptionOf, entryOf, type TaskOptions } from './task-options.js';

interface EditOptions extends TaskOptions {
  readonly title?: string;
  readonly addDependsOn?: readonly string[];
  readonly removeDependsOn?: readonly string[];
  readonly addLabel?: readonly string[];
  readonly removeLabel?: readonly string[];
}

export async function runEdit(context: ProjectContext, [id]: readonly [string], options: EditOptions): Promise<Answer> {
  const description = await descriptionOf(context, options);
  const { title } = options;
  const set = { ...entryOf(options), ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) };
  const task = await editTask(context.deps, {
    id,
    set,
    addDependsOn: words(options.addDependsOn ?? []),
    removeDependsOn: words(options.removeDependsOn ?? []),
    addLabels: words(options.addLabel ?? []),
    removeLabels: words(options.removeLabel ?? []),
  });
  return presentTask('task.edit', task, context.nowMs);
}

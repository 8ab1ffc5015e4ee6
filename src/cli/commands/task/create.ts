import { createTask } from '../../../app/tasks/create-task.js';
import type { AiError } from '../../../domain/kernel/errors.js';
import type { Answer } from '../../io.js';
import { commandLine } from '../../present/format.js';
import { presentCreated } from '../../present/task-change.js';
import type { ProjectContext } from '../../shell.js';
import { usage } from '../options.js';
import { descriptionOf, entryOf, type TaskOptions } from './task-options.js';

const SHOWN_WORDS = 5;

interface CreateOptions extends TaskOptions {
  readonly idempotencyKey?: string;
}

export async function runCreate(context: ProjectContext, [title, dash, rest]: readonly [string, string | undefined, readonly string[]], options: CreateOptions): Promise<Answer> {
  if (rest.length > 0 || (dash !== undefined && dash !== '-')) throw severalWords([title, dash ?? '', ...rest]);
  const description = await descriptionOf(context, options, dash);
  const entry = { ...entryOf(options), title, ...(description === undefined ? {} : { description }) };
  const created = await createTask(context.deps, { entry, idempotencyKey: options.idempotencyKey ?? null });
  return presentCreated(created, context.nowMs);
}

function severalWords(given: readonly string[]): AiError {
  const [title = '', ...extra] = given;
  return usage(
    `The title is one argument, and ${commandLine(extra.slice(0, SHOWN_WORDS))} came after ${commandLine([title])}. Quote a title of several words, and repeat an option for each of its values.`,
    `ai task create ${commandLine([given.slice(0, SHOWN_WORDS + 1).join(' ')])}`,
  );
}

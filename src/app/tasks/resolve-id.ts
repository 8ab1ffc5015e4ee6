import { AiError } from '../../domain/kernel/errors.js';
import { ID_LENGTH, parseIdPrefix, quote, type IdKind, type RunId, type SubtaskId, type TaskId } from '../../domain/kernel/ids.js';
import type { RunStore } from '../../ports/run-store.js';
import type { TaskStore } from '../../ports/task-store.js';

const SHOWN_CANDIDATES = 10;

/** The task that the text names: a full id, or any prefix that only one id has. Throws TASK_NOT_FOUND, AMBIGUOUS_ID, INVALID_INPUT. */
export async function resolveTaskId(store: Pick<TaskStore, 'findTaskIds'>, text: string): Promise<TaskId> {
  const prefix = parseIdPrefix('task', text);
  return only(await store.findTaskIds(prefix, SHOWN_CANDIDATES + 1), { kind: 'task', text, code: 'TASK_NOT_FOUND', hint: 'ai task list' });
}

export async function resolveTaskIds(store: Pick<TaskStore, 'findTaskIds'>, texts: readonly string[]): Promise<TaskId[]> {
  const ids: TaskId[] = [];
  for (const text of texts) ids.push(await resolveTaskId(store, text));
  return [...new Set(ids)];
}

export async function resolveSubtaskId(store: Pick<TaskStore, 'findSubtaskIds'>, text: string): Promise<SubtaskId> {
  const prefix = parseIdPrefix('subtask', text);
  return only(await store.findSubtaskIds(prefix, SHOWN_CANDIDATES + 1), { kind: 'subtask', text, code: 'SUBTASK_NOT_FOUND', hint: 'ai subtask list TASK' });
}

export async function resolveRunId(store: Pick<RunStore, 'findRunIds'>, text: string): Promise<RunId> {
  const prefix = parseIdPrefix('run', text);
  return only(await store.findRunIds(prefix, SHOWN_CANDIDATES + 1), { kind: 'run', text, code: 'RUN_NOT_FOUND', hint: 'ai task timeline ID' });
}

interface Wanted {
  readonly kind: IdKind;
  readonly text: string;
  readonly code: 'TASK_NOT_FOUND' | 'SUBTASK_NOT_FOUND' | 'RUN_NOT_FOUND';
  readonly hint: string;
}

function only<T extends string>(candidates: readonly T[], wanted: Wanted): T {
  const exact = candidates.find((candidate) => candidate.length === ID_LENGTH + 2 && candidate === wanted.text.trim().toLowerCase());
  const [first, second] = candidates;
  if (exact !== undefined) return exact;
  if (first === undefined) throw new AiError({ code: wanted.code, message: `There is no ${wanted.kind} ${quote(wanted.text)}.`, hint: wanted.hint });
  if (second !== undefined) {
    const shown = candidates.slice(0, SHOWN_CANDIDATES);
    throw new AiError({
      code: 'AMBIGUOUS_ID',
      message: `${quote(wanted.text)} can be ${shown.join(', ')}${candidates.length > SHOWN_CANDIDATES ? ' and more' : ''}.`,
      hint: 'Type one more character of the id.',
      details: { candidates: shown },
    });
  }
  return first;
}

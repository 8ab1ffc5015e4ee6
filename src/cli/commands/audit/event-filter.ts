import { auditLog } from '../../../app/audit/audit-log.js';
import { resolveRunId, resolveTaskId } from '../../../app/tasks/resolve-id.js';
import { AiError, isAiError } from '../../../domain/kernel/errors.js';
import { ID_LENGTH, parseIdPrefix, quote } from '../../../domain/kernel/ids.js';
import type { ProjectContext } from '../../shell.js';
import { words } from '../options.js';

export interface FilterOptions {
  readonly task?: string;
  readonly run?: string;
  readonly type?: readonly string[];
}

type Deps = ProjectContext['deps'];
type EventFilter = Parameters<typeof auditLog>[1];

const TYPE = /^[a-z]+(\.[a-z_]+)+$/;

/** Throws TASK_NOT_FOUND, RUN_NOT_FOUND, AMBIGUOUS_ID, INVALID_INPUT. */
export async function eventFilter(deps: Deps, options: FilterOptions, sinceSeq: number): Promise<EventFilter> {
  const task = options.task === undefined ? null : await taskOfLog(deps, options.task);
  const run = options.run === undefined ? null : await resolveRunId(deps.store, options.run);
  return { sinceSeq, task, run, types: words(options.type ?? []).map(parseType) };
}

/** Events outlive their task: a whole id is enough when the log knows it. */
async function taskOfLog(deps: Deps, text: string): Promise<string> {
  try {
    return await resolveTaskId(deps.store, text);
  } catch (error) {
    if (!isAiError(error, 'TASK_NOT_FOUND')) throw error;
    const id = parseIdPrefix('task', text);
    const isWhole = id.length === ID_LENGTH + 't-'.length;
    if (!isWhole || (await auditLog(deps, { sinceSeq: 0, task: id, run: null, types: [] }, 1)).length === 0) throw error;
    return id;
  }
}

function parseType(text: string): string {
  if (!TYPE.test(text)) throw new AiError({ code: 'INVALID_INPUT', message: `${quote(text)} is no type of event; one looks like task.claimed.`, hint: 'ai audit log' });
  return text;
}

import type { CreatedTask } from '../../app/tasks/create-task.js';
import type { DeletedTask } from '../../app/tasks/delete-task.js';
import type { ImportResult } from '../../app/tasks/import-tasks.js';
import type { Task } from '../../domain/task/task.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { paintStatus, statusMark } from '../status-mark.js';
import { renderTable } from '../table.js';
import { count } from './format.js';
import { taskJson, whyBlocked } from './task-json.js';
import { nextCommand } from './task-next.js';

const SHOWN_IMPORTED = 50;

/** Any verb that answers the task as it is now: the state in words, and what to do next. */
export function presentTask(kind: string, task: Task, nowMs: number): Answer {
  return { kind, data: taskJson(task, nowMs), ids: [task.id], text: (view) => taskLines(task, view) };
}

export function presentCreated(created: CreatedTask, nowMs: number): Answer {
  const { task, repeated, warnings } = created;
  const first = repeated ? `${task.id} exists already under this idempotency key.` : `Created ${task.id}.`;
  return {
    kind: 'task.create',
    data: taskJson(task, nowMs),
    meta: { repeated },
    warnings,
    ids: [task.id],
    text: (view) => `${first}\n${taskLines(task, view)}`,
  };
}

function taskLines(task: Task, { style }: View): string {
  const reason = whyBlocked(task) ?? task.error?.message ?? null;
  const head = `${paintStatus(statusMark(task.status), task.status, style)}  ${style.bold(task.id)}  ${escapeLine(task.title)}`;
  return [head, ...(reason === null ? [] : [`  ${escapeLine(reason)}`]), style.dim(`next: ${nextCommand(task)}`)].join('\n');
}

export function presentImported(result: ImportResult, dryRun: boolean): Answer {
  const { tasks, repeated, warnings } = result;
  const first = repeated ? `${count(tasks.length, 'task')} exist already under this idempotency key.` : `${dryRun ? 'Would create' : 'Created'} ${count(tasks.length, 'task')}.`;
  return {
    kind: 'task.import',
    data: tasks.map(({ id, name, title }) => ({ id, name, title })),
    meta: { total: tasks.length, next: null, repeated, dryRun },
    warnings,
    ids: tasks.flatMap(({ id }) => (id === null ? [] : [id])),
    text: (view) => [first, importedTable(tasks, view), view.style.dim(dryRun ? 'Nothing was written.' : 'next: ai task list --ready')].join('\n'),
  };
}

function importedTable(tasks: ImportResult['tasks'], view: View): string {
  const table = renderTable(
    tasks.slice(0, SHOWN_IMPORTED),
    [
      { title: 'ID', value: ({ id }) => id ?? '-' },
      { title: 'NAME', value: ({ name }) => name ?? '-', shrink: true },
      { title: 'TITLE', value: ({ title }) => title, shrink: true },
    ],
    view,
  );
  const rest = tasks.length - SHOWN_IMPORTED;
  return rest > 0 ? `${table}\n${view.style.dim(`and ${rest} more: ai task list`)}` : table;
}

/** Somebody was asked and said no. */
export function presentKept({ id }: Task): Answer {
  return { kind: 'task.delete', data: { id, keptBranch: null }, exitCode: 1, text: () => `${id} was not deleted.` };
}

export function presentDeleted(deleted: DeletedTask): Answer {
  const { id, keptBranch } = deleted;
  const kept = keptBranch === null ? '' : ` Its work stays on the branch ${escapeLine(keptBranch)}.`;
  return { kind: 'task.delete', data: { id, keptBranch }, ids: [id], text: () => `Deleted ${id}; its events stay in the audit log.${kept}` };
}

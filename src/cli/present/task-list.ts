import type { listTasks, ListTasksInput } from '../../app/tasks/list-tasks.js';
import type { Task } from '../../domain/task/task.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { paintStatus, statusMark } from '../status-mark.js';
import { renderTable, type Column } from '../table.js';
import { age } from '../time.js';
import { commandLine, count } from './format.js';
import { taskJson, whyBlocked } from './task-json.js';

export type TaskPage = Awaited<ReturnType<typeof listTasks>>;

/** Below this width the note would leave nothing of the title. */
const COLUMNS_FOR_NOTE = 100;

export function presentTaskList(page: TaskPage, input: ListTasksInput, nowMs: number): Answer {
  const next = page.nextAfter === null ? null : String(page.nextAfter);
  return {
    kind: 'task.list',
    data: page.tasks.map((task) => taskJson(task, nowMs)),
    meta: { total: page.total, next },
    ids: page.tasks.map((task) => task.id),
    text: (view) => (page.tasks.length === 0 ? emptyList(page, input, view) : `${taskTable(page.tasks, view)}\n${footer(page, { input, next }, view)}`),
  };
}

function taskTable(tasks: readonly Task[], view: View): string {
  const who: Column<Task> = { title: 'WHO', value: (task) => task.lease?.holder ?? task.agent ?? '', shrink: true };
  const note: Column<Task> = { title: 'NOTE', value: (task) => noteOf(task, view.nowMs), shrink: true };
  const extra = [who, ...(view.columns < COLUMNS_FOR_NOTE ? [] : [note])].filter((column) => tasks.some((task) => column.value(task) !== ''));
  const columns: Column<Task>[] = [
    { title: 'ID', value: (task) => task.id },
    { title: 'STATUS', value: (task) => statusMark(task.status), paint: (cell, task, style) => paintStatus(cell, task.status, style) },
    { title: 'PRIORITY', value: (task) => task.priority },
    { title: 'TITLE', value: (task) => task.title, shrink: true },
    ...extra,
    { title: 'AGE', value: (task) => age(view.nowMs - task.createdAtMs), align: 'right' },
  ];
  return renderTable(tasks, columns, view);
}

function noteOf(task: Task, nowMs: number): string {
  if (task.status === 'claimed' || task.status === 'running') return task.progressNote === null ? `${task.progress} %` : `${task.progress} % ${task.progressNote}`;
  if (task.status === 'queued' && task.notBeforeMs !== null && task.notBeforeMs > nowMs) return `due in ${age(task.notBeforeMs - nowMs)}`;
  return whyBlocked(task) ?? task.error?.message ?? '';
}

function footer(page: TaskPage, { input, next }: { readonly input: ListTasksInput; readonly next: string | null }, { style }: View): string {
  if (next === null) return style.dim(count(page.total, 'task'));
  return style.dim(`${page.tasks.length} of ${count(page.total, 'task')}; more: ${nextPageCommand(input, next)}`);
}

/** The same list, continued: every filter of this call, and the cursor. */
function nextPageCommand(input: ListTasksInput, next: string): string {
  const filters = [
    ...input.statuses.flatMap((status) => ['--status', status]),
    ...(input.ready ? ['--ready'] : []),
    ...input.labels.flatMap((label) => ['--label', label]),
    ...valueOf('--project', input.project),
    ...valueOf('--agent', input.agent),
    ...valueOf('--parent', input.parent),
  ];
  return escapeLine(commandLine(['ai', 'task', 'list', ...filters, '--limit', String(input.limit), '--after', next]));
}

const valueOf = (flag: string, value: string | null): string[] => (value === null ? [] : [flag, value]);

function emptyList(page: TaskPage, input: ListTasksInput, { style }: View): string {
  if (page.total > 0) return `No more tasks.  ${style.dim('ai task list')}`;
  if (input.ready) return `No task is ready.  ${style.dim('ai task list --status blocked')}`;
  const isFiltered = input.statuses.length + input.labels.length > 0 || input.project !== null || input.agent !== null || input.parent !== null;
  return isFiltered ? `No task matches.  ${style.dim('ai task list')}` : `No tasks yet.  ${style.dim('ai task create "What should be done"')}`;
}

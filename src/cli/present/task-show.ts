import type { TaskDetail } from '../../app/tasks/show-task.js';
import type { StopRequest } from '../../domain/lease/lease.js';
import type { Run } from '../../domain/run/run.js';
import type { Subtask, Task } from '../../domain/task/task.js';
import { escapeLine, escapeText } from '../escape.js';
import type { Answer, Style, View } from '../io.js';
import { paintStatus, statusMark } from '../status-mark.js';
import { renderPairs } from '../table.js';
import { age } from '../time.js';
import { count, duration, someOf, stamp } from './format.js';
import { runJson } from './run-json.js';
import { subtaskJson, taskJson, whyBlocked } from './task-json.js';
import { nextCommand } from './task-next.js';

const SHOWN_IDS = 10;
const SHOWN_SUBTASKS = 50;
const SHOWN_DESCRIPTION_LINES = 40;
const SHOWN_RESULT_CHARACTERS = 2_000;

type Pair = readonly [label: string, value: string];

export function presentTaskDetail(detail: TaskDetail, nowMs: number): Answer {
  const { task, subtasks, dependents, lastRun } = detail;
  return {
    kind: 'task.show',
    data: {
      ...taskJson(task, nowMs),
      targetBranch: task.targetBranch,
      revision: task.revision,
      subtasks: subtasks.map(subtaskJson),
      dependents,
      lastRun: lastRun === null ? null : runJson(lastRun),
    },
    ids: [task.id],
    text: (view) => [heading(task, view), description(task), renderPairs(facts(detail, view), view.style), checklist(subtasks, view.style), result(task), next(task, view)].filter((part) => part !== '').join('\n\n'),
  };
}

function heading(task: Task, { style }: View): string {
  return `${style.bold(task.id)}  ${paintStatus(statusMark(task.status), task.status, style)}  ${style.bold(escapeLine(task.title))}`;
}

function description({ description: text }: Task): string {
  if (text.trim() === '') return '';
  const lines = escapeText(text.trimEnd()).split('\n');
  const rest = lines.length - SHOWN_DESCRIPTION_LINES;
  return [...lines.slice(0, SHOWN_DESCRIPTION_LINES), ...(rest > 0 ? [`… ${count(rest, 'more line')}; all of it with --json`] : [])].map((line) => `  ${line}`.trimEnd()).join('\n');
}

function facts(detail: TaskDetail, view: View): Pair[] {
  return [...stateFacts(detail, view), ...specFacts(detail), ...timeFacts(detail.task, view)].filter(([, value]) => value !== '');
}

function stateFacts({ task, lastRun }: TaskDetail, view: View): Pair[] {
  return [
    ['Why', escapeLine(whyBlocked(task) ?? '')],
    ['Error', task.error === null ? '' : `${task.error.class}: ${escapeLine(task.error.message)}`],
    ['Held by', task.lease === null ? '' : `${escapeLine(task.lease.holder)}, token ${task.lease.token}, ${untilText(task.lease.expiresAtMs, view.nowMs)}`],
    ['Stop asked', stopText(task.lease?.stop ?? null)],
    ['Progress', progressText(task)],
    ['Last run', lastRun === null ? '' : runText(lastRun)],
    ['Attempts', task.attempt === 0 ? '' : `${task.attempt} begun, ${task.failures} of ${task.maxAttempts} failed${task.lost === 0 ? '' : `, ${task.lost} lost`}`],
  ];
}

function stopText(stop: StopRequest | null): string {
  return stop === null ? '' : withRest(stop.kind, ': ', stop.reason);
}

function progressText(task: Task): string {
  return task.progress === 0 && task.progressNote === null ? '' : withRest(`${task.progress} %`, '  ', task.progressNote);
}

function runText(run: Run): string {
  return withRest(`${run.id} by ${run.agent}: ${run.outcome ?? run.phase}`, ', on ', run.branch);
}

function withRest(first: string, glue: string, rest: string | null): string {
  return rest === null ? first : `${first}${glue}${escapeLine(rest)}`;
}

function specFacts({ task, dependents }: TaskDetail): Pair[] {
  const unfinished = new Map(task.blockedBy.map(({ id, status }) => [id, status]));
  const dependsOn = task.dependsOn.map((id) => (unfinished.has(id) ? `${id} (${unfinished.get(id) ?? ''})` : `${id} ✓`));
  return [
    ['Priority', task.priority],
    ['Type', task.type === 'task' ? '' : escapeLine(task.type)],
    ['Depends on', someOf(dependsOn, SHOWN_IDS)],
    ['Needed by', someOf(dependents, SHOWN_IDS)],
    ['Parent', task.parent ?? ''],
    ['Writes', someOf(patterns(task, 'exclusive'), SHOWN_IDS)],
    ['Reads', someOf(patterns(task, 'shared'), SHOWN_IDS)],
    ['Checks', escapeLine(task.verify.join('; '))],
    ['Labels', escapeLine(task.labels.join(', '))],
    ['Requires', escapeLine(task.requires.join(', '))],
    ['Skills', escapeLine(task.skills.join(', '))],
    ['Agent', task.agent ?? ''],
    ['Project', escapeLine(task.project ?? '')],
    ['Isolation', task.isolation],
    ['Target', escapeLine(task.targetBranch ?? '')],
    ['Time limit', task.timeoutMs === null ? '' : duration(task.timeoutMs)],
    ['Budget', task.budgetUsd === null ? '' : `$${task.budgetUsd}`],
  ];
}

function patterns(task: Task, mode: string): string[] {
  return task.locks.filter((lock) => lock.mode === mode).map((lock) => escapeLine(lock.pattern));
}

function timeFacts(task: Task, { nowMs }: View): Pair[] {
  const notBeforeMs = task.status === 'queued' ? (task.notBeforeMs ?? nowMs) : nowMs;
  return [
    ['Not before', notBeforeMs > nowMs ? `${stamp(notBeforeMs)} UTC (in ${age(notBeforeMs - nowMs)})` : ''],
    ['Created', sinceText(task.createdAtMs, nowMs)],
    ['Started', task.startedAtMs === null ? '' : sinceText(task.startedAtMs, nowMs)],
    ['Finished', task.finishedAtMs === null ? '' : sinceText(task.finishedAtMs, nowMs)],
  ];
}

const sinceText = (ms: number, nowMs: number): string => `${stamp(ms)} UTC (${age(nowMs - ms)} ago)`;

function untilText(ms: number, nowMs: number): string {
  return ms > nowMs ? `until ${stamp(ms)} UTC (in ${age(ms - nowMs)})` : `until ${stamp(ms)} UTC (passed)`;
}

function checklist(subtasks: readonly Subtask[], style: Style): string {
  if (subtasks.length === 0) return '';
  const done = subtasks.filter((subtask) => subtask.done).length;
  const lines = subtasks.slice(0, SHOWN_SUBTASKS).map((subtask) => `  ${subtask.done ? style.green('[x]') : '[ ]'} ${subtask.id}  ${escapeLine(subtask.title)}`);
  const rest = subtasks.length - SHOWN_SUBTASKS;
  return [style.bold(`Checklist, ${done} of ${subtasks.length} done`), ...lines, ...(rest > 0 ? [`  and ${rest} more: ai subtask list ${subtasks[0]?.taskId ?? ''}`] : [])].join('\n');
}

function result({ result: value }: Task): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  const cut = text.length > SHOWN_RESULT_CHARACTERS ? `${text.slice(0, SHOWN_RESULT_CHARACTERS)}… (all of it with --json)` : text;
  return `Result\n${escapeText(cut).split('\n').map((line) => `  ${line}`).join('\n')}`;
}

function next(task: Task, { style }: View): string {
  return style.dim(`next: ${nextCommand(task)}`);
}

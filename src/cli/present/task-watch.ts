import type { Task } from '../../domain/task/task.js';
import { escapeLine } from '../escape.js';
import type { Answer } from '../io.js';
import { paintStatus, statusMark } from '../status-mark.js';
import { taskJson } from './task-json.js';

/** The watched tasks as they are when nothing more is to be expected of them. */
export function presentWatched(tasks: readonly Task[], nowMs: number): Answer {
  return {
    kind: 'task.watch',
    data: tasks.map((task) => taskJson(task, nowMs)),
    meta: { total: tasks.length, next: null },
    ids: tasks.map((task) => task.id),
    text: ({ style }) => tasks.map((task) => `${paintStatus(statusMark(task.status), task.status, style)}  ${task.id}  ${escapeLine(task.title)}`).join('\n'),
  };
}

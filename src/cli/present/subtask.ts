import type { Subtask } from '../../domain/task/task.js';
import { escapeLine } from '../escape.js';
import type { Answer } from '../io.js';
import { renderTable } from '../table.js';
import { subtaskJson } from './task-json.js';

export function presentSubtask(kind: 'subtask.add' | 'subtask.complete', subtask: Subtask): Answer {
  const done = kind === 'subtask.add' ? 'Added' : 'Completed';
  return {
    kind,
    data: subtaskJson(subtask),
    ids: [subtask.id],
    text: ({ style }) => `${done} ${style.bold(subtask.id)} ${escapeLine(subtask.title)}  ${style.dim(kind === 'subtask.add' ? `ai subtask complete ${subtask.id}` : `ai subtask list ${subtask.taskId}`)}`,
  };
}

export function presentSubtasks(subtasks: readonly Subtask[], taskText: string): Answer {
  return {
    kind: 'subtask.list',
    data: subtasks.map(subtaskJson),
    meta: { total: subtasks.length, next: null },
    ids: subtasks.map((subtask) => subtask.id),
    text: (view) => {
      if (subtasks.length === 0) return `The checklist is empty.  ${view.style.dim(`ai subtask add ${escapeLine(taskText)} "First step"`)}`;
      const done = subtasks.filter((subtask) => subtask.done).length;
      const table = renderTable(
        subtasks,
        [
          { title: 'ID', value: (subtask) => subtask.id },
          { title: 'DONE', value: (subtask) => (subtask.done ? '✓ yes' : '○ no'), paint: (cell, subtask, style) => (subtask.done ? style.green(cell) : cell) },
          { title: 'TITLE', value: (subtask) => subtask.title, shrink: true },
        ],
        view,
      );
      return `${table}\n${view.style.dim(`${done} of ${subtasks.length} done`)}`;
    },
  };
}

export function presentSubtaskDeleted({ id }: { readonly id: string }): Answer {
  return { kind: 'subtask.delete', data: { id }, ids: [id], text: () => `Deleted ${id}.` };
}

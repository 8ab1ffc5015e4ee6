import type { RunLogEntry } from '../../app/tasks/task-logs.js';
import type { Answer } from '../io.js';
import { AgentEventLines } from './agent-event-lines.js';
import { runLogJson } from './event-json.js';

/** One document of a run's log. `next` is the sequence number to go on after. */
export function presentRunLog(entries: readonly RunLogEntry[], next: number | null): Answer {
  return {
    kind: 'task.logs',
    data: entries.map(runLogJson),
    meta: { total: null, next: next === null ? null : String(next) },
    text: ({ style }) => {
      const lines = new AgentEventLines(style);
      return [...entries.flatMap((entry) => lines.push(entry.event)), ...lines.end()].join('\n');
    },
  };
}

import type { TaskGraph } from '../../app/tasks/graph-tasks.js';
import type { TaskStatus } from '../../domain/task/task.js';
import { escapeLine } from '../escape.js';
import { statusMark } from '../status-mark.js';

const FILLS: Readonly<Record<TaskStatus, string>> = {
  queued: '#eeeeee',
  claimed: '#cfe8fc',
  running: '#9fd0f7',
  blocked: '#fde9b3',
  paused: '#fde9b3',
  review: '#fbd38d',
  done: '#c6efce',
  failed: '#f8c4c4',
  cancelled: '#dddddd',
  skipped: '#dddddd',
};

/** Everything but letters, digits and plain punctuation: a quote would end the label, `<` starts HTML, a backtick starts Markdown. */
const NOT_PLAIN = /[^\p{L}\p{M}\p{N}\p{So} .,:;!?()+*=/@_–—-]/gu;

/** A Mermaid flowchart: an arrow from what comes first to what needs it. */
export function graphMermaid(graph: TaskGraph): string {
  const statuses = [...new Set(graph.tasks.map((task) => task.status))].sort();
  return [
    'flowchart TD',
    ...graph.tasks.map((task) => `  ${nodeId(task.id)}["${label(`${task.id} ${statusMark(task.status)}`)}<br/>${label(task.title)}"]:::${task.status}`),
    ...graph.edges.map(({ from, to }) => `  ${nodeId(from)} --> ${nodeId(to)}`),
    ...statuses.map((status) => `  classDef ${status} fill:${FILLS[status]},color:#222222`),
  ].join('\n');
}

const nodeId = (id: string): string => id.replace('-', '_');

/** Mermaid's own numeric entities, `#NN;`. */
function label(text: string): string {
  return escapeLine(text).replaceAll(NOT_PLAIN, (character) => `#${character.codePointAt(0) ?? 0};`);
}

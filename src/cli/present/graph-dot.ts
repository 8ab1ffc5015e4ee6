import type { TaskGraph } from '../../app/tasks/graph-tasks.js';
import { escapeLine } from '../escape.js';
import { statusMark } from '../status-mark.js';

/** A Graphviz digraph: an arrow from what comes first to what needs it. */
export function graphDot(graph: TaskGraph): string {
  return [
    'digraph tasks {',
    '  rankdir=LR;',
    '  node [shape=box, style=rounded];',
    ...graph.tasks.map((task) => `  "${task.id}" [label="${escapeDot(`${task.id} ${statusMark(task.status)}`)}\\n${escapeDot(task.title)}"];`),
    ...graph.edges.map(({ from, to }) => `  "${from}" -> "${to}";`),
    '}',
  ].join('\n');
}

/** In a quoted string of DOT only `"` and `\` mean something. */
function escapeDot(text: string): string {
  return escapeLine(text).replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`);
}

import type { TaskGraph } from '../../app/tasks/graph-tasks.js';
import type { Task } from '../../domain/task/task.js';
import type { Answer } from '../io.js';
import { graphDot } from './graph-dot.js';
import { graphMermaid } from './graph-mermaid.js';
import { graphText } from './graph-text.js';

export const GRAPH_FORMATS = ['text', 'mermaid', 'dot', 'json'] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

/** The same graph gives the same bytes: nodes by age, edges by their ends. `json` is printed by the shell. */
export function presentGraph(graph: TaskGraph, format: Exclude<GraphFormat, 'json'>): Answer {
  const sorted = sortGraph(graph);
  return {
    kind: 'task.graph',
    data: { tasks: sorted.tasks.map(nodeJson), edges: sorted.edges.map(({ from, to }) => ({ from, to })), truncated: graph.truncated },
    warnings: graph.truncated ? [`The graph is larger than what is shown: the first ${graph.tasks.length} tasks. Name a task to see what is around it: ai task graph ID`] : [],
    ids: sorted.tasks.map((task) => task.id),
    text: (view) => {
      if (sorted.tasks.length === 0 && format === 'text') return `No open tasks.  ${view.style.dim('ai task list')}`;
      return format === 'mermaid' ? graphMermaid(sorted) : format === 'dot' ? graphDot(sorted) : graphText(sorted, view);
    },
  };
}

function nodeJson(task: Task): Record<string, unknown> {
  return { id: task.id, title: task.title, status: task.status, dependsOn: task.dependsOn };
}

function sortGraph(graph: TaskGraph): TaskGraph {
  const order = new Map([...graph.tasks].sort((a, b) => a.num - b.num).map((task, index) => [task.id as string, index]));
  const place = (id: string): number => order.get(id) ?? 0;
  return {
    tasks: [...graph.tasks].sort((a, b) => a.num - b.num),
    edges: [...graph.edges].sort((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to)),
    truncated: graph.truncated,
  };
}

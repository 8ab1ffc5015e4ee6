import { graphTasks } from '../../../app/tasks/graph-tasks.js';
import type { Answer } from '../../io.js';
import { presentGraph, type GraphFormat } from '../../present/task-graph.js';
import { printAnswer } from '../../print-answer.js';
import type { ProjectContext } from '../../shell.js';

export async function runGraph({ deps, io, nowMs }: ProjectContext, [id]: readonly [string | undefined], options: { readonly format: GraphFormat }): Promise<Answer | undefined> {
  const graph = await graphTasks(deps, id ?? null);
  if (options.format !== 'json') return presentGraph(graph, options.format);
  // `--format json` is the document of `--json` by another name.
  printAnswer(io, presentGraph(graph, 'text'), { json: true, idOnly: false, nowMs });
  return undefined;
}

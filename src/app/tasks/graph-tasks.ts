import type { Task } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';
import { resolveTaskId } from './resolve-id.js';

const MAX_NODES = 2_000;

export interface TaskGraph {
  readonly tasks: readonly Task[];
  /** Every edge between two shown tasks: `to` depends on `from`. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly truncated: boolean;
}

/** The graph around one task, or of everything that is not finished. */
export async function graphTasks(deps: Pick<AppDeps, 'store'>, idText: string | null): Promise<TaskGraph> {
  const center = idText === null ? null : await resolveTaskId(deps.store, idText);
  const { tasks, truncated } = await deps.store.graph(center, MAX_NODES);
  const shown = new Set(tasks.map((task) => task.id));
  const edges = tasks.flatMap((task) => task.dependsOn.filter((id) => shown.has(id)).map((from) => ({ from, to: task.id })));
  return { tasks, edges, truncated };
}

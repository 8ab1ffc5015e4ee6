import type { AuditEvent } from '../../domain/audit/event.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import type { Run } from '../../domain/run/run.js';
import type { AppDeps } from '../deps.js';
import { resolveTaskId } from './resolve-id.js';

export interface TaskTimeline {
  readonly id: TaskId;
  /** Oldest first. */
  readonly events: readonly AuditEvent[];
  readonly runs: readonly Run[];
  readonly truncated: boolean;
}

const MAX_RUNS = 100;

/** What happened to one task, in order. */
export async function taskTimeline(deps: Pick<AppDeps, 'store'>, idText: string, limit: number): Promise<TaskTimeline> {
  const id = await resolveTaskId(deps.store, idText);
  const latest = await deps.store.listLatestEvents({ sinceSeq: 0, task: id, run: null, types: [] }, limit + 1);
  const events = [...latest].reverse();
  const runs = await deps.store.listRuns(id, MAX_RUNS);
  return { id, events: events.slice(-limit), runs, truncated: latest.length > limit };
}

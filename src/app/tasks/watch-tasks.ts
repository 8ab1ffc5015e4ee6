import type { AuditEvent } from '../../domain/audit/event.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import { isFinished } from '../../domain/task/task.js';
import { followEvents } from '../audit/follow-events.js';
import type { AppDeps } from '../deps.js';
import { resolveTaskIds } from './resolve-id.js';

export interface WatchInput {
  /** None means the whole board. */
  readonly ids: readonly string[];
  readonly sinceSeq: number | null;
  readonly signal: AbortSignal;
}

/** Live events of the named tasks until every one of them is finished or waits for a person, or of the whole board until aborted. */
export async function* watchTasks(deps: Pick<AppDeps, 'store' | 'timer'>, input: WatchInput): AsyncGenerator<AuditEvent> {
  const ids = await resolveTaskIds(deps.store, input.ids);
  const sinceSeq = input.sinceSeq ?? (await deps.store.headSeq());
  const settled = new AbortController();
  const signal = AbortSignal.any([input.signal, settled.signal]);
  if (ids.length > 0 && (await allSettled(deps, ids))) settled.abort();
  const filter = { sinceSeq, task: ids.length === 1 ? (ids[0] ?? null) : null, run: null, types: [] };
  const wanted = new Set<string | null>(ids);
  for await (const event of followEvents(deps, { filter, follow: true, signal })) {
    if (ids.length > 0 && !wanted.has(event.task)) continue;
    yield event;
    if (ids.length > 0 && (await allSettled(deps, ids))) settled.abort();
  }
}

async function allSettled(deps: Pick<AppDeps, 'store'>, ids: readonly TaskId[]): Promise<boolean> {
  for (const id of ids) {
    const task = await deps.store.findTask(id);
    if (task !== undefined && !isFinished(task.status) && task.status !== 'review') return false;
  }
  return true;
}

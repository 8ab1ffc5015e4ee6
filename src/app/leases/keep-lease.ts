import { isAiError } from '../../domain/kernel/errors.js';
import type { FencingToken, TaskId } from '../../domain/kernel/ids.js';
import type { RunEnd } from '../runs/run-end.js';
import type { AppDeps } from '../deps.js';

/** Heartbeats come at a third of the lease's length, so that two may fail before it ends. */
const BEATS_PER_TTL = 3;
/** How soon a request to stop, made by another process, is noticed. */
const LOOK_MS = 100;

export interface KeptLease {
  readonly taskId: TaskId;
  readonly token: FencingToken;
  readonly ttlMs: number;
}

type KeepDeps = Pick<AppDeps, 'store' | 'clock' | 'timer'>;

/**
 * Renews a lease until the returned function is called, and watches it: a lost lease or a request to
 * stop ends the run. Beats ride on the life of this process, never on the agent's chatter.
 */
export function keepLease(deps: KeepDeps, lease: KeptLease, end: RunEnd): { stop(): Promise<void> } {
  const controller = new AbortController();
  const loop = beat(deps, lease, { end, signal: controller.signal });
  return {
    async stop(): Promise<void> {
      controller.abort();
      await loop;
    },
  };
}

async function beat(deps: KeepDeps, lease: KeptLease, run: { readonly end: RunEnd; readonly signal: AbortSignal }): Promise<void> {
  const everyMs = lease.ttlMs / BEATS_PER_TTL;
  let nextBeatMs = deps.clock.now().monoMs + everyMs;
  let seen = -1;
  while (!run.signal.aborted && run.end.cause?.kind !== 'lease_lost') {
    const due = deps.clock.now().monoMs >= nextBeatMs;
    const counter = deps.store.changeCounter();
    if (due || counter !== seen) {
      seen = counter;
      await look(deps, lease, { end: run.end, renew: due });
      if (due) nextBeatMs = deps.clock.now().monoMs + everyMs;
    }
    await deps.timer.sleep(LOOK_MS, run.signal);
  }
}

async function look(deps: KeepDeps, lease: KeptLease, at: { readonly end: RunEnd; readonly renew: boolean }): Promise<void> {
  try {
    const live = at.renew ? await deps.store.heartbeat(lease.taskId, lease.token, null) : await deps.store.findLease(lease.taskId);
    if (live?.token !== lease.token) at.end.because({ kind: 'lease_lost' });
    else if (live.stop !== null) at.end.because({ kind: 'stop', stop: live.stop });
  } catch (error) {
    if (isAiError(error, 'LEASE_STALE', 'TASK_NOT_FOUND')) at.end.because({ kind: 'lease_lost' });
    else if (!isAiError(error)) throw error;
    // Any other AiError is the database's trouble of the moment (busy, disk full): the next look tries again,
    // and if it lasts longer than the lease, the lease ends by itself.
  }
}

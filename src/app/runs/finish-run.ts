import { isAiError } from '../../domain/kernel/errors.js';
import type { FencingToken, TaskId } from '../../domain/kernel/ids.js';
import type { Conclusion, EndCause } from '../../domain/run/conclude.js';
import type { RunPatch } from '../../domain/run/run-patch.js';
import type { Run } from '../../domain/run/run.js';
import { isAgentsFault, planReviewNote, planWorkerStep, type WorkerCommand } from '../../domain/task/transitions.js';
import type { Task, TaskError } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';
import { retryStale } from '../tasks/retry-stale.js';

export interface FinishOrder {
  readonly run: Pick<Run, 'id' | 'agent'>;
  readonly taskId: TaskId;
  readonly token: FencingToken;
  readonly conclusion: Conclusion;
  readonly cause: EndCause | null;
  readonly patch: RunPatch;
  /** Work that waits for its landing puts the task into review. */
  readonly hasWork: boolean;
  readonly result: unknown;
  readonly retryAfterMs: number | null;
  /** What the work waits for in review, besides its landing. */
  readonly reviewNote?: string | null;
}

export type FinishDeps = Pick<AppDeps, 'store' | 'clock' | 'random'>;

/**
 * The end of a run: its row, the task's next state, lease, path locks and dependents in one transaction
 * under the token. When the lease is gone, only the run's row is written: a stale worker changes no task.
 */
export async function finishRun(deps: FinishDeps, order: FinishOrder): Promise<Task> {
  const nowMs = deps.clock.now().wallMs;
  const { conclusion } = order;
  const patch: RunPatch = { ...order.patch, phase: 'ended', outcome: conclusion.outcome, errorClass: conclusion.errorClass, errorMessage: conclusion.message, finishedAtMs: nowMs };
  try {
    const task = await retryStale(async () => {
      const before = await deps.store.getTask(order.taskId);
      const change = planWorkerStep(before, workerCommand(deps, order), { token: order.token, nowMs });
      const data = { ...change.event.data, outcome: conclusion.outcome, head: order.patch.head ?? null, evidence: order.patch.evidence ?? [] };
      return deps.store.apply({ ...change, run: { id: order.run.id, patch }, event: { ...change.event, run: order.run.id, data } });
    });
    await pauseAgentAtFault(deps, order);
    return await noteReview(deps, task, order.reviewNote ?? null);
  } catch (error) {
    if (!isAiError(error, 'LEASE_STALE', 'ILLEGAL_TRANSITION')) throw error;
    await endStaleRun(deps, order, patch);
    return deps.store.getTask(order.taskId);
  }
}

function workerCommand(deps: FinishDeps, order: FinishOrder): WorkerCommand {
  const { conclusion, cause } = order;
  if (conclusion.outcome === 'succeeded') return { kind: 'complete', result: order.result, next: order.hasWork ? 'review' : 'done' };
  if (cause?.kind === 'stop') return { kind: 'stop', stop: cause.stop.kind, reason: cause.stop.reason };
  if (cause?.kind === 'signal') return { kind: 'release', error: null };
  const message = conclusion.message ?? conclusion.outcome;
  const random = deps.random.fraction();
  if (conclusion.outcome === 'crashed' || conclusion.outcome === 'lease_lost') return { kind: 'lost', reason: message, random, immediately: true };
  return failure({ class: conclusion.errorClass ?? 'unknown', message }, { random, retryAfterMs: order.retryAfterMs });
}

function failure(error: TaskError, pause: { readonly random: number; readonly retryAfterMs: number | null }): WorkerCommand {
  return isAgentsFault(error.class) ? { kind: 'release', error } : { kind: 'fail', error, retry: true, ...pause };
}

/** Only a hint for people: landing asks again whatever it says. */
async function noteReview(deps: FinishDeps, task: Task, note: string | null): Promise<Task> {
  return note === null || task.status !== 'review' ? task : deps.store.apply(planReviewNote(task, note));
}

/** Refused credentials or a missing program stay wrong for every task: the agent gets no more until a person looks. */
async function pauseAgentAtFault(deps: FinishDeps, order: FinishOrder): Promise<void> {
  const { errorClass, message } = order.conclusion;
  if (errorClass === null || !isAgentsFault(errorClass)) return;
  await deps.store.updateAgent(order.run.agent, { pausedReason: `${errorClass}: ${message ?? 'refused'}` });
}

async function endStaleRun(deps: FinishDeps, order: FinishOrder, patch: RunPatch): Promise<void> {
  const run = await deps.store.getRun(order.run.id);
  if (run.phase === 'ended') return;
  const stale: RunPatch = { ...patch, outcome: 'lease_lost', errorClass: null, errorMessage: 'The lease ended before the run did; the work is kept and counts for nothing.' };
  await deps.store.updateRun(order.run.id, stale, { type: 'run.ended_stale', task: order.taskId, run: order.run.id, token: order.token, data: { head: patch.head ?? null } });
}

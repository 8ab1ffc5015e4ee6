import { AiError } from '../../domain/kernel/errors.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import type { Lease, StopKind } from '../../domain/lease/lease.js';
import { planOwnerStep, planWorkerStep, type OwnerCommand } from '../../domain/task/transitions.js';
import type { Task } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';
import { repairRun } from '../runs/repair-runs.js';
import { resolveTaskId } from './resolve-id.js';
import { retryStale } from './retry-stale.js';

export interface ChangeTaskInput {
  readonly id: string;
  readonly command: OwnerCommand;
  /** How long to wait for a running agent to be stopped. */
  readonly waitMs: number;
}

export type ChangeDeps = Pick<AppDeps, 'store' | 'clock' | 'timer' | 'random' | 'processes' | 'workspaces' | 'host' | 'settings' | 'trace'>;

/**
 * Cancel, pause, resume, skip, retry, block, unblock. A task that somebody works on is stopped first:
 * an outside worker loses its lease at once; an agent that `ai` supervises is asked to stop, and the
 * change is done when its processes are gone. Throws ILLEGAL_TRANSITION, PENDING after `waitMs`.
 */
export async function changeTask(deps: ChangeDeps, input: ChangeTaskInput): Promise<Task> {
  const id = await resolveTaskId(deps.store, input.id);
  return retryStale(async () => {
    const task = await deps.store.getTask(id);
    const stop = stopKind(input.command);
    if (task.lease === null || stop === null) return deps.store.apply(planOwnerStep(task, input.command, deps.clock.now().wallMs));
    const reason = 'reason' in input.command ? input.command.reason : null;
    if (task.lease.runId === null) return endOutsideLease(deps, task, { kind: stop, reason });
    await deps.store.requestStop(id, task.lease.token, { kind: stop, reason });
    return waitForStop(deps, { id, lease: task.lease, waitMs: input.waitMs });
  });
}

function stopKind(command: OwnerCommand): StopKind | null {
  switch (command.kind) {
    case 'cancel':
    case 'pause':
    case 'skip':
    case 'block':
      return command.kind;
    case 'resume':
    case 'retry':
    case 'unblock':
      return null;
  }
}

async function endOutsideLease(deps: ChangeDeps, task: Task, stop: { readonly kind: StopKind; readonly reason: string | null }): Promise<Task> {
  if (task.lease === null) throw new Error('invariant broken: an outside lease is live');
  const command = { kind: 'stop', stop: stop.kind, reason: stop.reason } as const;
  return deps.store.apply(planWorkerStep(task, command, { token: task.lease.token, nowMs: deps.clock.now().wallMs }));
}

const POLL_MS = 50;

async function waitForStop(deps: ChangeDeps, wanted: { readonly id: TaskId; readonly lease: Lease; readonly waitMs: number }): Promise<Task> {
  const until = deps.clock.now().monoMs + wanted.waitMs;
  for (;;) {
    const task = await deps.store.getTask(wanted.id);
    if (task.lease?.token !== wanted.lease.token) return task;
    const runs = await deps.store.listLiveRuns();
    const run = runs.find((live) => live.id === wanted.lease.runId);
    if (run !== undefined && (await repairRun(deps, run))) continue;
    if (deps.clock.now().monoMs >= until) throw stillStopping(task, wanted.lease);
    await deps.timer.sleep(POLL_MS);
  }
}

function stillStopping(task: Task, lease: Lease): AiError {
  return new AiError({
    code: 'PENDING',
    message: `${task.id} was asked to stop, but its agent (run ${lease.runId ?? ''}) has not ended yet.`,
    hint: `ai task show ${task.id}`,
    retryable: true,
    details: { task: task.id, run: lease.runId, token: lease.token },
  });
}

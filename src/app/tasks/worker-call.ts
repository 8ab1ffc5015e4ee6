import { canonicalJson } from '../../domain/audit/canonical-json.js';
import { AiError } from '../../domain/kernel/errors.js';
import type { FencingToken, TaskId } from '../../domain/kernel/ids.js';
import { LIMITS } from '../../domain/kernel/limits.js';
import { parseText, utf8Bytes } from '../../domain/kernel/text.js';
import { LEASE_LIMITS, type Lease } from '../../domain/lease/lease.js';
import { ERROR_CLASSES } from '../../domain/run/error-class.js';
import { oneOf } from '../../domain/task/task-input.js';
import { describeHolder, planWorkerStep, type WorkerCommand } from '../../domain/task/transitions.js';
import type { Task } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';
import { gateComplete, type GateDeps } from '../policy/gate.js';
import { resolveTaskId } from './resolve-id.js';
import { retryStale } from './retry-stale.js';

export type WorkerDeps = Pick<AppDeps, 'store' | 'clock' | 'random'>;

export interface WorkerTarget {
  readonly id: string;
  readonly token: FencingToken;
}

/** Renews the lease. Throws LEASE_STALE, saying who holds the task now. */
export async function heartbeatTask(deps: WorkerDeps, target: WorkerTarget, ttlMs: number | null): Promise<Lease> {
  if (ttlMs !== null && (ttlMs < LEASE_LIMITS.minTtlMs || ttlMs > LEASE_LIMITS.maxTtlMs)) {
    throw new AiError({ code: 'INVALID_INPUT', message: 'A lease lasts from 1 second to 7 days.', hint: '--ttl 10m' });
  }
  const id = await resolveTaskId(deps.store, target.id);
  return deps.store.heartbeat(id, target.token, ttlMs);
}

export async function startTask(deps: WorkerDeps, target: WorkerTarget): Promise<Task> {
  return workerStep(deps, target, () => ({ kind: 'start' }));
}

export async function reportProgress(deps: WorkerDeps, target: WorkerTarget, report: { readonly percent: number | null; readonly note: string | null }): Promise<Task> {
  const { percent } = report;
  if (percent === null && report.note === null) throw new AiError({ code: 'USAGE', message: 'Give a percentage, a note, or both.', hint: `ai task progress ${target.id} --token ${target.token} --percent 40 --note "parser done"` });
  if (percent !== null && (!Number.isInteger(percent) || percent < 0 || percent > 100)) {
    throw new AiError({ code: 'INVALID_INPUT', message: `Progress is a whole number from 0 to 100, not ${percent}.` });
  }
  const note = report.note === null ? null : parseText(report.note, { name: 'note', max: LIMITS.noteCharacters });
  return workerStep(deps, target, () => ({ kind: 'progress', percent, note }));
}

/** Completing twice under the same token is refused as stale, because the first call ended the lease. Throws POLICY_DENIED, APPROVAL_REQUIRED. */
export async function completeTask(deps: WorkerDeps & GateDeps, target: WorkerTarget, result: unknown): Promise<Task> {
  const checked = parseResult(result ?? null);
  const held = await getHeld(deps, await resolveTaskId(deps.store, target.id), target.token);
  refuseInsideRun(held, { kind: 'complete', result: checked, next: 'done' });
  await gateComplete(deps, held);
  return workerStep(deps, target, () => ({ kind: 'complete', result: checked, next: 'done' }));
}

/** Only what has a canonical form can be part of an event. */
function parseResult(result: unknown): unknown {
  let bytes: number;
  try {
    bytes = utf8Bytes(canonicalJson(result));
  } catch (cause) {
    throw new AiError({ code: 'INVALID_INPUT', message: `The result can't be kept: ${cause instanceof Error ? cause.message : String(cause)}.`, hint: 'Give plain JSON: --result \'{"port": 8080}\'', cause });
  }
  if (bytes <= LIMITS.resultBytes) return result;
  throw new AiError({ code: 'INVALID_INPUT', message: `The result is larger than ${LIMITS.resultBytes} bytes.`, hint: 'Put long results in a file of the repository and name it in the result.' });
}

export interface FailInput {
  readonly reason: string;
  readonly errorClass: string;
  /** False ends the task, whatever attempts are left. */
  readonly retry: boolean;
}

export async function failTask(deps: WorkerDeps, target: WorkerTarget, input: FailInput): Promise<Task> {
  const error = { class: oneOf(input.errorClass, ERROR_CLASSES, 'error class'), message: parseText(input.reason, { name: 'reason', max: LIMITS.reasonCharacters }) };
  return workerStep(deps, target, () => ({ kind: 'fail', error, retry: input.retry, random: deps.random.fraction(), retryAfterMs: null }));
}

export async function releaseTask(deps: WorkerDeps, target: WorkerTarget): Promise<Task> {
  return workerStep(deps, target, () => ({ kind: 'release', error: null }));
}

/**
 * A worker gives its task back as blocked. Under a run that `ai` supervises, the supervisor is asked to
 * stop the agent first, and the lease ends when its processes are gone.
 */
export async function blockAsWorker(deps: WorkerDeps, target: WorkerTarget, reason: string): Promise<Task> {
  const id = await resolveTaskId(deps.store, target.id);
  const task = await getHeld(deps, id, target.token);
  if (task.lease?.runId == null) return workerStep(deps, target, () => ({ kind: 'stop', stop: 'block', reason }));
  await deps.store.requestStop(id, target.token, { kind: 'block', reason });
  return deps.store.getTask(id);
}

async function workerStep(deps: WorkerDeps, target: WorkerTarget, command: () => WorkerCommand): Promise<Task> {
  const id = await resolveTaskId(deps.store, target.id);
  return retryStale(async () => {
    const task = await getHeld(deps, id, target.token);
    refuseInsideRun(task, command());
    return deps.store.apply(planWorkerStep(task, command(), { token: target.token, nowMs: deps.clock.now().wallMs }));
  });
}

/** The supervisor of a run ends the lease when the agent has exited and its work is checked; the agent itself can't. */
function refuseInsideRun(task: Task, command: WorkerCommand): void {
  if (task.lease?.runId == null || !['complete', 'fail', 'release'].includes(command.kind)) return;
  throw new AiError({
    code: 'ILLEGAL_TRANSITION',
    message: `${task.id} is worked on under run ${task.lease.runId}: it is finished when the agent exits and its work has been checked.`,
    hint: `Exit 0 when the work is done, non-zero when it failed; to give it back: ai task block ${task.id} --reason "..."`,
    details: { task: task.id, run: task.lease.runId },
  });
}

async function getHeld(deps: WorkerDeps, id: TaskId, token: FencingToken): Promise<Task> {
  const task = await deps.store.getTask(id);
  if (task.lease?.token !== token) throw staleToken(task, token);
  return task;
}

function staleToken(task: Task, token: FencingToken): AiError {
  const now = task.lease === null ? `nobody holds it, it is ${task.status}` : describeHolder(task.lease);
  return new AiError({
    code: 'LEASE_STALE',
    message: `Token ${token} is not the lease of ${task.id} any more: ${now}. Nothing was changed.`,
    hint: task.lease === null ? `ai task claim ${task.id} --as WHO` : `ai task show ${task.id}`,
    details: { task: task.id, token, status: task.status, holder: task.lease?.holder ?? null, currentToken: task.lease?.token ?? null },
  });
}

import type { NewEvent } from '../audit/event.js';
import { AiError } from '../kernel/errors.js';
import type { FencingToken } from '../kernel/ids.js';
import { unreachable } from '../kernel/assert.js';
import { LEASE_LIMITS, type Lease, type StopKind } from '../lease/lease.js';
import { backoffMs, RECOVERY } from '../run/recovery.js';
import type { ErrorClass } from '../run/error-class.js';
import type { NextState, TaskChange, TaskFields } from './change.js';
import type { Task, TaskError } from './task.js';

/**
 * Every way in which a task changes state. The functions here are pure: a task as read, and a wish,
 * give one TaskChange, or an AiError that says why not and what to do instead.
 */
export type WorkerCommand =
  | { readonly kind: 'start' }
  | { readonly kind: 'progress'; readonly percent: number | null; readonly note: string | null }
  | { readonly kind: 'complete'; readonly result: unknown; readonly next: 'done' | 'review' }
  | { readonly kind: 'fail'; readonly error: TaskError; readonly retry: boolean; readonly random: number; readonly retryAfterMs: number | null }
  | { readonly kind: 'release'; readonly error: TaskError | null }
  | { readonly kind: 'lost'; readonly reason: string; readonly random: number; readonly immediately: boolean }
  | { readonly kind: 'stop'; readonly stop: StopKind; readonly reason: string | null };

export type OwnerCommand =
  | { readonly kind: 'cancel'; readonly reason: string | null }
  | { readonly kind: 'pause'; readonly reason: string | null }
  | { readonly kind: 'resume' }
  | { readonly kind: 'skip'; readonly reason: string | null }
  | { readonly kind: 'retry' }
  | { readonly kind: 'block'; readonly reason: string }
  | { readonly kind: 'unblock' };

type LeasedTask = Extract<Task, { status: 'claimed' | 'running' }>;

interface Step {
  readonly next: NextState;
  readonly lease: 'keep' | 'release';
  readonly fields?: TaskFields;
  readonly type: string;
  readonly data?: Record<string, unknown>;
}

/** Plans a step on behalf of the holder of `lease`. `apply` checks the token again in its transaction. */
export function planWorkerStep(task: Task, command: WorkerCommand, at: { readonly token: FencingToken; readonly nowMs: number }): TaskChange {
  if (task.status !== 'claimed' && task.status !== 'running') throw illegal(task, command.kind, 'it has no lease');
  const step = workerStep(task, command, at.nowMs);
  return toChange(task, step, at.token);
}

function workerStep(task: LeasedTask, command: WorkerCommand, nowMs: number): Step {
  const same: NextState = { status: task.status };
  switch (command.kind) {
    case 'start':
      if (task.status === 'running') return { next: same, lease: 'keep', type: 'task.started' };
      return { next: { status: 'running' }, lease: 'keep', type: 'task.started', fields: { startedAtMs: task.startedAtMs ?? nowMs } };
    case 'progress':
      return { next: same, lease: 'keep', type: 'task.progressed', fields: progressFields(command), data: { percent: command.percent, note: command.note } };
    case 'complete':
      return completed(command, nowMs);
    case 'fail':
      return failed(task, command, nowMs);
    case 'release':
      return { next: queuedOrBlocked(task, null), lease: 'release', type: 'task.released', fields: { error: command.error }, data: { error: command.error } };
    case 'lost':
      return lost(task, command, nowMs);
    case 'stop':
      return stopped(task, command, nowMs);
    default:
      return unreachable(command);
  }
}

function progressFields(command: { readonly percent: number | null; readonly note: string | null }): TaskFields {
  return { ...(command.percent === null ? {} : { progress: command.percent }), ...(command.note === null ? {} : { progressNote: command.note }) };
}

function completed(command: Extract<WorkerCommand, { kind: 'complete' }>, nowMs: number): Step {
  const fields: TaskFields = { progress: 100, result: command.result, error: null };
  const next: NextState = command.next === 'review' ? { status: 'review', blockedReason: null } : { status: 'done', finishedAtMs: nowMs };
  return { next, lease: 'release', type: 'task.completed', fields, data: { status: command.next, result: command.result } };
}

function failed(task: LeasedTask, command: Extract<WorkerCommand, { kind: 'fail' }>, nowMs: number): Step {
  const failures = task.failures + 1;
  const rule = RECOVERY[command.error.class];
  const again = command.retry && rule.strategy !== 'abort' && failures < task.maxAttempts;
  const fields: TaskFields = { failures, error: command.error };
  if (!again) return { next: { status: 'failed', finishedAtMs: nowMs }, lease: 'release', type: 'task.failed', fields, data: { error: command.error, failures } };
  const notBeforeMs = nowMs + backoffMs(rule, failures, { random: command.random, retryAfterMs: command.retryAfterMs ?? undefined });
  return {
    next: queuedOrBlocked(task, notBeforeMs),
    lease: 'release',
    type: 'task.retry_scheduled',
    fields,
    data: { error: command.error, failures, notBeforeMs },
  };
}

/** A vanished worker is no failure of the task; only a task that keeps killing its workers is given up. */
function lost(task: LeasedTask, command: Extract<WorkerCommand, { kind: 'lost' }>, nowMs: number): Step {
  const count = task.lost + 1;
  const error: TaskError = { class: 'agent_crash', message: command.reason };
  const fields: TaskFields = { lost: count, error };
  const data = { lost: count, reason: command.reason, holder: task.lease.holder, token: task.lease.token };
  if (count > LEASE_LIMITS.maxLost) return { next: { status: 'failed', finishedAtMs: nowMs }, lease: 'release', type: 'task.failed', fields, data: { ...data, error } };
  const notBeforeMs = command.immediately ? null : nowMs + backoffMs(RECOVERY.agent_crash, count, { random: command.random });
  return { next: queuedOrBlocked(task, notBeforeMs), lease: 'release', type: 'task.lost', fields, data: { ...data, notBeforeMs } };
}

function stopped(task: LeasedTask, command: Extract<WorkerCommand, { kind: 'stop' }>, nowMs: number): Step {
  const data = { reason: command.reason, holder: task.lease.holder };
  switch (command.stop) {
    case 'cancel':
      return { next: { status: 'cancelled', finishedAtMs: nowMs }, lease: 'release', type: 'task.cancelled', data };
    case 'skip':
      return { next: { status: 'skipped', finishedAtMs: nowMs }, lease: 'release', type: 'task.skipped', data };
    case 'pause':
      return { next: { status: 'paused', blockedReason: command.reason }, lease: 'release', type: 'task.paused', data };
    case 'block':
      return { next: { status: 'blocked', blockedReason: command.reason ?? 'blocked by its worker' }, lease: 'release', type: 'task.blocked', data };
    default:
      return unreachable(command.stop);
  }
}

/** Plans a step that a person or orchestrator asks for. A live lease must be ended first: see `planStop`. */
export function planOwnerStep(task: Task, command: OwnerCommand, nowMs: number): TaskChange {
  return toChange(task, ownerStep(task, command, nowMs), null);
}

function ownerStep(task: Task, command: OwnerCommand, nowMs: number): Step {
  switch (command.kind) {
    case 'cancel':
      return leave(task, command, { to: { status: 'cancelled', finishedAtMs: nowMs }, type: 'task.cancelled', from: ['queued', 'blocked', 'paused', 'review', 'failed'] });
    case 'skip':
      return leave(task, command, { to: { status: 'skipped', finishedAtMs: nowMs }, type: 'task.skipped', from: ['queued', 'blocked', 'paused', 'failed', 'cancelled'] });
    case 'pause':
      return leave(task, command, { to: { status: 'paused', blockedReason: command.reason }, type: 'task.paused', from: ['queued', 'blocked'] });
    case 'resume':
      if (task.status !== 'paused') throw illegal(task, 'resume', 'only a paused task can be resumed');
      return { next: queuedOrBlocked(task, null), lease: 'keep', type: 'task.resumed' };
    case 'retry':
      return retried(task);
    case 'block':
      if (!['queued', 'blocked', 'paused'].includes(task.status)) throw illegal(task, 'block', 'only a waiting task can be blocked');
      return { next: { status: 'blocked', blockedReason: command.reason }, lease: 'keep', type: 'task.blocked', data: { reason: command.reason } };
    case 'unblock':
      return unblocked(task);
    default:
      return unreachable(command);
  }
}

function leave(task: Task, command: { readonly kind: string; readonly reason: string | null }, move: { readonly to: NextState; readonly type: string; readonly from: readonly string[] }): Step {
  if (!move.from.includes(task.status)) throw illegal(task, command.kind, whyNot(task));
  return { next: move.to, lease: 'keep', type: move.type, data: { reason: command.reason, from: task.status } };
}

function retried(task: Task): Step {
  const waiting = task.status === 'queued' && task.notBeforeMs !== null;
  if (!waiting && !['failed', 'cancelled', 'skipped', 'review'].includes(task.status)) {
    throw illegal(task, 'retry', task.status === 'queued' ? 'it is queued already' : whyNot(task));
  }
  const fields: TaskFields = waiting ? {} : { failures: 0, lost: 0, progress: 0, progressNote: null };
  return { next: queuedOrBlocked(task, null), lease: 'keep', type: 'task.retried', fields, data: { from: task.status } };
}

function unblocked(task: Task): Step {
  if (task.status !== 'blocked' || task.blockedReason === null) {
    const why = task.status === 'blocked' ? `it waits for ${task.blockedBy.map((dependency) => dependency.id).join(', ')}` : 'it is not blocked';
    throw illegal(task, 'unblock', { why, hint: `ai task why ${task.id}` });
  }
  const next: NextState = task.blockedBy.length > 0 ? { status: 'blocked', blockedReason: null } : { status: 'queued', notBeforeMs: null };
  return { next, lease: 'keep', type: 'task.unblocked', data: { reason: task.blockedReason } };
}

function queuedOrBlocked(task: Task, notBeforeMs: number | null): NextState {
  return task.blockedBy.length > 0 ? { status: 'blocked', blockedReason: null } : { status: 'queued', notBeforeMs };
}

/** Plans that `ai task merge` has landed the work. */
export function planLanded(task: Task, landed: { readonly commit: string; readonly target: string; readonly run: NonNullable<TaskChange['run']> }, nowMs: number): TaskChange {
  if (task.status !== 'review' && task.status !== 'done') throw illegal(task, 'merge', whyNot(task));
  const next: NextState = { status: 'done', finishedAtMs: task.finishedAtMs ?? nowMs };
  const data = { commit: landed.commit, target: landed.target };
  return { ...toChange(task, { next, lease: 'keep', type: 'task.merged', data }, null), run: landed.run };
}

/** Plans that a landing was refused for now, and why, so that `ai task show` tells what to do. */
export function planReviewNote(task: Task, reason: string): TaskChange {
  return toChange(task, { next: { status: 'review', blockedReason: reason }, lease: 'keep', type: 'task.merge_refused', data: { reason } }, null);
}

function toChange(task: Task, step: Step, token: FencingToken | null): TaskChange {
  const event: NewEvent = { type: step.type, task: task.id, run: task.lease?.runId ?? null, token: token ?? task.lease?.token ?? null, data: step.data ?? {} };
  return { taskId: task.id, expectedRevision: task.revision, token, next: step.next, lease: step.lease, fields: step.fields ?? {}, run: null, event };
}

/** True when the failure is the agent's (credentials, missing program): the task is not burnt, the agent is paused. */
export function isAgentsFault(errorClass: ErrorClass): boolean {
  return RECOVERY[errorClass].strategy === 'pause_agent';
}

export function describeHolder(lease: Lease): string {
  return `${lease.holder} holds it under token ${lease.token} until ${toIso(lease.expiresAtMs)}`;
}

/** ISO 8601 in UTC with milliseconds. */
export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

function whyNot(task: Task): string {
  switch (task.status) {
    case 'claimed':
    case 'running':
      return describeHolder(task.lease);
    case 'queued':
    case 'blocked':
    case 'paused':
    case 'review':
    case 'done':
    case 'failed':
    case 'cancelled':
    case 'skipped':
      return `it is ${task.status}`;
    default:
      return unreachable(task);
  }
}

function illegal(task: Task, verb: string, why: string | { readonly why: string; readonly hint: string }): AiError {
  const reason = typeof why === 'string' ? { why, hint: nextCommand(task) } : why;
  return new AiError({
    code: 'ILLEGAL_TRANSITION',
    message: `Can't ${verb} ${task.id}: ${reason.why}.`,
    hint: reason.hint,
    details: { task: task.id, status: task.status },
  });
}

function nextCommand(task: Task): string {
  switch (task.status) {
    case 'claimed':
    case 'running':
      return `ai task cancel ${task.id}`;
    case 'paused':
      return `ai task resume ${task.id}`;
    case 'failed':
    case 'cancelled':
    case 'skipped':
      return `ai task retry ${task.id}`;
    case 'review':
      return `ai task merge ${task.id}`;
    case 'queued':
    case 'blocked':
    case 'done':
      return `ai task show ${task.id}`;
    default:
      return unreachable(task);
  }
}

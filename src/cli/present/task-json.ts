import type { Lease } from '../../domain/lease/lease.js';
import { isReady, type DependencyState, type Subtask, type Task } from '../../domain/task/task.js';
import { iso } from '../time.js';
import { someOf } from './format.js';

const SHOWN_DEPENDENCIES = 5;

/** A task as the contract states it, in its order. Every key is always there; unknown is null. */
export function taskJson(task: Task, nowMs: number): Record<string, unknown> {
  return {
    id: task.id,
    title: task.title,
    description: task.description,
    type: task.type,
    status: task.status,
    ready: isReady(task, nowMs),
    priority: task.priority,
    dependsOn: task.dependsOn,
    blockedBy: task.blockedBy.map((dependency) => dependency.id),
    blockedReason: whyBlocked(task),
    locks: task.locks.map(({ pattern, mode }) => ({ pattern, mode })),
    labels: task.labels,
    requires: task.requires,
    skills: task.skills,
    agent: task.agent,
    project: task.project,
    parent: task.parent,
    verify: task.verify,
    isolation: task.isolation,
    timeoutMs: task.timeoutMs,
    budgetUsd: task.budgetUsd,
    attempt: task.attempt,
    maxAttempts: task.maxAttempts,
    notBefore: task.status === 'queued' ? iso(task.notBeforeMs) : null,
    progress: task.progress,
    progressNote: task.progressNote,
    lease: task.lease === null ? null : leaseJson(task.lease),
    result: task.result ?? null,
    error: task.error === null ? null : { class: task.error.class, message: task.error.message },
    createdAt: iso(task.createdAtMs),
    updatedAt: iso(task.updatedAtMs),
    startedAt: iso(task.startedAtMs),
    finishedAt: iso(task.finishedAtMs),
  };
}

export function leaseJson(lease: Lease): Record<string, unknown> {
  return { holder: lease.holder, token: lease.token, grantedAt: iso(lease.grantedAtMs), heartbeatAt: iso(lease.heartbeatAtMs), expiresAt: iso(lease.expiresAtMs) };
}

export function subtaskJson(subtask: Subtask): Record<string, unknown> {
  return { id: subtask.id, task: subtask.taskId, title: subtask.title, done: subtask.done, createdAt: iso(subtask.createdAtMs), completedAt: iso(subtask.completedAtMs) };
}

/** The stated reason, or what the graph and the path locks say; null when nothing is in the way. */
export function whyBlocked(task: Task): string | null {
  if (task.blockedReason !== null) return task.blockedReason;
  if (task.status === 'blocked' && task.blockedBy.length > 0) return waitsFor(task.blockedBy);
  if (task.status === 'queued' && task.parkedOn !== null) return `waits for path locks of ${task.parkedOn}`;
  return null;
}

/** A dependency that failed needs a person, so it comes first: waiting alone will not help. */
function waitsFor(dependencies: readonly DependencyState[]): string {
  const ended = dependencies.filter(({ status }) => status === 'failed' || status === 'cancelled');
  const open = dependencies.filter(({ status }) => status !== 'failed' && status !== 'cancelled').map(({ id }) => id);
  const waiting = open.length === 0 ? [] : [`waits for ${someOf(open, SHOWN_DEPENDENCIES)}`];
  const broken = ended.length === 0 ? [] : [someOf(ended.map(({ id, status }) => `${id} ${status === 'failed' ? 'failed' : 'was cancelled'}`), SHOWN_DEPENDENCIES)];
  return [...broken, ...waiting].join('; ');
}

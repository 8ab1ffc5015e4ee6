import type { FencingToken, TaskId } from '../../src/domain/kernel/ids.js';
import type { Lease } from '../../src/domain/lease/lease.js';
import type { Task, TaskStatus } from '../../src/domain/task/task.js';

export const taskId = (text: string): TaskId => text as TaskId;
export const token = (value: number): FencingToken => value as FencingToken;

export function buildLease(overrides: Partial<Lease> = {}): Lease {
  return {
    taskId: taskId('t-aaaaaa'),
    token: token(4_294_967_297),
    holder: 'agent:one',
    host: 'here',
    runId: null,
    bootId: 'boot-1',
    ttlMs: 60_000,
    grantedAtMs: 1_000,
    heartbeatAtMs: 1_000,
    expiresAtMs: 61_000,
    deadlineMonoMs: 61_000,
    stop: null,
    ...overrides,
  };
}

/** A task in the given state, with the fields that the state demands; `overrides` wins. */
export function buildTask(status: TaskStatus, overrides: Partial<Task> = {}): Task {
  const base = {
    id: taskId('t-aaaaaa'),
    num: 1,
    revision: 7,
    title: 'Write the parser',
    description: '',
    type: 'task',
    priority: 'medium',
    labels: [],
    requires: [],
    skills: [],
    agent: null,
    project: null,
    parent: null,
    dependsOn: [],
    locks: [],
    verify: [],
    isolation: 'worktree',
    timeoutMs: null,
    budgetUsd: null,
    maxAttempts: 3,
    targetBranch: 'main',
    blockedBy: [],
    attempt: 0,
    failures: 0,
    lost: 0,
    progress: 0,
    progressNote: null,
    result: null,
    error: null,
    createdAtMs: 1_000,
    updatedAtMs: 1_000,
    startedAtMs: null,
  };
  return { ...base, ...stateFields(status), ...overrides } as Task;
}

function stateFields(status: TaskStatus): Record<string, unknown> {
  const lease = status === 'claimed' || status === 'running' ? buildLease() : null;
  const finishedAtMs = ['done', 'failed', 'cancelled', 'skipped'].includes(status) ? 9_000 : null;
  return { status, lease, finishedAtMs, blockedReason: null, ...(status === 'queued' ? { notBeforeMs: null, parkedOn: null } : {}) };
}

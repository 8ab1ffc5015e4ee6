import { assert } from '../../../domain/kernel/assert.js';
import type { AgentId, TaskId } from '../../../domain/kernel/ids.js';
import type { Lease } from '../../../domain/lease/lease.js';
import type { LockRequest } from '../../../domain/lock/path-lock.js';
import type { ErrorClass } from '../../../domain/run/error-class.js';
import { PRIORITIES, satisfiesDependents, type DependencyState, type Isolation, type Priority, type Task, type TaskState, type TaskStatus } from '../../../domain/task/task.js';

/** The columns of `task` that decide and move; claims and changes of state read only these. */
export interface StateRow {
  readonly num: number;
  readonly id: string;
  readonly revision: number;
  readonly status: TaskStatus;
  readonly priority: number;
  readonly requires_any: number;
  readonly parent: number | null;
  readonly open_dependencies: number;
  readonly blocked_reason: string | null;
  readonly not_before: number | null;
  readonly parked_on: number | null;
  readonly lock_wait_since: number | null;
  readonly lease_token: number | null;
  readonly attempt: number;
  readonly failures: number;
  readonly lost: number;
  readonly parts_total: number;
  readonly parts_done: number;
  readonly progress: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly error_class: string | null;
  readonly error_message: string | null;
  readonly progress_note: string | null;
  readonly result: string | null;
}

/** Every column of `StateRow`, of the table named or aliased `t`. */
export const STATE_COLUMNS = `t.num, t.id, t.revision, t.status, t.priority, t.requires_any, t.parent, t.open_dependencies, t.blocked_reason, t.not_before,
  t.parked_on, t.lock_wait_since, t.lease_token, t.attempt, t.failures, t.lost, t.parts_total, t.parts_done, t.progress, t.created_at, t.updated_at,
  t.started_at, t.finished_at, t.error_class, t.error_message, t.progress_note, t.result`;

export interface TaskRow extends StateRow {
  readonly title: string;
  readonly type: string;
  readonly agent: string | null;
  readonly project: string | null;
  readonly isolation: Isolation;
  readonly timeout_ms: number | null;
  readonly budget_usd: string | null;
  readonly max_attempts: number;
  readonly target_branch: string | null;
  readonly requires: string;
  readonly skills: string;
  readonly verify: string;
  readonly description: string;
  readonly parent_id: string | null;
  readonly parked_on_id: string | null;
}

/** What belongs to one task in other tables. */
export interface TaskParts {
  readonly labels: readonly string[];
  readonly dependencies: readonly DependencyState[];
  readonly locks: readonly LockRequest[];
  readonly lease: Lease | null;
}

/** One flat literal and one assignment: a page has a thousand tasks, and spreading wide objects costs more than reading them. */
export function toTask(row: TaskRow, parts: TaskParts): Task {
  const { labels, dependencies, locks, lease } = parts;
  const base = {
    id: row.id as TaskId,
    num: row.num,
    revision: row.revision,
    title: row.title,
    description: row.description,
    type: row.type,
    priority: toPriority(row.priority),
    labels,
    requires: textList(row.requires),
    skills: textList(row.skills),
    agent: row.agent as AgentId | null,
    project: row.project,
    parent: row.parent_id as TaskId | null,
    dependsOn: dependencies.map((dependency) => dependency.id),
    blockedBy: dependencies.filter((dependency) => !satisfiesDependents(dependency.status)),
    locks,
    verify: textList(row.verify),
    isolation: row.isolation,
    timeoutMs: row.timeout_ms,
    budgetUsd: row.budget_usd,
    maxAttempts: row.max_attempts,
    targetBranch: row.target_branch,
    attempt: row.attempt,
    failures: row.failures,
    lost: row.lost,
    progress: row.progress,
    progressNote: row.progress_note,
    result: row.result === null ? null : (JSON.parse(row.result) as unknown),
    error: row.error_class === null ? null : { class: row.error_class as ErrorClass, message: row.error_message ?? '' },
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
    startedAtMs: row.started_at,
  };
  return Object.assign(base, toState(row, lease));
}

function toState(row: TaskRow, lease: Lease | null): TaskState {
  switch (row.status) {
    case 'queued':
      return { status: row.status, notBeforeMs: row.not_before, parkedOn: row.parked_on_id as TaskId | null, lease: null, finishedAtMs: null, blockedReason: null };
    case 'blocked':
    case 'paused':
    case 'review':
      return { status: row.status, lease: null, finishedAtMs: null, blockedReason: row.blocked_reason };
    case 'claimed':
    case 'running':
      assert(lease !== null, 'a claimed task has a lease');
      return { status: row.status, lease, finishedAtMs: null, blockedReason: null };
    case 'done':
    case 'failed':
    case 'cancelled':
    case 'skipped':
      return { status: row.status, lease: null, finishedAtMs: row.finished_at ?? row.updated_at, blockedReason: null };
  }
}

/** A list of texts stored as JSON by this adapter. */
export function textList(json: string): readonly string[] {
  return json === '[]' ? [] : (JSON.parse(json) as readonly string[]);
}

export function toPriority(rank: number): Priority {
  return PRIORITIES[rank] ?? 'low';
}

export function priorityRank(priority: Priority): number {
  return PRIORITIES.indexOf(priority);
}

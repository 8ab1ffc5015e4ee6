import type { AgentId, SubtaskId, TaskId } from '../kernel/ids.js';
import type { Lease } from '../lease/lease.js';
import type { LockConflict, LockRequest } from '../lock/path-lock.js';
import type { ErrorClass } from '../run/error-class.js';

export const PRIORITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const TASK_STATUSES = ['queued', 'claimed', 'running', 'blocked', 'paused', 'review', 'done', 'failed', 'cancelled', 'skipped'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export const ISOLATIONS = ['worktree', 'none'] as const;
export type Isolation = (typeof ISOLATIONS)[number];

/**
 * Statuses that satisfy a dependency. `review` counts: the work is verified and its branch is part
 * of the base that a dependent starts from; only landing is still to come.
 */
const SATISFYING: ReadonlySet<TaskStatus> = new Set(['review', 'done', 'skipped']);
export const satisfiesDependents = (status: TaskStatus): boolean => SATISFYING.has(status);

const FINISHED: ReadonlySet<TaskStatus> = new Set(['done', 'failed', 'cancelled', 'skipped']);
export const isFinished = (status: TaskStatus): boolean => FINISHED.has(status);

/** What a person states when the task is created; everything else is the machine's. */
export interface TaskSpec {
  readonly title: string;
  readonly description: string;
  readonly type: string;
  readonly priority: Priority;
  readonly labels: readonly string[];
  readonly requires: readonly string[];
  readonly skills: readonly string[];
  readonly agent: AgentId | null;
  readonly project: string | null;
  readonly parent: TaskId | null;
  readonly dependsOn: readonly TaskId[];
  readonly locks: readonly LockRequest[];
  /** Shell commands that must exit 0 before the work counts as done. */
  readonly verify: readonly string[];
  readonly isolation: Isolation;
  readonly timeoutMs: number | null;
  /** Decimal string in US dollars. */
  readonly budgetUsd: string | null;
  readonly maxAttempts: number;
  /** The branch that finished work lands on: the one that was current when the task was created. */
  readonly targetBranch: string | null;
}

export interface NewTask extends TaskSpec {
  readonly id: TaskId;
}

export interface TaskError {
  readonly class: ErrorClass;
  readonly message: string;
}

export interface DependencyState {
  readonly id: TaskId;
  readonly status: TaskStatus;
}

interface TaskBase extends TaskSpec {
  readonly id: TaskId;
  /** Creation order; the cursor of lists. */
  readonly num: number;
  /** Grows with every change; `apply` compares it. */
  readonly revision: number;
  /** Dependencies that do not satisfy yet. */
  readonly blockedBy: readonly DependencyState[];
  /** Number of the current or last attempt; 0 before the first. */
  readonly attempt: number;
  /** Attempts that ended in failure; retries stop at `maxAttempts`. */
  readonly failures: number;
  /** Attempts whose worker vanished, counted apart from failures. */
  readonly lost: number;
  readonly progress: number;
  readonly progressNote: string | null;
  /** What the worker handed over: any JSON value, or null. */
  readonly result: unknown;
  readonly error: TaskError | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly startedAtMs: number | null;
}

/** One member per state: a running task has a lease, a queued one cannot. */
export type TaskState =
  | { readonly status: 'queued'; readonly notBeforeMs: number | null; readonly parkedOn: TaskId | null; readonly lease: null; readonly finishedAtMs: null; readonly blockedReason: null }
  | { readonly status: 'blocked'; readonly lease: null; readonly finishedAtMs: null; readonly blockedReason: string | null }
  | { readonly status: 'claimed' | 'running'; readonly lease: Lease; readonly finishedAtMs: null; readonly blockedReason: null }
  | { readonly status: 'paused'; readonly lease: null; readonly finishedAtMs: null; readonly blockedReason: string | null }
  | { readonly status: 'review'; readonly lease: null; readonly finishedAtMs: null; readonly blockedReason: string | null }
  | { readonly status: 'done' | 'failed' | 'cancelled' | 'skipped'; readonly lease: null; readonly finishedAtMs: number; readonly blockedReason: null };

export type Task = TaskBase & TaskState;

/** Claimable this moment as far as the row tells; a path lock may still be in the way of a `parkedOn` one. */
export function isReady(task: Task, nowMs: number): boolean {
  return task.status === 'queued' && task.parkedOn === null && (task.notBeforeMs === null || task.notBeforeMs <= nowMs);
}

export interface Subtask {
  readonly id: SubtaskId;
  readonly taskId: TaskId;
  readonly title: string;
  readonly done: boolean;
  readonly createdAtMs: number;
  readonly completedAtMs: number | null;
}

/** Why one particular task can't be claimed now. The first that applies is the one to fix first. */
export type ClaimObstacle =
  | { readonly kind: 'status'; readonly status: TaskStatus; readonly reason: string | null }
  | { readonly kind: 'dependencies'; readonly unfinished: readonly DependencyState[] }
  | { readonly kind: 'not_due'; readonly notBeforeMs: number }
  | { readonly kind: 'capabilities'; readonly missing: readonly string[] }
  | { readonly kind: 'lease'; readonly lease: Lease }
  | { readonly kind: 'locks'; readonly conflicts: readonly LockConflict[] }
  | { readonly kind: 'former_process'; readonly runId: string };

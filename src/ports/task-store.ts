import type { NewEvent } from '../domain/audit/event.js';
import type { SubtaskId, TaskId } from '../domain/kernel/ids.js';
import type { TaskChange } from '../domain/task/change.js';
import type { NewTask, Subtask, Task, TaskSpec, TaskStatus } from '../domain/task/task.js';

export interface TaskFilter {
  readonly statuses: readonly TaskStatus[];
  readonly ready: boolean;
  readonly labels: readonly string[];
  readonly project: string | null;
  readonly agent: string | null;
  readonly parent: TaskId | null;
}

export interface TaskPage {
  readonly tasks: readonly Task[];
  /** Number of tasks that match the filter, on all pages. */
  readonly total: number;
  /** `num` to continue after, or null on the last page. */
  readonly nextAfter: number | null;
}

/** What an edit replaces; absent keys stay. */
export type TaskEdit = Partial<Omit<TaskSpec, 'parent' | 'targetBranch'>> & { readonly targetBranch?: string | null; readonly parent?: TaskId | null };

export interface CreateTasks {
  readonly tasks: readonly NewTask[];
  /** Same key, same result: the ids created the first time. */
  readonly idempotencyKey: string | null;
  /** SHA-256 of the input, to tell a repeat from a mistake. */
  readonly inputDigest: string;
}

export interface CreatedTasks {
  readonly ids: readonly TaskId[];
  /** True when the key was known and nothing was written. */
  readonly repeated: boolean;
  readonly sameInput: boolean;
}

/** Tasks, their graph, and every change of a task's state. Each method is one atomic operation. */
export interface TaskStore {
  /**
   * All or nothing. Throws TASK_NOT_FOUND for an unknown dependency or parent, DEPENDENCY_CYCLE naming
   * the cycle. An id that exists already is answered as `IdTaken`, so that the caller draws another.
   */
  createTasks(input: CreateTasks): Promise<CreatedTasks | IdTaken>;
  /** Throws TASK_NOT_FOUND. */
  getTask(id: TaskId): Promise<Task>;
  findTask(id: TaskId): Promise<Task | undefined>;
  /** Full ids that begin with the prefix, at most `limit`, oldest first. */
  findTaskIds(prefix: string, limit: number): Promise<readonly TaskId[]>;
  listTasks(filter: TaskFilter, page: { readonly limit: number; readonly after: number | null }): Promise<TaskPage>;
  countByStatus(): Promise<Readonly<Record<TaskStatus, number>>>;
  countReady(): Promise<number>;
  /** Ids of the tasks that depend directly on this one. */
  dependentsOf(id: TaskId): Promise<readonly TaskId[]>;
  /** The tasks around one task (all its ancestors and descendants), or the whole graph of open tasks; at most `limit`. */
  graph(center: TaskId | null, limit: number): Promise<{ readonly tasks: readonly Task[]; readonly truncated: boolean }>;
  /**
   * Compare-and-set of one task's state; the heart of the store. Throws STALE_REVISION when the task
   * changed since it was read, LEASE_STALE when `change.token` is not the live lease's token.
   * In the same transaction: releases lease and path locks when asked, wakes tasks parked on them,
   * frees or re-blocks dependents when `satisfiesDependents` flips, moves the parent's progress,
   * and appends the event. Answers the task as it is afterwards.
   */
  apply(change: TaskChange): Promise<Task>;
  /** Throws STALE_REVISION, ILLEGAL_TRANSITION while claimed or running, DEPENDENCY_CYCLE, TASK_NOT_FOUND. */
  editTask(id: TaskId, expectedRevision: number, edit: TaskEdit): Promise<Task>;
  /** Throws ILLEGAL_TRANSITION while claimed or running, HAS_DEPENDENTS when other tasks need it. */
  deleteTask(id: TaskId): Promise<void>;

  addSubtask(taskId: TaskId, subtask: { readonly id: SubtaskId; readonly title: string }, idempotencyKey: string | null): Promise<Subtask>;
  listSubtasks(taskId: TaskId): Promise<readonly Subtask[]>;
  findSubtaskIds(prefix: string, limit: number): Promise<readonly SubtaskId[]>;
  /** Idempotent. Throws SUBTASK_NOT_FOUND. Moves the task's progress. */
  completeSubtask(id: SubtaskId): Promise<Subtask>;
  deleteSubtask(id: SubtaskId): Promise<void>;

  /** An event that belongs to no change of state. */
  appendEvent(event: NewEvent): Promise<void>;
}

export interface IdTaken {
  readonly idTaken: string;
}

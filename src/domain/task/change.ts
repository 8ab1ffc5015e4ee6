import type { NewEvent } from '../audit/event.js';
import type { FencingToken, RunId, TaskId } from '../kernel/ids.js';
import type { RunPatch } from '../run/run-patch.js';
import type { TaskError, TaskStatus } from './task.js';

/** The state a plan moves a task to. Only the fields of that state can be given. */
export type NextState =
  | { readonly status: 'queued'; readonly notBeforeMs: number | null }
  | { readonly status: 'blocked'; readonly blockedReason: string | null }
  | { readonly status: 'running' }
  | { readonly status: 'claimed' }
  | { readonly status: 'paused'; readonly blockedReason: string | null }
  | { readonly status: 'review'; readonly blockedReason: string | null }
  | { readonly status: Extract<TaskStatus, 'done' | 'failed' | 'cancelled' | 'skipped'>; readonly finishedAtMs: number };

/** One planned step of one task. Pure data: a plan returns it, `TaskStore.apply` writes it, a dry run prints it. */
export interface TaskChange {
  readonly taskId: TaskId;
  readonly expectedRevision: number;
  /** When set, the change is made on behalf of a worker and happens only under this live token. */
  readonly token: FencingToken | null;
  readonly next: NextState;
  /** `release` ends the live lease and its path locks; `keep` leaves them as they are. */
  readonly lease: 'keep' | 'release';
  readonly fields: TaskFields;
  /** Written in the same transaction when the change ends or advances a run. */
  readonly run: { readonly id: RunId; readonly patch: RunPatch } | null;
  readonly event: NewEvent;
}

/** Fields that may move together with the state; absent ones stay. */
export interface TaskFields {
  readonly progress?: number;
  readonly progressNote?: string | null;
  readonly result?: unknown;
  readonly error?: TaskError | null;
  readonly failures?: number;
  readonly lost?: number;
  readonly startedAtMs?: number;
}

import type { NextState } from '../../../domain/task/change.js';
import type { TaskId } from '../../../domain/kernel/ids.js';
import type { Transaction } from '../database/connection.js';
import { applyChange } from '../tasks/apply-change.js';
import { findState } from '../tasks/task-queries.js';
import type { StateRow } from '../tasks/task-rows.js';

/** The reason of a task that an approval holds up. A task with any other reason is no longer ours to move. */
const waitsFor = (approval: string): string => `waits for approval ${approval}`;

/** Blocks the task until the approval is decided. One that is worked on, paused, finished, deleted or blocked for a reason of its own is left as it is. */
export function parkTask(transaction: Transaction, task: string, approval: string): void {
  const row = findState(transaction, task);
  if (row === undefined) return;
  const waits = row.status === 'queued' || (row.status === 'blocked' && row.blocked_reason === null);
  if (waits) block(transaction, row, waitsFor(approval));
}

/** Back into the queue, or behind its dependencies. */
export function freeTask(transaction: Transaction, task: string | null, approval: string): void {
  const row = findWaiting(transaction, task, approval);
  if (row !== undefined) move(transaction, row, { next: { status: 'queued', notBeforeMs: null }, type: 'task.unblocked', data: { reason: row.blocked_reason, approval } });
}

/** It stays blocked, but for a reason that says what has become of the approval. */
export function keepBlocked(transaction: Transaction, task: string | null, stuck: { readonly approval: string; readonly reason: string }): void {
  const row = findWaiting(transaction, task, stuck.approval);
  if (row !== undefined) block(transaction, row, stuck.reason);
}

function findWaiting(transaction: Transaction, task: string | null, approval: string): StateRow | undefined {
  const row = task === null ? undefined : findState(transaction, task);
  return row?.status === 'blocked' && row.blocked_reason === waitsFor(approval) ? row : undefined;
}

function block(transaction: Transaction, row: StateRow, reason: string): void {
  move(transaction, row, { next: { status: 'blocked', blockedReason: reason }, type: 'task.blocked', data: { reason } });
}

interface Move {
  readonly next: NextState;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

function move(transaction: Transaction, row: StateRow, { next, type, data }: Move): void {
  const event = { type, task: row.id, run: null, token: null, data };
  applyChange(transaction, { taskId: row.id as TaskId, expectedRevision: row.revision, token: null, next, lease: 'keep', fields: {}, run: null, event });
}

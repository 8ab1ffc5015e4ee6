import { assert } from '../../../domain/kernel/assert.js';
import { AiError } from '../../../domain/kernel/errors.js';
import type { NextState, TaskChange, TaskFields } from '../../../domain/task/change.js';
import { satisfiesDependents, type Task, type TaskStatus } from '../../../domain/task/task.js';
import { dropReservation } from '../claims/parking.js';
import { releaseLease } from '../claims/release.js';
import { staleLease } from '../claims/stale-lease.js';
import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';
import { patchRun } from '../runs/run-patch.js';
import { blockDependents, freeDependents } from './dependents.js';
import { changeParts } from './parts.js';
import { getState, loadTask } from './task-queries.js';
import type { StateRow } from './task-rows.js';

type StateParams = [
  status: TaskStatus, blockedReason: string | null, notBefore: number | null, lockWaitSince: number | null, leaseToken: number | null,
  failures: number, lost: number, progress: number, progressNote: string | null, result: string | null, errorClass: string | null, errorMessage: string | null,
  updatedAt: number, startedAt: number | null, finishedAt: number | null, num: number,
];

const writeState: Query<StateParams> = {
  sql: `UPDATE task SET status = ?, blocked_reason = ?, not_before = ?, parked_on = NULL, lock_wait_since = ?, lease_token = ?,
      failures = ?, lost = ?, progress = ?, progress_note = ?, result = ?, error_class = ?, error_message = ?,
      revision = revision + 1, updated_at = ?, started_at = ?, finished_at = ? WHERE num = ?`,
};

/** The state columns that a change sets, resolved against the row as it is in the transaction. */
interface Resolved {
  readonly status: TaskStatus;
  readonly blockedReason: string | null;
  readonly notBeforeMs: number | null;
  readonly finishedAtMs: number | null;
}

/** Compare-and-set of one task's state, with everything that follows from it. */
export function applyChange(transaction: Transaction, change: TaskChange): Task {
  const row = getState(transaction, change.taskId);
  if (change.token !== null && row.lease_token !== change.token) throw staleLease(transaction, row, change.token);
  if (row.revision !== change.expectedRevision) throw staleRevision(row, change.expectedRevision);
  const next = resolve(change.next, row);
  writeRow(transaction, row, { change, next });
  if (change.lease === 'release') releaseLease(transaction, row.num);
  if (next.status !== 'queued') dropReservation(transaction, row.num);
  if (change.run !== null) patchRun(transaction, change.run.id, change.run.patch);
  transaction.append(change.event);
  settleNeighbours(transaction, row, next.status);
  return loadTask(transaction, row.num);
}

/**
 * Queued or blocked is decided by the dependencies as they are now: a plan made from an older view asks
 * for one and gets the other. A due time survives being blocked.
 */
function resolve(next: NextState, row: StateRow): Resolved {
  const isOpen = row.open_dependencies > 0;
  const plain = { status: next.status, blockedReason: null, notBeforeMs: null, finishedAtMs: null };
  switch (next.status) {
    case 'queued':
      return { ...plain, status: isOpen ? 'blocked' : 'queued', notBeforeMs: next.notBeforeMs };
    case 'blocked':
      return { ...plain, status: isOpen || next.blockedReason !== null ? 'blocked' : 'queued', blockedReason: next.blockedReason };
    case 'paused':
    case 'review':
      return { ...plain, blockedReason: next.blockedReason };
    case 'claimed':
    case 'running':
      return plain;
    default:
      return { ...plain, finishedAtMs: next.finishedAtMs };
  }
}

function writeRow(transaction: Transaction, row: StateRow, { change, next }: { readonly change: TaskChange; readonly next: Resolved }): void {
  const leased = next.status === 'claimed' || next.status === 'running';
  assert(!leased || change.lease === 'keep', 'a claimed task keeps its lease');
  assert(leased || change.lease === 'release' || row.lease_token === null, 'a task that nobody works on has no lease');
  const fields = resolveFields(change.fields, row);
  const lockWaitSince = next.status === 'queued' ? row.lock_wait_since : null;
  const written = transaction.run(
    writeState,
    ...([next.status, next.blockedReason, next.notBeforeMs, lockWaitSince, leased ? row.lease_token : null] as const),
    ...fields,
    ...([transaction.now.wallMs, change.fields.startedAtMs ?? row.started_at, next.finishedAtMs, row.num] as const),
  );
  assert(written === 1, 'the row that was read is there');
}

type FieldParams = [failures: number, lost: number, progress: number, progressNote: string | null, result: string | null, errorClass: string | null, errorMessage: string | null];

function resolveFields(fields: TaskFields, row: StateRow): FieldParams {
  const note = fields.progressNote === undefined ? row.progress_note : fields.progressNote;
  const result = fields.result === undefined ? row.result : storedJson(fields.result);
  const error = fields.error === undefined ? [row.error_class, row.error_message] as const : [fields.error?.class ?? null, fields.error?.message ?? null] as const;
  return [fields.failures ?? row.failures, fields.lost ?? row.lost, fields.progress ?? row.progress, note, result, ...error];
}

/** Null stands for "nothing handed over" in the column as in the task. */
function storedJson(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Dependents and parent follow when the task begins or ceases to count as finished. */
function settleNeighbours(transaction: Transaction, before: StateRow, status: TaskStatus): void {
  const [was, is] = [satisfiesDependents(before.status), satisfiesDependents(status)];
  if (was === is) return;
  if (is) freeDependents(transaction, before);
  else blockDependents(transaction, before);
  if (before.parent !== null) changeParts(transaction, before.parent, { total: 0, done: is ? 1 : -1 });
}

export function staleRevision(row: StateRow, expected: number): AiError {
  return new AiError({
    code: 'STALE_REVISION',
    message: `${row.id} has changed since it was read (revision ${row.revision}, not ${expected}); nothing was written.`,
    hint: `Look at it again: ai task show ${row.id}`,
    retryable: true,
    details: { task: row.id, revision: row.revision, expected, status: row.status },
  });
}

import type { Transaction } from '../database/connection.js';
import type { Query, SqlReader } from '../database/statements.js';
import { findConflicts, type FoundConflict, type WantedLock } from './lock-conflicts.js';

/** A task that somebody tries to claim. */
export interface Candidate {
  readonly num: number;
  readonly lock_wait_since: number | null;
}

const wantedLocks: Query<[task: number], WantedLock> = { sql: 'SELECT pattern, mode, prefix FROM task_lock WHERE task = ? ORDER BY position' };
const park: Query<[holder: number, sinceMs: number, task: number, holderAgain: number]> = {
  sql: `UPDATE task SET parked_on = ?, lock_wait_since = coalesce(lock_wait_since, ?)
    WHERE num = ? AND (parked_on IS NOT ? OR lock_wait_since IS NULL)`,
};
const wakeParked: Query<[holder: number]> = { sql: 'UPDATE task SET parked_on = NULL WHERE parked_on = ?' };
const restartReservations: Query<[nowMs: number, holder: number]> = {
  sql: 'UPDATE path_lock SET since = ? WHERE token IS NULL AND (SELECT parked_on FROM task WHERE num = path_lock.task) = ?',
};
const hasReservation: Query<[task: number], { readonly one: 1 }> = { sql: 'SELECT 1 AS one FROM path_lock WHERE task = ? AND token IS NULL LIMIT 1' };
const reserveLock: Query<[prefix: string, task: number, position: number, pattern: string, mode: string, sinceMs: number]> = {
  sql: 'INSERT INTO path_lock(prefix, task, position, pattern, mode, token, since) VALUES (?, ?, ?, ?, ?, NULL, ?)',
};
const deleteReservation: Query<[task: number]> = { sql: 'DELETE FROM path_lock WHERE task = ? AND token IS NULL' };
const unusedReservations: Query<[untilMs: number], { readonly task: number }> = {
  sql: `SELECT DISTINCT p.task FROM path_lock p INDEXED BY path_lock_reserved JOIN task t ON t.num = p.task
    WHERE p.token IS NULL AND p.since <= ? AND t.parked_on IS NULL`,
};
const restartWait: Query<[task: number]> = { sql: 'UPDATE task SET lock_wait_since = NULL WHERE num = ?' };

/** The locks that a task declares. */
export function locksWanted(sql: SqlReader, task: number): WantedLock[] {
  return sql.all(wantedLocks, task);
}

/** The first standing lock of another task in the way of a candidate. */
export function blockingLock(sql: SqlReader, candidate: Candidate, wanted: readonly WantedLock[]): FoundConflict | undefined {
  return findConflicts(sql, wanted, { except: candidate.num, limit: 1 })[0];
}

/**
 * Ends reservations that their tasks have not used though nothing stood in their way (no worker with their
 * capabilities came, say): they would else keep everybody out for ever. Answers how many tasks lost theirs.
 */
export function lapseReservations(transaction: Transaction): number {
  const unused = transaction.all(unusedReservations, transaction.now.wallMs - transaction.lockReservationAfterMs);
  for (const { task } of unused) {
    dropReservation(transaction, task);
    transaction.run(restartWait, task);
  }
  return unused.length;
}

/**
 * Takes the candidate out of the ready index until the task in its way lets go. One that has waited for
 * too long gets its locks reserved, so that newer claims don't pass it by for ever.
 */
export function passOver(transaction: Transaction, candidate: Candidate, block: { readonly by: number; readonly wanted: readonly WantedLock[] }): void {
  const nowMs = transaction.now.wallMs;
  transaction.run(park, block.by, nowMs, candidate.num, block.by);
  const waitedMs = nowMs - (candidate.lock_wait_since ?? nowMs);
  if (waitedMs >= transaction.lockReservationAfterMs) reserve(transaction, candidate.num, block.wanted);
}

/** Reservations never overlap each other, so that two waiting tasks can't keep each other out. */
function reserve(transaction: Transaction, task: number, wanted: readonly WantedLock[]): void {
  if (transaction.get(hasReservation, task) !== undefined) return;
  if (findConflicts(transaction, wanted, { except: task, reservedOnly: true, limit: 1 }).length > 0) return;
  for (const [position, lock] of wanted.entries()) {
    transaction.run(reserveLock, lock.prefix, task, position, lock.pattern, lock.mode, transaction.now.wallMs);
  }
}

/** The task's locks are gone: whoever was parked on it is looked at again. The time to use a reservation starts now. */
export function wake(transaction: Transaction, holder: number): void {
  transaction.run(restartReservations, transaction.now.wallMs, holder);
  transaction.run(wakeParked, holder);
}

/** For a task that leaves the queue without being claimed, or whose locks are edited. */
export function dropReservation(transaction: Transaction, task: number): void {
  if (transaction.run(deleteReservation, task) > 0) wake(transaction, task);
}

/** For a task that is claimed: its reservation becomes the real locks, and who is parked on it stays parked. Only one that waited has any. */
export function redeemReservation(transaction: Transaction, candidate: Candidate): void {
  if (candidate.lock_wait_since !== null) transaction.run(deleteReservation, candidate.num);
}

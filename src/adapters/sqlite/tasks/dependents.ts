import type { TaskStatus } from '../../../domain/task/task.js';
import { dropReservation } from '../claims/parking.js';
import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';

interface MovedRow {
  readonly num: number;
  readonly id: string;
  readonly status: TaskStatus;
  readonly open_dependencies: number;
  readonly blocked_reason: string | null;
}

type Params = [nowMs: number, dependency: number];

const DEPENDENTS = 'num IN (SELECT task FROM dependency WHERE dependency = ?)';
const MOVED = 'RETURNING num, id, status, open_dependencies, blocked_reason';
const FREED = `status = 'blocked' AND blocked_reason IS NULL AND open_dependencies = 1`;

/** In both statements the right-hand sides see the row as it was before. */
const countDown: Query<Params, MovedRow> = {
  sql: `UPDATE task SET open_dependencies = open_dependencies - 1,
      status = iif(${FREED}, 'queued', status), revision = revision + iif(${FREED}, 1, 0), updated_at = iif(${FREED}, ?, updated_at)
    WHERE ${DEPENDENTS} ${MOVED}`,
};
const countUp: Query<Params, MovedRow> = {
  sql: `UPDATE task SET open_dependencies = open_dependencies + 1,
      parked_on = NULL, lock_wait_since = NULL,
      status = iif(status = 'queued', 'blocked', status), revision = revision + iif(status = 'queued', 1, 0), updated_at = iif(status = 'queued', ?, updated_at)
    WHERE ${DEPENDENTS} ${MOVED}`,
};

/** A task that begins to satisfy its dependents: those that waited for it alone enter the queue. Touches only them. */
export function freeDependents(transaction: Transaction, task: { readonly num: number; readonly id: string }): void {
  for (const row of transaction.all(countDown, transaction.now.wallMs, task.num)) {
    // A queued row had no open dependency, so that a queued one among those counted down was freed right now.
    if (row.status === 'queued') transaction.append({ type: 'task.unblocked', task: row.id, run: null, token: null, data: { by: task.id } });
  }
}

/** A task that satisfies its dependents no longer: those in the queue leave it. Whoever works on one goes on. */
export function blockDependents(transaction: Transaction, task: { readonly num: number; readonly id: string }): void {
  for (const row of transaction.all(countUp, transaction.now.wallMs, task.num)) {
    // Without a reason of its own and with one open dependency, it was in the queue before.
    if (row.status !== 'blocked' || row.blocked_reason !== null || row.open_dependencies !== 1) continue;
    dropReservation(transaction, row.num);
    transaction.append({ type: 'task.blocked_again', task: row.id, run: null, token: null, data: { by: task.id } });
  }
}

import type { Transaction } from './connection.js';
import type { Query } from './statements.js';

type Params = [total: number, done: number, nowMs: number, task: number];

/** Progress follows the parts while the work goes on; what a finished task has reached stays. */
const moveParts: Query<Params> = {
  sql: `UPDATE task SET parts_total = parts_total + ?1, parts_done = parts_done + ?2, revision = revision + 1, updated_at = ?3,
      progress = CASE
        WHEN status IN ('review', 'done', 'failed', 'cancelled', 'skipped') OR parts_total + ?1 = 0 THEN progress
        ELSE 100 * (parts_done + ?2) / (parts_total + ?1) END
    WHERE num = ?4`,
};

/** Parts of a task are its subtasks and its child tasks; a child counts as finished when it satisfies dependents. */
export function changeParts(transaction: Transaction, parent: number, change: { readonly total: number; readonly done: number }): void {
  if (change.total === 0 && change.done === 0) return;
  transaction.run(moveParts, change.total, change.done, transaction.now.wallMs, parent);
}

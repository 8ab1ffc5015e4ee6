import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';

type Params = [total: number, done: number, nowMs: number, task: number];

const moveParts: Query<Params> = {
  sql: 'UPDATE task SET parts_total = parts_total + ?, parts_done = parts_done + ?, revision = revision + 1, updated_at = ? WHERE num = ?',
};
/** Progress follows the parts while the work goes on; what a finished task has reached stays. */
const followParts: Query<[task: number]> = {
  sql: `UPDATE task SET progress = 100 * parts_done / parts_total
    WHERE num = ? AND parts_total > 0 AND status NOT IN ('review', 'done', 'failed', 'cancelled', 'skipped')`,
};

/** Parts of a task are its subtasks and its child tasks; a child counts as finished when it satisfies dependents. */
export function changeParts(transaction: Transaction, parent: number, change: { readonly total: number; readonly done: number }): void {
  if (change.total === 0 && change.done === 0) return;
  transaction.run(moveParts, change.total, change.done, transaction.now.wallMs, parent);
  transaction.run(followParts, parent);
}

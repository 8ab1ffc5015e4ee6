import { freeUnusedBudget } from '../budgets/settle-budget.js';
import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';
import { wake } from './parking.js';

const deleteLease: Query<[task: number]> = { sql: 'DELETE FROM lease WHERE task = ?' };
/** Locks can't be edited while they are held, so that what a task holds is what it declares. */
const deleteLocks: Query<[task: number]> = {
  sql: 'DELETE FROM path_lock WHERE (prefix, task, position) IN (SELECT prefix, task, position FROM task_lock WHERE task = ?)',
};

/** Ends lease, path locks and unused budget of a task whose row no longer names the lease, and wakes who is parked on it. */
export function releaseLease(transaction: Transaction, task: number): void {
  freeUnusedBudget(transaction, task);
  transaction.run(deleteLease, task);
  transaction.run(deleteLocks, task);
  wake(transaction, task);
}

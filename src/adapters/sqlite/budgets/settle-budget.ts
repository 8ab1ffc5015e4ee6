import type { BudgetSettlement } from '../../../ports/budget-store.js';
import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';
import { assertMicros, moveSums } from './budget-days.js';

interface EntryRow {
  readonly token: number;
  readonly day: string;
  readonly task: string;
  readonly run: string | null;
  readonly reserved: number;
  readonly settled: number | null;
}

const COLUMNS = 'SELECT b.token, b.day, b.task, b.run, b.reserved, b.settled FROM budget_entry b';

const byToken: Query<[token: number], EntryRow> = { sql: `${COLUMNS} WHERE b.token = ?` };
const writeSettled: Query<[settled: number, nowMs: number, token: number]> = { sql: 'UPDATE budget_entry SET settled = ?, settled_at = ? WHERE token = ?' };
const writeFreed: Query<[token: number]> = { sql: 'UPDATE budget_entry SET reserved = 0 WHERE token = ?' };
/** A run's process is recorded before it may do anything: without one, nothing was spent. */
const unusedOf: Query<[task: number], EntryRow> = {
  sql: `${COLUMNS} JOIN lease l ON l.token = b.token LEFT JOIN run r ON r.id = l.run
    WHERE l.task = ? AND b.settled IS NULL AND (r.num IS NULL OR (r.process IS NULL AND r.phase NOT IN ('running', 'collecting', 'verifying', 'finishing')))`,
};

/** Puts the cost in place of the reservation, once. */
export function settleBudget(transaction: Transaction, token: number, micros: number | null): BudgetSettlement {
  if (micros !== null) assertMicros(micros);
  const entry = transaction.get(byToken, token);
  if (entry === undefined) return { kind: 'no_budget' };
  if (entry.settled !== null) return { kind: 'settled_before', day: entry.day, micros: entry.settled };
  const settled = micros ?? entry.reserved;
  moveSums(transaction, entry.day, { reserved: -entry.reserved, settled });
  transaction.run(writeSettled, settled, transaction.now.wallMs, token);
  append(transaction, entry, { type: 'budget.settled', data: { day: entry.day, reservedMicros: entry.reserved, micros: settled, known: micros !== null } });
  return { kind: 'settled', day: entry.day, micros: settled };
}

/** For a lease that ends: gives the reservation back when nothing can have been spent. A cost that is reported later still counts. */
export function freeUnusedBudget(transaction: Transaction, task: number): void {
  const entry = transaction.get(unusedOf, task);
  if (entry === undefined || entry.reserved === 0) return;
  moveSums(transaction, entry.day, { reserved: -entry.reserved, settled: 0 });
  transaction.run(writeFreed, entry.token);
  append(transaction, entry, { type: 'budget.freed', data: { day: entry.day, micros: entry.reserved } });
}

function append(transaction: Transaction, entry: EntryRow, event: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }): void {
  transaction.append({ type: event.type, task: entry.task, run: entry.run, token: entry.token, data: event.data });
}

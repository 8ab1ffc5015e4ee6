import type { Lease } from '../../../domain/lease/lease.js';
import type { BudgetOrder } from '../../../ports/budget-store.js';
import type { ClaimOutcome } from '../../../ports/lease-store.js';
import type { Transaction } from '../database/connection.js';
import type { Query, SqlReader } from '../database/statements.js';
import { assertMicros, dayUsage, moveSums, usedMicros } from './budget-days.js';

type InsertParams = [token: number, day: string, task: string, run: string | null, reserved: number, at: number];
type Order = BudgetOrder | null | undefined;

const insertEntry: Query<InsertParams> = { sql: 'INSERT INTO budget_entry(token, day, task, run, reserved, at) VALUES (?, ?, ?, ?, ?, ?)' };

/** The answer when the claim does not fit into its day any more. Nothing is asked of a claim without a budget. */
export function refuseOverBudget(sql: SqlReader, order: Order): Extract<ClaimOutcome, { kind: 'budget' }> | undefined {
  if (order === null || order === undefined) return undefined;
  const { day, dayLimitMicros, reserveMicros } = order;
  for (const amount of [dayLimitMicros, reserveMicros]) if (amount !== null) assertMicros(amount);
  if (dayLimitMicros === null) return undefined;
  const used = usedMicros(dayUsage(sql, day));
  const fits = reserveMicros === null ? used < dayLimitMicros : used + reserveMicros <= dayLimitMicros;
  return fits ? undefined : { kind: 'budget', day, usedMicros: used, limitMicros: dayLimitMicros };
}

/** Reserves for a lease that is being granted; `refuseOverBudget` was asked in the same transaction. Answers what the event says of it. */
export function reserveBudget(transaction: Transaction, order: Order, lease: Lease): { readonly budgetMicros?: number } {
  if (order === null || order === undefined) return {};
  const { day, dayLimitMicros, reserveMicros } = order;
  const used = usedMicros(dayUsage(transaction, day));
  const amount = reserveMicros ?? (dayLimitMicros === null ? 0 : dayLimitMicros - used);
  moveSums(transaction, day, { reserved: amount, settled: 0 });
  transaction.run(insertEntry, lease.token, day, lease.taskId, lease.runId, amount, transaction.now.wallMs);
  return { budgetMicros: amount };
}

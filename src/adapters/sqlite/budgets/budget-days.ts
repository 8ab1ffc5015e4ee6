import { assert } from '../../../domain/kernel/assert.js';
import type { DayUsage } from '../../../ports/budget-store.js';
import type { Transaction } from '../database/connection.js';
import type { Query, SqlReader } from '../database/statements.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const usageOf: Query<[day: string], DayUsage> = { sql: 'SELECT reserved AS reservedMicros, settled AS settledMicros FROM budget_day WHERE day = ?' };
const addDay: Query<[day: string]> = { sql: 'INSERT INTO budget_day(day, reserved, settled) VALUES (?, 0, 0) ON CONFLICT(day) DO NOTHING' };
const addToDay: Query<[reserved: number, settled: number, day: string]> = { sql: 'UPDATE budget_day SET reserved = reserved + ?, settled = settled + ? WHERE day = ?' };

export function dayUsage(sql: SqlReader, day: string): DayUsage {
  assertDay(day);
  return sql.get(usageOf, day) ?? { reservedMicros: 0, settledMicros: 0 };
}

/** What counts against the limit of a day. */
export const usedMicros = (usage: DayUsage): number => usage.reservedMicros + usage.settledMicros;

/** Changes the sums of a day, which is the only place where they change. */
export function moveSums(transaction: Transaction, day: string, by: { readonly reserved: number; readonly settled: number }): void {
  const usage = dayUsage(transaction, day);
  assertMicros(usage.reservedMicros + by.reserved);
  assertMicros(usage.settledMicros + by.settled);
  transaction.run(addDay, day);
  transaction.run(addToDay, by.reserved, by.settled, day);
}

/** A negative, fractional, infinite or missing amount would make every limit void. */
export function assertMicros(amount: number): void {
  assert(Number.isSafeInteger(amount) && amount >= 0, 'an amount of money is a whole number of micro-dollars, not negative and safe');
}

function assertDay(day: string): void {
  const time = DAY.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  assert(!Number.isNaN(time) && new Date(time).toISOString().startsWith(day), 'a budget names a day as YYYY-MM-DD');
}

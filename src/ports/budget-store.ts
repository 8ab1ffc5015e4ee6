import type { FencingToken } from '../domain/kernel/ids.js';

/** What a claim must fit into. Amounts are micro-dollars: whole, not negative, safe integers. */
export interface BudgetOrder {
  /** `YYYY-MM-DD` in UTC: the day that pays, also when the work ends on a later one. */
  readonly day: string;
  /** Null is no limit; the usage is counted all the same. */
  readonly dayLimitMicros: number | null;
  /** The most that the work may cost. Null is unknown and counts as the ceiling: all that is left of the day; nothing when the day has no limit. */
  readonly reserveMicros: number | null;
}

export interface DayUsage {
  /** Of leases that are not settled, whether they live or not. */
  readonly reservedMicros: number;
  readonly settledMicros: number;
}

/** `settled_before`: the first settlement stands, whatever this one says. `no_budget`: the lease was granted without one. */
export type BudgetSettlement =
  | { readonly kind: 'settled' | 'settled_before'; readonly day: string; readonly micros: number }
  | { readonly kind: 'no_budget' };

/**
 * Money of a day. A claim reserves in its own transaction (`ClaimRequest.budget`). The reservation stands until it is settled,
 * also when the lease is lost; only a lease that ends before its run had a process gives it back by itself.
 */
export interface BudgetStore {
  /** Puts what the work has cost in place of its reservation, once. `micros` null is unknown and counts as the reservation. */
  settleBudget(settlement: { readonly token: FencingToken; readonly micros: number | null }): Promise<BudgetSettlement>;
  /** Reserved and settled together are what counts against the limit of the day. */
  dayUsage(day: string): Promise<DayUsage>;
}

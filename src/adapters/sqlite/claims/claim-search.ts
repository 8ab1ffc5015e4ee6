import type { ClaimOutcome, ClaimRequest } from '../../../ports/lease-store.js';
import { refuseOverBudget } from '../budgets/reserve-budget.js';
import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';
import { textList } from '../tasks/task-rows.js';
import { grant, refuseBusyAgent } from './grant.js';
import type { WantedLock } from './lock-conflicts.js';
import { blockingLock, lapseReservations, locksWanted, passOver } from './parking.js';

/** Bounds of one claim transaction, so that a long queue never keeps other writers waiting for long. */
export const CLAIM_LIMITS = {
  duePromotions: 1_000,
  parkings: 256,
  candidates: 2_000,
  chunk: 64,
} as const;

/** Where the search goes on in the next transaction, and what it has passed over so far. */
export interface SearchCursor {
  readonly priority: number;
  readonly num: number;
  readonly withoutCapability: number;
  /** Unused reservations have been ended, which happens once in a search. */
  readonly lapsed: boolean;
}

export const SEARCH_START: SearchCursor = { priority: -1, num: 0, withoutCapability: 0, lapsed: false };

export type SearchStep = { readonly kind: 'answered'; readonly outcome: ClaimOutcome } | { readonly kind: 'unfinished'; readonly cursor: SearchCursor };

interface CandidateRow {
  readonly num: number;
  readonly id: string;
  readonly priority: number;
  readonly requires_any: number;
  readonly lock_wait_since: number | null;
  readonly failures: number;
}

const anyDue: Query<[nowMs: number], { readonly one: 1 }> = {
  sql: `SELECT 1 AS one FROM task INDEXED BY task_due WHERE status = 'queued' AND not_before IS NOT NULL AND not_before <= ? LIMIT 1`,
};
const promoteSome: Query<[nowMs: number, limit: number]> = {
  sql: `UPDATE task SET not_before = NULL WHERE num IN
    (SELECT num FROM task INDEXED BY task_due WHERE status = 'queued' AND not_before IS NOT NULL AND not_before <= ? ORDER BY not_before LIMIT ?)`,
};
/** The limit stands in the text: SQLite plans a statement anew each time a bound limit changes hands. */
const nextReady = (limit: number): Query<[priority: number, num: number], CandidateRow> => ({
  sql: `SELECT num, id, priority, requires_any, lock_wait_since, failures FROM task INDEXED BY task_ready
    WHERE status = 'queued' AND not_before IS NULL AND parked_on IS NULL AND (priority, num) > (?, ?) ORDER BY priority, num LIMIT ${limit}`,
});
const NEXT_ONE = nextReady(1);
const NEXT_CHUNK = nextReady(CLAIM_LIMITS.chunk);
const requiresOf: Query<[task: number], { readonly requires: string }> = { sql: 'SELECT requires FROM task_spec WHERE task = ?' };
const countParked: Query<[], { readonly parked: number }> = { sql: 'SELECT count(*) AS parked FROM task WHERE parked_on IS NOT NULL' };

/** One transaction's worth of the search for the next claimable task. */
export function searchStep(transaction: Transaction, request: ClaimRequest, from: SearchCursor): SearchStep {
  const refused = refuseBusyAgent(transaction, request.run) ?? refuseOverBudget(transaction, request.budget);
  if (refused !== undefined) return { kind: 'answered', outcome: refused };
  if (promoteDue(transaction) === CLAIM_LIMITS.duePromotions) return { kind: 'unfinished', cursor: from };
  return new Search(transaction, request, from).go();
}

/** Tasks whose pause is over enter the ready index. Asking first is a quarter of the price of an update of nothing. */
function promoteDue(transaction: Transaction): number {
  const { wallMs } = transaction.now;
  return transaction.get(anyDue, wallMs) === undefined ? 0 : transaction.run(promoteSome, wallMs, CLAIM_LIMITS.duePromotions);
}

class Search {
  readonly #transaction: Transaction;
  readonly #request: ClaimRequest;
  readonly #capabilities: ReadonlySet<string>;
  #cursor: SearchCursor;
  #seen = 0;
  #parked = 0;

  constructor(transaction: Transaction, request: ClaimRequest, from: SearchCursor) {
    this.#transaction = transaction;
    this.#request = request;
    this.#capabilities = new Set(request.capabilities);
    this.#cursor = from;
  }

  go(): SearchStep {
    for (let chunk = 1; ; chunk = CLAIM_LIMITS.chunk) {
      const rows = this.#transaction.all(chunk === 1 ? NEXT_ONE : NEXT_CHUNK, this.#cursor.priority, this.#cursor.num);
      for (const row of rows) {
        if (this.#isSpent()) return { kind: 'unfinished', cursor: this.#cursor };
        const outcome = this.#consider(row);
        if (outcome !== undefined) return { kind: 'answered', outcome };
      }
      if (rows.length < chunk) return this.#nothing();
    }
  }

  #isSpent(): boolean {
    return this.#parked >= CLAIM_LIMITS.parkings || this.#seen >= CLAIM_LIMITS.candidates;
  }

  /** Grants the candidate, or passes it over and says nothing. */
  #consider(row: CandidateRow): ClaimOutcome | undefined {
    this.#seen += 1;
    const capable = row.requires_any === 0 || this.#isCapable(row.num);
    this.#cursor = { ...this.#cursor, priority: row.priority, num: row.num, withoutCapability: this.#cursor.withoutCapability + (capable ? 0 : 1) };
    if (!capable) return undefined;
    const locks = locksWanted(this.#transaction, row.num);
    return this.#isParked(row, locks) ? undefined : grant(this.#transaction, row, { request: this.#request, locks });
  }

  #isCapable(num: number): boolean {
    return textList(this.#transaction.get(requiresOf, num)?.requires ?? '[]').every((capability) => this.#capabilities.has(capability));
  }

  #isParked(row: CandidateRow, wanted: readonly WantedLock[]): boolean {
    const block = blockingLock(this.#transaction, row, wanted);
    if (block === undefined) return false;
    passOver(this.#transaction, row, { by: block.standing.task, wanted });
    this.#parked += 1;
    return true;
  }

  #nothing(): SearchStep {
    if (!this.#cursor.lapsed && lapseReservations(this.#transaction) > 0) return { kind: 'unfinished', cursor: { ...SEARCH_START, lapsed: true } };
    const blockedByLocks = this.#transaction.get(countParked)?.parked ?? 0;
    return { kind: 'answered', outcome: { kind: 'nothing_claimable', blockedByLocks, withoutCapability: this.#cursor.withoutCapability } };
  }
}

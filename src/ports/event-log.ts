import type { ChainVerdict } from '../domain/audit/chain-verdict.js';
import type { AuditEvent } from '../domain/audit/event.js';

export interface EventFilter {
  /** Only events after this sequence number. */
  readonly sinceSeq: number;
  readonly task: string | null;
  readonly run: string | null;
  readonly types: readonly string[];
}

export type { ChainVerdict };

/** The append-only, hash-chained record of every change of state. Appending happens inside the other stores' transactions. */
export interface EventLog {
  /** Oldest first, at most `limit`. */
  listEvents(filter: EventFilter, limit: number): Promise<readonly AuditEvent[]>;
  /** Newest first, at most `limit`. */
  listLatestEvents(filter: EventFilter, limit: number): Promise<readonly AuditEvent[]>;
  headSeq(): Promise<number>;
  /** True once this process has committed a change. Costs nothing. */
  hasWritten(): boolean;
  /** Recomputes every hash in order, streaming, and tells each one that fits: what else is made of them needs no second reading. */
  verifyChain(visit?: (seq: number, hash: string) => void): Promise<ChainVerdict>;
  /**
   * A number that changes whenever any process commits a change (SQLite's data_version, plus our own
   * commits). Reading it costs microseconds, so that followers can poll it.
   */
  changeCounter(): number;
}

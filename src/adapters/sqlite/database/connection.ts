import { setTimeout as delay } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { NewEvent } from '../../../domain/audit/event.js';
import type { Instant } from '../../../domain/kernel/instant.js';
import type { Clock } from '../../../ports/clock.js';
import type { Trace } from '../../../ports/trace.js';
import { EventAppender, type EventOrigin } from '../events/event-appender.js';
import { databaseError, isBusy } from './errors.js';
import { refuseNewerSchema } from './migrate.js';
import { Statements, type Query, type SqlReader, type SqlValue, type SqlWriter } from './statements.js';

/** Whole transactions repeated after SQLite's own busy timeout has run out. */
const BUSY_RETRIES = 3;
const MAX_RETRY_PAUSE_MS = 50;

const totalChanges: Query<[], { readonly total: number }> = { sql: 'SELECT total_changes() AS total' };

export interface ConnectionOptions {
  readonly database: Database.Database;
  readonly file: string;
  readonly clock: Clock;
  /** Who: written into every event. */
  readonly actor: string;
  readonly host: string;
  readonly lockReservationAfterMs: number;
  readonly trace: Trace;
  readonly redact: EventOrigin['redact'];
}

/** One write transaction: SQL, one reading of the clock, and the chain of events. */
export interface Transaction extends SqlWriter {
  readonly now: Instant;
  readonly host: string;
  readonly lockReservationAfterMs: number;
  /** Appends to the chain; committed or rolled back with everything else. */
  append(event: NewEvent): void;
}

/** The one connection of a process. Reads see one snapshot each; writes are `BEGIN IMMEDIATE`. */
export class Connection {
  readonly options: ConnectionOptions;
  readonly statements: Statements;
  readonly #inTransaction: Database.Transaction<(work: () => unknown) => unknown>;
  #ownCommits = 0;

  constructor(options: ConnectionOptions) {
    this.options = options;
    this.statements = new Statements(options.database);
    this.#inTransaction = options.database.transaction((work: () => unknown) => work());
  }

  /** Commits of this connection that changed something. */
  get ownCommits(): number {
    return this.#ownCommits;
  }

  now(): Instant {
    const { wallMs, monoMs, bootId } = this.options.clock.now();
    return { wallMs: Math.trunc(wallMs), monoMs, bootId };
  }

  /** Runs `work` on one snapshot of the database. `work` must not write. */
  read<T>(work: (sql: SqlReader) => T): T {
    try {
      return this.#inTransaction.deferred(() => work(this.statements)) as T;
    } catch (error) {
      throw databaseError(error, this.options.file);
    }
  }

  /**
   * Runs `work` as one transaction: all of it happens, or nothing. `work` may run again from the start
   * when another process is in the way, so it must not change anything but the database.
   */
  async write<T>(name: string, work: (transaction: Transaction) => T): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        return this.#writeOnce(name, work);
      } catch (error) {
        if (!isBusy(error) || tries >= BUSY_RETRIES) throw databaseError(error, this.options.file);
      }
      await delay(Math.random() * MAX_RETRY_PAUSE_MS);
    }
  }

  #writeOnce<T>(name: string, work: (transaction: Transaction) => T): T {
    const { trace } = this.options;
    trace(`store.${name}.begin`);
    const before = this.statements.get(totalChanges)?.total;
    const result = this.#inTransaction.immediate(() => {
      refuseNewerSchema(this.statements, this.options.file);
      const transaction = new WriteTransaction(this);
      const answer = work(transaction);
      transaction.finish();
      trace(`store.${name}.commit`);
      return answer;
    }) as T;
    if (this.statements.get(totalChanges)?.total !== before) this.#ownCommits += 1;
    trace(`store.${name}.committed`);
    return result;
  }
}

class WriteTransaction implements Transaction {
  readonly now: Instant;
  readonly host: string;
  readonly lockReservationAfterMs: number;
  readonly #statements: Statements;
  readonly #events: EventAppender;

  constructor(connection: Connection) {
    this.now = connection.now();
    this.host = connection.options.host;
    this.lockReservationAfterMs = connection.options.lockReservationAfterMs;
    this.#statements = connection.statements;
    this.#events = new EventAppender(connection.statements, { actor: connection.options.actor, atMs: this.now.wallMs, redact: connection.options.redact });
  }

  get<Params extends readonly SqlValue[], Row>(query: Query<Params, Row>, ...params: Params): Row | undefined {
    return this.#statements.get(query, ...params);
  }

  all<Params extends readonly SqlValue[], Row>(query: Query<Params, Row>, ...params: Params): Row[] {
    return this.#statements.all(query, ...params);
  }

  run<Params extends readonly SqlValue[]>(query: Query<Params>, ...params: Params): number {
    return this.#statements.run(query, ...params);
  }

  append(event: NewEvent): void {
    this.#events.append(event);
  }

  finish(): void {
    this.#events.finish();
  }
}

import type Database from 'better-sqlite3';

export type SqlValue = string | number | null;

/**
 * An SQL text together with the types of its parameters and rows. Declared once per module; prepared at
 * its first use on a connection, so that a cold command pays only for the statements that it runs.
 */
export interface Query<Params extends readonly SqlValue[], Row = never> {
  readonly sql: string;
  /** Never set: carries the types. */
  readonly types?: (params: Params) => Row;
}

/** Reading access. Every answer is consistent within one `read` or `write` of the connection. */
export interface SqlReader {
  get<Params extends readonly SqlValue[], Row>(query: Query<Params, Row>, ...params: Params): Row | undefined;
  all<Params extends readonly SqlValue[], Row>(query: Query<Params, Row>, ...params: Params): Row[];
}

export interface SqlWriter extends SqlReader {
  /** Answers the number of rows changed. */
  run<Params extends readonly SqlValue[]>(query: Query<Params>, ...params: Params): number;
}

/** Prepared statements of one connection, by text. */
export class Statements implements SqlWriter {
  readonly #database: Database.Database;
  readonly #prepared = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  get<Params extends readonly SqlValue[], Row>(query: Query<Params, Row>, ...params: Params): Row | undefined {
    return this.#statement(query.sql).get(...params) as Row | undefined;
  }

  all<Params extends readonly SqlValue[], Row>(query: Query<Params, Row>, ...params: Params): Row[] {
    return this.#statement(query.sql).all(...params) as Row[];
  }

  run<Params extends readonly SqlValue[]>(query: Query<Params>, ...params: Params): number {
    return this.#statement(query.sql).run(...params).changes;
  }

  /** For texts put together at run time (filters of lists): prepared for one use, so that the cache stays small. */
  allOnce(sql: string, params: readonly SqlValue[]): unknown[] {
    return this.#database.prepare(sql).all(...params);
  }

  #statement(sql: string): Database.Statement {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#database.prepare(sql);
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

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

/** Rows of this many columns are built here: as the library's own objects they cost twice as much. */
const WIDE_ROW = 6;

/** The columns of a wide row, and an empty one: copies of it share one layout in memory, which objects built key by key would not. */
interface RowShape {
  readonly names: readonly string[];
  readonly blank: Readonly<Record<string, unknown>>;
}

interface Prepared {
  readonly statement: Database.Statement;
  /** Set when the statement answers plain arrays. */
  readonly shape: RowShape | null;
}

/**
 * Prepared statements of one connection, by text. Every query names its columns: another release may add some
 * while this process runs.
 */
export class Statements implements SqlWriter {
  readonly #database: Database.Database;
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  get<Params extends readonly SqlValue[], Row>(query: Query<Params, Row>, ...params: Params): Row | undefined {
    const { statement, shape } = this.#prepare(query.sql);
    const row = statement.get(...params);
    return (row === undefined || shape === null ? row : toRow(shape, row as unknown[])) as Row | undefined;
  }

  all<Params extends readonly SqlValue[], Row>(query: Query<Params, Row>, ...params: Params): Row[] {
    const { statement, shape } = this.#prepare(query.sql);
    const rows = statement.all(...params);
    return (shape === null ? rows : rows.map((row) => toRow(shape, row as unknown[]))) as Row[];
  }

  run<Params extends readonly SqlValue[]>(query: Query<Params>, ...params: Params): number {
    return this.#prepare(query.sql).statement.run(...params).changes;
  }

  /** For texts put together at run time (filters of lists): prepared for one use, so that the cache stays small. */
  allOnce(sql: string, params: readonly SqlValue[]): unknown[] {
    return this.#database.prepare(sql).all(...params);
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const prepared = prepare(this.#database, sql);
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

function prepare(database: Database.Database, sql: string): Prepared {
  const statement = database.prepare(sql);
  if (!statement.reader) return { statement, shape: null };
  const names = statement.columns().map((column) => column.name);
  if (names.length < WIDE_ROW) return { statement, shape: null };
  return { statement: statement.raw(), shape: { names, blank: Object.fromEntries(names.map((name) => [name, null])) } };
}

function toRow(shape: RowShape, values: readonly unknown[]): Record<string, unknown> {
  const row = { ...shape.blank };
  shape.names.forEach((name, index) => {
    row[name] = values[index];
  });
  return row;
}

import { existsSync } from 'node:fs';
import { platform } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { AiError } from '../../../domain/kernel/errors.js';
import { databaseError, isBusy, sqliteCode } from './errors.js';
import { migrate, refuseUnknownSchema } from './migrate.js';
import { nativeBindingPath } from './native-binding.js';
import { refuseNetworkFileSystem } from './network-file-system.js';
import { openReadOnlyCopy } from './read-only-copy.js';

/** How long SQLite itself waits for another process's transaction. */
export const BUSY_TIMEOUT_MS = 5_000;
/** Older libraries can damage a WAL database that two connections write and checkpoint at once. */
export const OLDEST_SQLITE = '3.51.3';
/** What a WAL file is cut back to after a burst of writes. */
const WAL_SIZE_LIMIT_BYTES = 64 * 1024 * 1024;
/** 16 MB of log before it is copied into the database: a page that every claim writes is then copied a quarter as often. */
const CHECKPOINT_PAGES = 4_000;
const CREATE_TRIES = 20;
const CREATE_PAUSE_MS = 25;

export interface OpenDatabaseOptions {
  readonly file: string;
  /** False refuses a file that is not there or holds nothing. */
  readonly create: boolean;
  readonly allowNetworkFileSystem: boolean;
  readonly nowMs: number;
}

/**
 * Opens the database and settles everything that holds for every connection: pragmas, library version,
 * schema version. Throws DATABASE_UNAVAILABLE, DATABASE_NEWER, DATABASE_CORRUPT, DATABASE_BUSY, READ_ONLY,
 * NETWORK_FILESYSTEM. The file is never touched by other means than SQLite: closing any descriptor of it
 * in this process would drop SQLite's locks, and a second writer would get in.
 */
export function openDatabase(options: OpenDatabaseOptions): Database.Database {
  const file = path.resolve(options.file);
  try {
    checkPlace(file, options);
    return openAt(file, options);
  } catch (error) {
    const copy = sqliteCode(error)?.startsWith('SQLITE_CANTOPEN') === true ? openCopy(file, options) : undefined;
    if (copy !== undefined) return copy;
    throw databaseError(error, file);
  }
}

function openCopy(file: string, options: OpenDatabaseOptions): Database.Database | undefined {
  const copy = openReadOnlyCopy(file);
  if (copy === undefined) return undefined;
  try {
    migrate(copy, { file, nowMs: options.nowMs });
    return copy;
  } catch (error) {
    copy.close();
    throw databaseError(error, file);
  }
}

function checkPlace(file: string, options: OpenDatabaseOptions): void {
  const folder = path.dirname(file);
  if (!existsSync(folder) || (!options.create && !existsSync(file))) throw notInitialised(file);
  if (!options.allowNetworkFileSystem) refuseNetworkFileSystem(folder);
}

function notInitialised(file: string): AiError {
  return new AiError({ code: 'DATABASE_UNAVAILABLE', message: `There is no database at ${file}.`, hint: 'ai init', details: { file } });
}

function openAt(file: string, options: OpenDatabaseOptions): Database.Database {
  const database = new Database(file, { nativeBinding: nativeBindingPath(), timeout: BUSY_TIMEOUT_MS, fileMustExist: !options.create });
  try {
    refuseOldLibrary(database);
    if (isEmpty(database) && !options.create) throw notInitialised(file);
    // Before anything is changed: a database of somebody else stays as it is.
    refuseUnknownSchema(database, file);
    whileBusy(() => configure(database));
    migrate(database, { file, nowMs: options.nowMs });
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function configure(database: Database.Database): void {
  if (database.pragma('journal_mode', { simple: true }) !== 'wal') useWal(database);
  database.pragma('synchronous = FULL');
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  database.pragma('foreign_keys = ON');
  database.pragma(`journal_size_limit = ${WAL_SIZE_LIMIT_BYTES}`);
  if (platform() === 'darwin') database.pragma('fullfsync = ON');
}

/** For a new file and for a restored copy. The mode is stored in the file, so that this happens once. */
function useWal(database: Database.Database): void {
  const mode = database.pragma('journal_mode = WAL', { simple: true });
  if (mode !== 'wal') {
    throw new AiError({ code: 'DATABASE_UNAVAILABLE', message: `${database.name} can't be used with a write-ahead log (mode ${String(mode)}), which sharing it between processes needs.`, hint: 'Keep the repository on a local, writable disk.' });
  }
}

/** SQLite's own waiting does not cover the change of the journal mode, which two `ai init` at once run into. */
function whileBusy(step: () => void): void {
  for (let tries = 1; ; tries += 1) {
    try {
      step();
      return;
    } catch (error) {
      if (!isBusy(error) || tries >= CREATE_TRIES) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, CREATE_PAUSE_MS);
    }
  }
}

function isEmpty(database: Database.Database): boolean {
  return database.pragma('schema_version', { simple: true }) === 0;
}

function refuseOldLibrary(database: Database.Database): void {
  const version = String(database.prepare('SELECT sqlite_version()').pluck().get());
  if (!isOlderVersion(version, OLDEST_SQLITE)) return;
  throw new AiError({
    code: 'DATABASE_UNAVAILABLE',
    message: `This installation brings SQLite ${version}, which can damage a database that several processes write; ${OLDEST_SQLITE} or newer is needed.`,
    hint: 'Install again, so that the pinned version of better-sqlite3 is used.',
  });
}

/** Compares dotted version numbers. */
export function isOlderVersion(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split('.').map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

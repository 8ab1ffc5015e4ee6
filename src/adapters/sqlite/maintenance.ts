import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import type { StoreInfo, StoreMaintenance } from '../../ports/store-maintenance.js';
import type { Connection } from './connection.js';
import { checkConsistency } from './consistency.js';
import { databaseError } from './errors.js';
import { schemaVersion } from './migrate.js';
import { repairDerived } from './repair.js';
import type { Query } from './statements.js';

const libraryVersion: Query<[], { readonly version: string }> = { sql: 'SELECT sqlite_version() AS version' };
const size: Query<[], { readonly bytes: number }> = { sql: 'SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()' };

export function storeMaintenance(connection: Connection): StoreMaintenance {
  return {
    info: async () => info(connection),
    checkConsistency: async () => checkConsistency(connection),
    repairDerived: async () => connection.write('repair', repairDerived),
    backup: async (file) => backup(connection, file),
  };
}

function info(connection: Connection): StoreInfo {
  const { database, file } = connection.options;
  return connection.read((sql) => ({
    file,
    schemaVersion: schemaVersion(database),
    sqliteVersion: sql.get(libraryVersion)?.version ?? '',
    bytes: sql.get(size)?.bytes ?? 0,
  }));
}

/**
 * One snapshot, compact, complete or absent: written beside the target, synced, then renamed. SQLite makes
 * the copy; opening the live file by other means in this process would drop its locks.
 */
function backup(connection: Connection, target: string): void {
  const file = path.resolve(target);
  if (existsSync(file)) {
    throw new AiError({ code: 'ALREADY_EXISTS', message: `${file} exists already; a backup never overwrites anything.`, hint: 'Name another file.', details: { file } });
  }
  const partial = `${file}.partial`;
  try {
    rmSync(partial, { force: true });
    connection.options.database.prepare('VACUUM INTO ?').run(partial);
    sync(partial);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw databaseError(error, file);
  }
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

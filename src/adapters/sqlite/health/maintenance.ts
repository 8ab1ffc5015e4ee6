import { existsSync } from 'node:fs';
import path from 'node:path';
import { AiError } from '../../../domain/kernel/errors.js';
import type { StoreInfo, StoreMaintenance } from '../../../ports/store-maintenance.js';
import type { Connection } from '../database/connection.js';
import { copyDatabase } from '../database/copy-database.js';
import { databaseError } from '../database/errors.js';
import { schemaVersion } from '../database/migrate.js';
import type { Query } from '../database/statements.js';
import { checkConsistency } from './consistency.js';
import { repairDerived } from './repair.js';

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

function backup(connection: Connection, target: string): void {
  const file = path.resolve(target);
  if (existsSync(file)) {
    throw new AiError({ code: 'ALREADY_EXISTS', message: `${file} exists already; a backup never overwrites anything.`, hint: 'Name another file.', details: { file } });
  }
  try {
    copyDatabase(connection.options.database, file);
  } catch (error) {
    throw databaseError(error, file);
  }
}

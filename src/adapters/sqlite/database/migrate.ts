import type Database from 'better-sqlite3';
import { AiError } from '../../../domain/kernel/errors.js';
import { copyDatabase } from './copy-database.js';
import { initialSchema } from './migrations/0001-initial.js';
import { policySchema } from './migrations/0002-policy.js';
import type { Migration } from './migrations/migration.js';
import type { Query, SqlReader } from './statements.js';

/** "AICP": tells our file from any other SQLite database. */
export const APPLICATION_ID = 0x41494350;

/** Forward only, in order, never edited after a release. */
export const MIGRATIONS: readonly Migration[] = [initialSchema, policySchema];

export interface MigrateOptions {
  readonly file: string;
  readonly nowMs: number;
  readonly migrations?: readonly Migration[];
}

/**
 * Brings the schema to the newest version, one transaction for each step. Throws DATABASE_NEWER for a
 * database of a later release, DATABASE_CORRUPT for a file that is not ours. Costs two pragmas when
 * there is nothing to do.
 */
export function migrate(database: Database.Database, options: MigrateOptions): void {
  const migrations = options.migrations ?? MIGRATIONS;
  const version = refuseUnknownSchema(database, options.file, migrations);
  for (const migration of migrations) {
    if (migration.version <= version) continue;
    // The copy stays beside the database until a person deletes it.
    if (migration.rewritesData && version > 0) copyDatabase(database, `${options.file}.before-${migration.version}`);
    step(database, migration, options.nowMs);
  }
}

export function schemaVersion(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

function step(database: Database.Database, migration: Migration, nowMs: number): void {
  const apply = database.transaction(() => {
    // Another process may have done it while this one waited for the lock.
    if (schemaVersion(database) >= migration.version) return;
    for (const statement of migration.statements) database.exec(statement);
    database.prepare('INSERT INTO schema_migration(version, name, applied_at) VALUES (?, ?, ?)').run(migration.version, migration.name, nowMs);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${migration.version}`);
  });
  apply.immediate();
}

const userVersion: Query<[], { readonly user_version: number }> = { sql: 'PRAGMA user_version' };

/** Throws DATABASE_NEWER when a newer release has changed the schema while this process had the database open. */
export function refuseNewerSchema(sql: SqlReader, file: string): void {
  const found = sql.get(userVersion)?.user_version ?? 0;
  const known = MIGRATIONS.at(-1)?.version ?? 0;
  if (found > known) throw newer(file, { found, known });
}

/** Throws DATABASE_NEWER, DATABASE_CORRUPT; answers the version of what can be worked with. */
export function refuseUnknownSchema(database: Database.Database, file: string, migrations: readonly Migration[] = MIGRATIONS): number {
  const found = schemaVersion(database);
  const known = migrations.at(-1)?.version ?? 0;
  const id = Number(database.pragma('application_id', { simple: true }));
  const isNew = found === 0 && id === 0 && Number(database.pragma('schema_version', { simple: true })) === 0;
  if (id !== APPLICATION_ID && !isNew) {
    throw new AiError({ code: 'DATABASE_CORRUPT', message: `${file} is an SQLite database, but not one of ai.`, hint: 'Move it away, or name another root: ai --root DIR', details: { file } });
  }
  if (found > known) throw newer(file, { found, known });
  return found;
}

function newer(file: string, versions: { readonly found: number; readonly known: number }): AiError {
  return new AiError({
    code: 'DATABASE_NEWER',
    message: `${file} has schema version ${versions.found}; this ai knows versions up to ${versions.known}.`,
    hint: 'Use the newer ai that wrote it; an older one would damage it.',
    details: { file, ...versions },
  });
}

import type { AiError } from '../../domain/kernel/errors.js';
import type { StoreMaintenance } from '../../ports/store-maintenance.js';
import type { Check } from './check.js';
import type { Examination } from './examination.js';

/** Integrity, counters and chain. Throws what the database throws. */
export async function checkDatabase(store: StoreMaintenance, backups: readonly string[]): Promise<Check[]> {
  const info = await store.info();
  const problems = await store.checkConsistency();
  const summary: Check = { name: 'database', state: 'ok', message: `SQLite ${info.sqliteVersion}, schema ${info.schemaVersion}, ${info.bytes} bytes, consistent`, steps: [] };
  if (problems.length === 0) return [summary];
  return problems.map((problem) => ({ name: `database: ${problem.check}`, state: 'problem', message: problem.message, steps: problem.fixable ? ['ai doctor --fix'] : recoverySteps(info.file, backups) }));
}

/** A database that could not be opened. Needs no database. */
export function databaseFailure(error: AiError, { place, backups }: Pick<Examination, 'place' | 'backups'>): Check {
  const file = place.ok ? `${place.value.aiFolder}/state.db` : 'state.db';
  const steps = error.code === 'DATABASE_CORRUPT' ? recoverySteps(file, backups) : error.hint === undefined ? [] : [error.hint];
  return { name: 'database', state: 'problem', message: error.message, steps };
}

/** Nothing is thrown away: everything happens on a copy, and the damaged file stays beside it. */
export function recoverySteps(file: string, backups: readonly string[]): string[] {
  const folder = file.slice(0, file.lastIndexOf('/'));
  const [newest] = backups;
  const restore = newest === undefined ? [] : [`Or put the newest backup in its place: cp ${quoted(newest)} ${quoted(file)}`];
  return [
    'End every ai process, so that nothing writes.',
    `Keep the damaged files: cp -a ${quoted(folder)} ${quoted(`${folder}-damaged`)}`,
    `Save what can be read: sqlite3 ${quoted(`${folder}-damaged/state.db`)} .recover | sqlite3 ${quoted(`${folder}/recovered.db`)}`,
    `Put it in place: rm -f ${quoted(`${file}-wal`)} ${quoted(`${file}-shm`)} && mv ${quoted(`${folder}/recovered.db`)} ${quoted(file)}`,
    ...restore,
    'Then look again: ai doctor --fix',
  ];
}

/** For a POSIX shell. */
function quoted(path: string): string {
  return /^[\w./+@-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

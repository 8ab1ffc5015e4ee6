import type Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate, MIGRATIONS, schemaVersion } from '../../../../../src/adapters/sqlite/database/migrate.js';
import { change, claim, create, finish, lock, newTask, runIntent, taskId } from '../../../../contract/store/builders.js';
import { newDecision } from '../../../../contract/store/policy-builders.js';
import { Board } from '../board.js';

let board: Board;
beforeEach(() => {
  board = new Board();
});
afterEach(() => board.dispose());

const schemaOf = (database: Database.Database): unknown[] => database.prepare(`SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name`).all();

/** Takes away what the second version has added, and checks that just the first one is left. */
function backToFirst(database: Database.Database): void {
  const first = new Board();
  const blank = first.raw();
  migrate(blank, { file: first.file, nowMs: 1, migrations: MIGRATIONS.slice(0, 1) });
  const known = new Set(blank.prepare('SELECT name FROM sqlite_master').pluck().all());
  database.pragma('foreign_keys = OFF');
  for (const name of database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all()) if (!known.has(name)) database.exec(`DROP TABLE ${String(name)}`);
  database.exec('DELETE FROM schema_migration WHERE version > 1');
  database.pragma('user_version = 1');
  expect(schemaOf(database)).toEqual(schemaOf(blank));
  first.dispose();
}

test('a board of the first version, with everything in it, goes on with the second', async () => {
  const before = board.store();
  await create(before, newTask('00000a', { locks: [lock('src/**')] }), newTask('00000b', { dependsOn: [taskId('00000a')] }), newTask('00000c'));
  await finish(before, '00000c');
  const { task } = await claim(before, '00000a', { run: runIntent('000001') });
  const [events, tasks] = [await before.listEvents({ sinceSeq: 0, task: null, run: null, types: [] }, 99), await before.getTask(taskId('00000b'))];
  before.close();
  const old = board.raw();
  backToFirst(old);
  expect(schemaVersion(old)).toBe(1);
  const after = board.store();
  expect(schemaVersion(old)).toBe(2);
  expect(old.prepare('SELECT version, name FROM schema_migration').all()).toEqual([{ version: 1, name: 'initial' }, { version: 2, name: 'policy' }]);
  expect([await after.listEvents({ sinceSeq: 0, task: null, run: null, types: [] }, 99), await after.getTask(taskId('00000b'))]).toEqual([events, tasks]);
  // A lease of before has no budget; it ends like any other.
  await after.apply(change(task, { status: 'done', finishedAtMs: 1 }));
  await claim(after, '00000b', { budget: { day: '2027-01-15', dayLimitMicros: 10, reserveMicros: 4 } });
  await after.recordDecision(newDecision(1));
  expect([await after.dayUsage('2027-01-15'), await after.checkConsistency()]).toEqual([{ reservedMicros: 4, settledMicros: 0 }, []]);
});

test('a step that fails half way leaves the first version', () => {
  const database = board.raw();
  migrate(database, { file: board.file, nowMs: 1, migrations: MIGRATIONS.slice(0, 1) });
  const before = schemaOf(database);
  const second = MIGRATIONS[1]!;
  const broken = { ...second, statements: [...second.statements, 'INSERT INTO nowhere VALUES (1)'] };
  expect(() => migrate(database, { file: board.file, nowMs: 2, migrations: [...MIGRATIONS.slice(0, 1), broken] })).toThrow('nowhere');
  expect([schemaVersion(database), schemaOf(database)]).toEqual([1, before]);
});

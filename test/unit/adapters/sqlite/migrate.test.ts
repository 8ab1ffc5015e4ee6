import { existsSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate, MIGRATIONS, schemaVersion } from '../../../../src/adapters/sqlite/database/migrate.js';
import type { Migration } from '../../../../src/adapters/sqlite/database/migrations/migration.js';
import { Board } from './board.js';

let board: Board;
let database: Database.Database;
beforeEach(() => {
  board = new Board();
  database = board.raw();
});
afterEach(() => board.dispose());

const second: Migration = { version: 2, name: 'second', rewritesData: false, statements: ['CREATE TABLE extra(x INTEGER) STRICT', 'INSERT INTO extra VALUES (1)'] };
const rewriting: Migration = { version: 3, name: 'rewriting', rewritesData: true, statements: ['UPDATE extra SET x = x + 1'] };
const run = (...migrations: Migration[]): void => migrate(database, { file: board.file, nowMs: 7, migrations: [...MIGRATIONS.slice(0, 1), ...migrations] });

test('versions are numbered from one without a gap', () => {
  expect(MIGRATIONS.map((migration) => migration.version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
});

test('each step is applied once, in order, and recorded', () => {
  run();
  run(second);
  run(second);
  expect(schemaVersion(database)).toBe(2);
  expect(database.prepare('SELECT version, name, applied_at FROM schema_migration').all()).toEqual([{ version: 1, name: 'initial', applied_at: 7 }, { version: 2, name: 'second', applied_at: 7 }]);
  expect(database.prepare('SELECT x FROM extra').pluck().all()).toEqual([1]);
});

test('a step that fails leaves the version before it', () => {
  const failing: Migration = { ...second, statements: ['CREATE TABLE extra(x INTEGER) STRICT', 'INSERT INTO nowhere VALUES (1)'] };
  expect(() => run(failing)).toThrow('nowhere');
  expect(schemaVersion(database)).toBe(1);
  expect(() => database.exec('SELECT * FROM extra')).toThrow('no such table');
});

test('a copy is made before a step that rewrites data, and only then', () => {
  run(second);
  const copy = `${board.file}.before-3`;
  expect(existsSync(copy)).toBe(false);
  run(second, rewriting);
  expect(database.prepare('SELECT x FROM extra').pluck().get()).toBe(2);
  const before = new Database(copy, { readonly: true });
  expect([before.prepare('SELECT x FROM extra').pluck().get(), schemaVersion(before)]).toEqual([1, 2]);
  before.close();
});

test('two processes that upgrade at once do it once', () => {
  run();
  const other = board.raw();
  run(second);
  migrate(other, { file: board.file, nowMs: 8, migrations: [...MIGRATIONS.slice(0, 1), second] });
  expect(other.prepare('SELECT count(*) FROM extra').pluck().get()).toBe(1);
});

test('the schema refuses impossible rows', () => {
  run();
  const insert = (columns: string, values: string) => () => database.exec(`INSERT INTO task(id, status, priority, requires_any, created_at, updated_at${columns}) VALUES (${values})`);
  expect(insert('', "'t-1', 'queued', 2, 0, 1, 1")).not.toThrow();
  expect(insert('', "'t-1', 'queued', 2, 0, 1, 1")).toThrow('UNIQUE');
  expect(insert('', "'t-2', 'lost', 2, 0, 1, 1")).toThrow('CHECK');
  expect(insert('', "'t-2', 'queued', 4, 0, 1, 1")).toThrow('CHECK');
  expect(insert('', "'t-2', 'done', 2, 0, 1, 1")).toThrow('CHECK');
  expect(insert(', finished_at', "'t-2', 'queued', 2, 0, 1, 1, 5")).toThrow('CHECK');
  expect(insert(', open_dependencies', "'t-2', 'queued', 2, 0, 1, 1, 1")).toThrow('CHECK');
  expect(insert('', "'t-2', 'blocked', 2, 0, 1, 1")).toThrow('CHECK');
  expect(insert('', "'t-2', 'claimed', 2, 0, 1, 1")).toThrow('CHECK');
  expect(insert(', lease_token', "'t-2', 'queued', 2, 0, 1, 1, 9")).toThrow('CHECK');
  expect(insert('', "'t-2', 'queued', 'high', 0, 1, 1")).toThrow('cannot store TEXT');
  expect(() => database.exec("UPDATE task SET status = 'claimed', lease_token = 9")).toThrow('a claimed task has a lease');
  const lease = (token: number): string => `INSERT INTO lease(task, token, holder, host, boot_id, ttl_ms, granted_at, heartbeat_at, expires_at, deadline_mono) VALUES (1, ${token}, 'a', 'h', 'b', 1, 1, 1, 1, 1)`;
  database.exec(lease(9));
  expect(() => database.exec(lease(10))).toThrow('UNIQUE');
  database.exec("UPDATE task SET status = 'claimed', lease_token = 9");
  expect(() => database.exec('DELETE FROM lease')).toThrow('a claimed task keeps its lease');
  expect(() => database.exec('UPDATE lease SET token = 10')).toThrow('keeps its task and token');
  database.pragma('foreign_keys = ON');
  expect(() => database.exec('INSERT INTO dependency VALUES (1, 77, 0)')).toThrow('FOREIGN KEY');
  expect(() => database.exec('INSERT INTO dependency VALUES (1, 1, 0)')).toThrow('CHECK');
});

test('a restored copy is a database like any other', async () => {
  await board.store().backup(path.join(board.folder, 'copy.db'));
  const copy = new Database(path.join(board.folder, 'copy.db'));
  expect(schemaVersion(copy)).toBe(MIGRATIONS.length);
  copy.close();
});

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BUSY_TIMEOUT_MS, isOlderVersion, OLDEST_SQLITE, openDatabase } from '../../../../src/adapters/sqlite/database/open-database.js';
import { networkFileSystemName } from '../../../../src/adapters/sqlite/database/network-file-system.js';
import { AiError } from '../../../../src/domain/kernel/errors.js';
import { create, failure, newTask, taskId } from '../../../contract/store/builders.js';
import { Board } from './board.js';

let board: Board;
beforeEach(() => {
  board = new Board();
});
afterEach(() => board.dispose());

const open = (more = {}) => openDatabase({ file: board.file, create: true, allowNetworkFileSystem: false, nowMs: 1, ...more });

function refusal(call: () => unknown): AiError {
  try {
    call();
  } catch (error) {
    if (error instanceof AiError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('every connection', () => {
  test.each(['new', 'existing'])('of a %s database writes through to the disk, waits for others and checks references', (age) => {
    if (age === 'existing') open().close();
    const database = open();
    const pragma = (name: string): unknown => database.pragma(name, { simple: true });
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2);
    expect(pragma('foreign_keys')).toBe(1);
    expect(pragma('busy_timeout')).toBe(BUSY_TIMEOUT_MS);
    expect(BUSY_TIMEOUT_MS).toBe(5_000);
    expect(Number(pragma('application_id'))).toBeGreaterThan(0);
    database.close();
  });

  test('uses a library without the defect that damages shared databases', () => {
    const database = open();
    expect(isOlderVersion(String(database.prepare('SELECT sqlite_version()').pluck().get()), OLDEST_SQLITE)).toBe(false);
    database.close();
    expect(['3.51.2', '3.9.99', '2.99.0', '3.51'].map((version) => isOlderVersion(version, '3.51.3'))).toEqual([true, true, true, true]);
    expect(['3.51.3', '3.52.0', '4.0.0', '3.51.10'].map((version) => isOlderVersion(version, '3.51.3'))).toEqual([false, false, false, false]);
  });

  test('turns a copy in another journal mode back to the write-ahead log', async () => {
    await create(board.store(), newTask('00000a'));
    const copy = path.join(board.folder, 'copy.db');
    await board.store().backup(copy);
    const database = openDatabase({ file: copy, create: false, allowNetworkFileSystem: false, nowMs: 1 });
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.prepare('SELECT id FROM task').pluck().all()).toEqual([taskId('00000a')]);
    database.close();
  });
});

describe('what is refused', () => {
  test('a file that is not there, unless it may be created', () => {
    expect(refusal(() => open({ create: false }))).toMatchObject({ code: 'DATABASE_UNAVAILABLE', hint: 'ai init' });
    expect(refusal(() => open({ file: path.join(board.folder, 'missing', 'state.db') }))).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  test('an empty file, unless it may be created', () => {
    writeFileSync(board.file, '');
    expect(refusal(() => open({ create: false }))).toMatchObject({ code: 'DATABASE_UNAVAILABLE', hint: 'ai init' });
    open().close();
    open({ create: false }).close();
  });

  test('a file that is no database, with the way to recover', () => {
    writeFileSync(board.file, 'this is a text file, and a long one at that. '.repeat(200));
    const error = refusal(() => open());
    expect(error).toMatchObject({ code: 'DATABASE_CORRUPT', details: { file: board.file } });
    expect(error.hint).toContain('.recover');
  });

  test('a database that is not ours, which stays as it was', () => {
    const foreign = new Database(board.file);
    foreign.exec('CREATE TABLE x(y)');
    foreign.close();
    const before = readFileSync(board.file);
    expect(refusal(() => open())).toMatchObject({ code: 'DATABASE_CORRUPT', message: expect.stringContaining('not one of ai') as string });
    expect(readFileSync(board.file).equals(before)).toBe(true);
  });

  test('a database of a newer release, naming both versions', () => {
    const database = open();
    const version = Number(database.pragma('user_version', { simple: true }));
    database.pragma(`user_version = ${version + 1}`);
    database.close();
    expect(refusal(() => open())).toMatchObject({ code: 'DATABASE_NEWER', details: { found: version + 1, known: version } });
  });

  test('writing to a database that a newer release has changed meanwhile', async () => {
    const store = board.store();
    board.raw().pragma('user_version = 99');
    await failure('DATABASE_NEWER', create(store, newTask('00000a')));
  });

  test('a damaged file is named when it is read', async () => {
    const store = board.store();
    for (let index = 0; index < 60; index += 1) await create(store, newTask(index.toString().padStart(6, '0'), { description: 'x'.repeat(500) }));
    store.close();
    const raw = new Database(board.file);
    const pages = raw.prepare("SELECT pageno FROM dbstat WHERE name = 'task_spec' AND pagetype = 'leaf'").pluck().all() as number[];
    raw.close();
    const bytes = readFileSync(board.file);
    for (const page of pages) bytes.fill(0xff, (page - 1) * 4096, (page - 1) * 4096 + 64);
    writeFileSync(board.file, bytes);
    const damaged = board.store();
    await failure('DATABASE_CORRUPT', damaged.getTask(taskId('000001')));
    const problems = await damaged.checkConsistency();
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.every((problem) => problem.check === 'file_integrity' && !problem.fixable)).toBe(true);
  });

  test('network and user-space file systems, by their magic numbers', () => {
    expect([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x65735546, -11_317_950].map(networkFileSystemName)).toEqual(['NFS', 'SMB', 'CIFS', 'SMB2', '9p', 'FUSE', 'CIFS']);
    expect([0xef53, 0x01021994, 0x58465342, 0x9123683e, 0x794c7630].map(networkFileSystemName)).toEqual([null, null, null, null, null]);
  });
});

test('a cold command prepares only the statements that it runs', async () => {
  await create(board.store(), newTask('00000a'));
  const prepare = vi.spyOn(Database.prototype, 'prepare');
  await board.store().getTask(taskId('00000a'));
  expect(prepare.mock.calls.length).toBeLessThan(20);
  prepare.mockRestore();
});

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Connection } from '../../../../src/adapters/sqlite/database/connection.js';
import { databaseError } from '../../../../src/adapters/sqlite/database/errors.js';
import { openDatabase } from '../../../../src/adapters/sqlite/database/open-database.js';
import { taskStore } from '../../../../src/adapters/sqlite/tasks/task-store.js';
import { claimRequest, create, failure, finish, newTask, taskId } from '../../../contract/store/builders.js';
import { Board } from './board.js';

let board: Board;
beforeEach(() => {
  board = new Board();
});
afterEach(() => board.dispose());

/** The adapter on a database that the test has a hand on. */
function withDatabase() {
  const database = openDatabase({ file: board.file, create: true, allowNetworkFileSystem: false, nowMs: 1 });
  const steps: string[] = [];
  const connection = new Connection({ database, file: board.file, clock: board.clock, actor: 'user:ann', host: 'h', lockReservationAfterMs: 1, redact: (data) => data, trace: (step) => steps.push(step) });
  return { database, connection, store: taskStore(connection), steps };
}

const succeeds = (program: string, args: readonly string[]): boolean => spawnSync(program, args).status === 0;

const stored = (store: ReturnType<typeof taskStore>, name: string) => store.createTasks({ tasks: [newTask(name, { description: 'x'.repeat(20_000) })], idempotencyKey: null, inputDigest: '' });

describe('another writer', () => {
  test('that ends in time is waited for, by repeating the whole transaction', async () => {
    const { database, store, steps } = withDatabase();
    database.pragma('busy_timeout = 0');
    const other = board.raw();
    other.exec('BEGIN IMMEDIATE');
    const written = stored(store, '00000a');
    other.exec('COMMIT');
    await written;
    expect(steps).toEqual(['store.create.begin', 'store.create.begin', 'store.create.commit', 'store.create.committed']);
    database.close();
  });

  test('that does not end is DATABASE_BUSY after a bounded number of tries', async () => {
    const { database, store, steps } = withDatabase();
    database.pragma('busy_timeout = 0');
    const other = board.raw();
    other.exec('BEGIN IMMEDIATE');
    const error = await failure('DATABASE_BUSY', stored(store, '00000a'));
    expect(error.retryable).toBe(true);
    expect(steps).toHaveLength(4);
    other.exec('ROLLBACK');
    expect(await store.findTask(taskId('00000a'))).toBeUndefined();
    database.close();
  });

  test('is kept out from the beginning of a transaction, before it has written anything', async () => {
    const { database, connection } = withDatabase();
    const other = board.raw();
    other.pragma('busy_timeout = 0');
    await connection.write('look', () => expect(() => other.exec('BEGIN IMMEDIATE')).toThrow('locked'));
    connection.read(() => other.exec('BEGIN IMMEDIATE; COMMIT'));
    database.close();
  });

  test('never makes a reader wait', async () => {
    const { database, store } = withDatabase();
    await stored(store, '00000a');
    const other = board.raw();
    other.exec('BEGIN IMMEDIATE');
    other.exec("UPDATE task SET priority = 0 WHERE id = 't-00000a'");
    expect(await store.getTask(taskId('00000a'))).toMatchObject({ priority: 'medium' });
    other.exec('COMMIT');
    expect(await store.getTask(taskId('00000a'))).toMatchObject({ priority: 'critical' });
    database.close();
  });
});

describe('a full disk', () => {
  test('is named, and nothing is half written', async () => {
    const { database, connection, store } = withDatabase();
    await stored(store, '00000a');
    const pages = Number(database.pragma('page_count', { simple: true }));
    database.pragma(`max_page_count = ${pages}`);
    const error = await failure('DISK_FULL', stored(store, '00000b'));
    expect(error).toMatchObject({ retryable: true, hint: expect.stringContaining('Free some space') as string });
    expect(await store.findTask(taskId('00000b'))).toBeUndefined();
    expect(await store.getTask(taskId('00000a'))).toMatchObject({ status: 'queued' });
    database.pragma(`max_page_count = ${pages + 1_000}`);
    await stored(store, '00000b');
    connection.options.database.close();
    expect(await board.store().checkConsistency()).toEqual([]);
  });

  test('of a real file system is survived', async (context) => {
    const mount = path.join(board.folder, 'small');
    mkdirSync(mount);
    if (!succeeds('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount])) return context.skip();
    try {
      const store = board.store({ file: path.join(mount, 'state.db') });
      await create(store, newTask('aaaaaa'));
      const fill = async (): Promise<never> => {
        for (let index = 0; ; index += 1) await create(store, newTask(index.toString(32).padStart(6, '0'), { description: 'x'.repeat(20_000) }));
      };
      await failure('DISK_FULL', fill());
      expect(await store.getTask(taskId('aaaaaa'))).toMatchObject({ status: 'queued' });
      expect(await store.checkConsistency()).toEqual([]);
      store.close();
    } finally {
      succeeds('umount', ['-l', mount]);
    }
  });
});

describe('a place that can not be written', () => {
  test('still answers reads, and says READ_ONLY to writes', async (context) => {
    const mount = path.join(board.folder, 'mounted');
    mkdirSync(mount);
    if (!succeeds('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount])) return context.skip();
    try {
      const file = path.join(mount, 'state.db');
      const writable = board.store({ file });
      await create(writable, newTask('00000a'), newTask('00000b'));
      await finish(writable, '00000b');
      writable.close();
      expect(succeeds('mount', ['-o', 'remount,ro', mount])).toBe(true);
      const store = board.store({ file, create: false });
      expect(await store.getTask(taskId('00000a'))).toMatchObject({ status: 'queued' });
      expect(await store.countByStatus()).toMatchObject({ queued: 1, done: 1 });
      expect(await store.checkConsistency()).toEqual([]);
      await failure('READ_ONLY', create(store, newTask('00000c')));
      await failure('READ_ONLY', store.claimNext(claimRequest()));
      store.close();
    } finally {
      succeeds('umount', ['-l', mount]);
    }
  });

  test('with commits that only the write-ahead log holds is refused rather than read half', async (context) => {
    const mount = path.join(board.folder, 'mounted');
    mkdirSync(mount);
    if (!succeeds('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount])) return context.skip();
    try {
      const file = path.join(mount, 'state.db');
      const writable = board.store({ file });
      await create(writable, newTask('00000a'));
      // The log of a killed process is still there; its index is not.
      expect(succeeds('cp', [`${file}-wal`, `${file}-kept`])).toBe(true);
      writable.close();
      expect(succeeds('mv', [`${file}-kept`, `${file}-wal`])).toBe(true);
      expect(succeeds('mount', ['-o', 'remount,ro', mount])).toBe(true);
      expect(() => board.store({ file, create: false })).toThrow(expect.objectContaining({ code: 'READ_ONLY' }) as Error);
    } finally {
      succeeds('umount', ['-l', mount]);
    }
  });

  test('by an ordinary user is READ_ONLY to writes', async (context) => {
    await create(board.store(), newTask('00000a'));
    chmodSync(board.file, 0o444);
    if (process.getuid?.() === 0) return context.skip(); // Root may write everywhere.
    await failure('READ_ONLY', create(board.store({ create: false }), newTask('00000b')));
  });
});

describe('errors of the machine', () => {
  const translated = (code: string): unknown => databaseError(Object.assign(new Error('x'), { code }), board.file);

  test.each([
    ['SQLITE_BUSY', 'DATABASE_BUSY'],
    ['SQLITE_BUSY_SNAPSHOT', 'DATABASE_BUSY'],
    ['SQLITE_FULL', 'DISK_FULL'],
    ['SQLITE_READONLY', 'READ_ONLY'],
    ['SQLITE_READONLY_DIRECTORY', 'READ_ONLY'],
    ['EROFS', 'READ_ONLY'],
    ['SQLITE_READONLY_DBMOVED', 'DATABASE_UNAVAILABLE'],
    ['SQLITE_CORRUPT', 'DATABASE_CORRUPT'],
    ['SQLITE_NOTADB', 'DATABASE_CORRUPT'],
    ['SQLITE_CANTOPEN', 'DATABASE_UNAVAILABLE'],
    ['SQLITE_IOERR_READ', 'DATABASE_UNAVAILABLE'],
  ])('%s becomes %s with something to do', (code, expected) => {
    const error = translated(code);
    expect(error).toMatchObject({ code: expected, details: { sqlite: code } });
    expect((error as { hint: string }).hint.length).toBeGreaterThan(10);
  });

  test('a failed constraint stays what it is: a bug of ours', () => {
    expect(translated('SQLITE_CONSTRAINT_CHECK')).not.toHaveProperty('hint');
    expect(translated('ENOENT')).not.toHaveProperty('hint');
  });
});

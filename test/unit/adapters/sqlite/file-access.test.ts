import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimRequest, create, failure, finish, newTask, taskId } from '../../../contract/store/builders.js';
import { Board } from './board.js';

/** Calls that open a descriptor, or move or remove a file. Closing any descriptor of the database drops SQLite's locks on it. */
const OPENING = ['openSync', 'open', 'readFileSync', 'readFile', 'writeFileSync', 'copyFileSync', 'cpSync', 'renameSync', 'rmSync', 'createReadStream', 'truncateSync', 'appendFileSync'] as const;

let board: Board;
beforeEach(() => {
  board = new Board();
});
afterEach(() => board.dispose());

async function everyUse(): Promise<void> {
  const store = board.store();
  await create(store, newTask('00000a'), newTask('00000b'));
  await store.claimNext(claimRequest());
  await finish(store, '00000b');
  await store.info();
  await store.checkConsistency();
  await store.repairDerived();
  await store.verifyChain();
  await store.backup(path.join(board.folder, 'backup.db'));
  await failure('ALREADY_EXISTS', store.backup(board.file));
  board.store({ create: false }).close();
}

test('no file call of this process names the database, its log or its index', async () => {
  const touched: string[] = [];
  const originals = OPENING.map((name) => [name, fs[name]] as const);
  for (const [name, original] of originals) {
    Object.assign(fs, {
      [name]: (...args: unknown[]): unknown => {
        touched.push(...args.filter((argument): argument is string => typeof argument === 'string' && argument.startsWith(board.file)));
        return Reflect.apply(original, fs, args);
      },
    });
  }
  syncBuiltinESMExports();
  try {
    await everyUse();
  } finally {
    Object.assign(fs, Object.fromEntries(originals));
    syncBuiltinESMExports();
  }
  expect(touched).toEqual([]);
});

const WRITER = `
  const Database = require(process.argv[1]);
  const database = new Database(process.argv[2], { timeout: 0 });
  try { database.exec('BEGIN IMMEDIATE'); console.log('got in'); } catch (error) { console.log(error.code); }
`;

test('while a transaction is open here, no second writer gets in, whatever the store does beside it', async () => {
  await everyUse();
  const held = board.raw();
  held.exec('BEGIN IMMEDIATE');
  const reader = board.store({ create: false });
  await reader.getTask(taskId('00000a'));
  await reader.info();
  await reader.checkConsistency();
  reader.close();
  const module = createRequire(import.meta.url).resolve('better-sqlite3');
  const second = () => spawnSync(process.execPath, ['-e', WRITER, module, board.file], { encoding: 'utf8' }).stdout.trim();
  expect(second()).toBe('SQLITE_BUSY');
  held.exec('COMMIT');
  expect(second()).toBe('got in');
});

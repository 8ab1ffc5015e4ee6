import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import type Database from 'better-sqlite3';

/**
 * One snapshot of the database, compact, complete or absent: written beside the target, synced, then renamed
 * over it. SQLite makes the copy; opening the live file by other means in this process would drop its locks.
 */
export function copyDatabase(database: Database.Database, target: string): void {
  const partial = `${target}.${randomUUID()}.partial`;
  try {
    database.prepare('VACUUM INTO ?').run(partial);
    sync(partial);
    renameSync(partial, target);
  } finally {
    rmSync(partial, { force: true });
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

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { openStore, type OpenStoreOptions } from '../../../../src/adapters/sqlite/open-store.js';
import type { Store } from '../../../../src/ports/store.js';
import { FakeClock } from '../../../contract/store/fake-clock.js';

/** One database file in a folder of its own, for tests that look below the ports. */
export class Board {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'ai-sqlite-'));
  readonly file = path.join(this.folder, 'state.db');
  readonly clock = new FakeClock();
  readonly #open: { close(): void }[] = [];

  store(more: Partial<OpenStoreOptions> = {}): Store {
    const store = openStore({ file: this.file, clock: this.clock, actor: 'user:ann', host: 'host-1', create: true, trace: () => undefined, ...more });
    this.#open.push(store);
    return store;
  }

  /** The database without the adapter: for planting and reading what the adapter would refuse. */
  raw(): Database.Database {
    const database = new Database(this.file);
    this.#open.push(database);
    return database;
  }

  dispose(): void {
    for (const one of this.#open) one.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

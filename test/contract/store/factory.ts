import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from '../../../src/adapters/sqlite/open-store.js';
import type { Store } from '../../../src/ports/store.js';
import { FakeClock } from './fake-clock.js';

export interface StoreSettings {
  readonly lockReservationAfterMs?: number;
}

/** One empty board. */
export interface StoreFixture {
  readonly store: Store;
  readonly clock: FakeClock;
  /** The same board as another process sees it. */
  openAnother(actor?: string): Promise<Store>;
  dispose(): Promise<void>;
}

/** How the conformance suites get a store. Another implementation joins by adding its factory to the list. */
export interface StoreFactory {
  readonly name: string;
  create(settings?: StoreSettings): Promise<StoreFixture>;
}

const sqlite: StoreFactory = {
  name: 'SQLite',
  async create(settings = {}) {
    const folder = await mkdtemp(path.join(tmpdir(), 'ai-store-'));
    const clock = new FakeClock();
    const open = (actor: string): Store => openStore({ file: path.join(folder, 'state.db'), clock, actor, host: 'host-1', create: true, trace: () => undefined, ...settings });
    const stores = [open('user:ann')];
    return {
      store: stores[0]!,
      clock,
      async openAnother(actor = 'user:bob') {
        const store = open(actor);
        stores.push(store);
        return store;
      },
      async dispose() {
        for (const store of stores) store.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

export const storeFactories: readonly StoreFactory[] = [sqlite];

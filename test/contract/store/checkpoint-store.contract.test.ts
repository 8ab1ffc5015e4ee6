import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoint } from '../../../src/ports/checkpoint-store.js';
import type { Store } from '../../../src/ports/store.js';
import { failure } from './builders.js';
import { storeFactories, type StoreFixture } from './factory.js';
import { NOW, sha256 } from './policy-builders.js';

const checkpoint = (size: number, more: Partial<Checkpoint> = {}): Checkpoint => ({ size, root: sha256(`root ${size}`), note: `ai/audit\n${size}\n— key sig\n`, atMs: NOW + size, reason: 'events', ...more });
const hashes = (count: number): string[] => Array.from({ length: count }, (_, index) => sha256(`peak ${index}`));

describe.each(storeFactories)('CheckpointStore of $name', (factory) => {
  let fixture: StoreFixture;
  let store: Store;
  beforeEach(async () => {
    fixture = await factory.create();
    store = fixture.store;
  });
  afterEach(async () => {
    expect(await store.checkConsistency()).toEqual([]);
    await fixture.dispose();
  });

  test('answers the latest, and all from a size on', async () => {
    expect([await store.latestCheckpoint(), await store.listCheckpoints(0)]).toEqual([undefined, []]);
    for (const size of [5, 300, 256]) expect(await store.addCheckpoint(checkpoint(size))).toBe(true);
    expect(await store.latestCheckpoint()).toEqual(checkpoint(300));
    expect(await store.listCheckpoints(6)).toEqual([checkpoint(256), checkpoint(300)]);
  });

  test('of two over the same events the first stays; two roots mean that the record was changed', async () => {
    await store.addCheckpoint(checkpoint(5));
    expect(await store.addCheckpoint(checkpoint(5, { note: 'another signature' }))).toBe(false);
    const error = await failure('DATABASE_CORRUPT', store.addCheckpoint(checkpoint(5, { root: sha256('other') })));
    expect(error.details).toEqual({ size: 5, signed: sha256('root 5'), computed: sha256('other') });
    expect(await store.listCheckpoints(0)).toEqual([checkpoint(5)]);
  });

  test('a root is a hash', async () => {
    for (const root of ['', 'x'.repeat(64), sha256('a').toUpperCase()]) await expect(store.addCheckpoint(checkpoint(1, { root }))).rejects.toThrow('SHA-256');
  });

  test('the frontier is what was saved last', async () => {
    expect(await store.frontier()).toBeNull();
    await store.saveFrontier({ size: 11, hashes: hashes(3) });
    await store.saveFrontier({ size: 12, hashes: hashes(2) });
    expect(await store.frontier()).toEqual({ size: 12, hashes: hashes(2) });
    await store.saveFrontier({ size: 0, hashes: [] });
    expect(await store.frontier()).toEqual({ size: 0, hashes: [] });
    await expect(store.saveFrontier({ size: 12, hashes: hashes(3) })).rejects.toThrow('one root for each');
    await expect(store.saveFrontier({ size: 1, hashes: ['x'] })).rejects.toThrow('one root for each');
  });

  test('policies are remembered by key', async () => {
    expect(await store.cachedPolicy('k')).toBeUndefined();
    await store.cachePolicy('k', 'policy');
    const before = store.changeCounter();
    await store.cachePolicy('k', 'policy');
    expect(store.changeCounter()).toBe(before);
    await store.cachePolicy('k', 'another');
    await store.cachePolicy('__proto__', '');
    expect([await store.cachedPolicy('k'), await store.cachedPolicy('__proto__'), await store.cachedPolicy('K')]).toEqual(['another', '', undefined]);
  });
});

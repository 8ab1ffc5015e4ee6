import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../../src/ports/store.js';
import { claim, create, failure, lock, newTask, taskId } from './builders.js';
import { storeFactories, type StoreFixture } from './factory.js';

describe.each(storeFactories)('StoreMaintenance of $name', (factory) => {
  let fixture: StoreFixture;
  let store: Store;
  let folder: string;
  beforeEach(async () => {
    fixture = await factory.create();
    store = fixture.store;
    folder = await mkdtemp(path.join(tmpdir(), 'ai-backup-'));
  });
  afterEach(async () => {
    await fixture.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  test('a healthy board has no problem and needs no repair', async () => {
    await create(store, newTask('00000a', { locks: [lock('src/**')] }), newTask('00000b', { dependsOn: [taskId('00000a')], parent: taskId('00000a') }));
    await claim(store, '00000a');
    const head = await store.headSeq();
    expect(await store.checkConsistency()).toEqual([]);
    expect(await store.repairDerived()).toEqual([]);
    expect(await store.headSeq()).toBe(head);
  });

  test('says where the data is and how large', async () => {
    const info = await store.info();
    expect(info).toMatchObject({ schemaVersion: expect.any(Number) as number, sqliteVersion: expect.any(String) as string });
    expect(info.bytes).toBeGreaterThan(0);
    expect(path.isAbsolute(info.file)).toBe(true);
  });

  test('a backup never overwrites', async () => {
    const file = path.join(folder, 'copy.db');
    await writeFile(file, 'mine');
    await failure('ALREADY_EXISTS', store.backup(file));
  });

  test('a backup into a folder that is not there says so', async () => {
    await failure('DATABASE_UNAVAILABLE', store.backup(path.join(folder, 'missing', 'copy.db')));
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewOverride } from '../../../src/ports/override-store.js';
import type { Store } from '../../../src/ports/store.js';
import { failure } from './builders.js';
import { storeFactories, type StoreFixture } from './factory.js';
import { NOW } from './policy-builders.js';

const override = (name: string | number, more: Partial<NewOverride> = {}): NewOverride => ({
  id: `o-${String(name).padStart(6, '0')}`, rule: 'money-needs-owner', layer: 'task', reason: 'Release night.', expiresAtMs: NOW + 1_000, by: 'user:ann', at: 'command line', scope: { agent: null, task: 't-00000a' }, ...more,
});

describe.each(storeFactories)('OverrideStore of $name', (factory) => {
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

  const active = async (activeAtMs: number | null): Promise<string[]> => (await store.listOverrides({ activeAtMs })).map((one) => one.id);
  const lastEvent = async (): Promise<unknown> => (await store.listLatestEvents({ sinceSeq: 0, task: null, run: null, types: [] }, 1))[0];

  test('is kept as it was given, with an event', async () => {
    const expected = { ...override(1), addedAtMs: NOW, revokedAtMs: null, revokedBy: null };
    expect(await store.addOverride(override(1))).toEqual(expected);
    expect(await store.listOverrides({ activeAtMs: NOW })).toEqual([expected]);
    const { id, rule, layer, reason, by, expiresAtMs, scope } = override(1);
    expect(await lastEvent()).toMatchObject({ type: 'override.added', task: 't-00000a', data: { override: id, rule, layer, reason, by, expiresAtMs, scope } });
  });

  test('is in force until it expires', async () => {
    await store.addOverride(override(1));
    await store.addOverride(override(2, { expiresAtMs: NOW + 2_000 }));
    expect([await active(NOW), await active(NOW + 999), await active(NOW + 1_000), await active(NOW + 2_000), await active(null)]).toEqual([
      ['o-000002', 'o-000001'], ['o-000002', 'o-000001'], ['o-000002'], [], ['o-000002', 'o-000001'],
    ]);
  });

  test('is revoked once', async () => {
    await store.addOverride(override(1));
    fixture.clock.advance(5);
    const revoked = await store.revokeOverride('o-000001', 'user:bob');
    expect(revoked).toMatchObject({ id: 'o-000001', revokedAtMs: NOW + 5, revokedBy: 'user:bob' });
    expect(await lastEvent()).toMatchObject({ type: 'override.revoked', data: { override: 'o-000001', rule: 'money-needs-owner', by: 'user:bob' } });
    const head = await store.headSeq();
    expect(await store.revokeOverride('o-000001', 'user:eve')).toEqual(revoked);
    expect(await store.revokeOverride('o-000002', 'user:eve')).toBeUndefined();
    expect([await store.headSeq(), await active(NOW), await active(null)]).toEqual([head, [], ['o-000001']]);
  });

  test('an id is used once, and what is over already is refused', async () => {
    await store.addOverride(override(1));
    const head = await store.headSeq();
    await failure('ALREADY_EXISTS', store.addOverride(override(1)));
    await failure('OVERRIDE_REFUSED', store.addOverride(override(2, { expiresAtMs: NOW })));
    expect(await store.headSeq()).toBe(head);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/domain/audit/canonical-json.js';
import type { DecisionFilter } from '../../../src/ports/decision-store.js';
import type { Store } from '../../../src/ports/store.js';
import { failure } from './builders.js';
import { storeFactories, type StoreFixture } from './factory.js';
import { anyDecision, approvalRequest, decisionId, newDecision, NOW, sha256 } from './policy-builders.js';

describe.each(storeFactories)('DecisionStore of $name', (factory) => {
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

  const ids = async (filter: Partial<DecisionFilter> = {}, page: { limit?: number; before?: string | null } = {}): Promise<string[]> =>
    (await store.listDecisions({ ...anyDecision, ...filter }, { limit: 100, before: null, ...page })).map((record) => record.id);
  const short = (...names: (string | number)[]): string[] => names.map(decisionId);

  test('a record is answered as it was written, with both texts and an event that has its digest', async () => {
    const decision = newDecision('k0', { subject: { task: 't-00000a', run: 'r-00000a' }, decision: { facts: { __proto__: null, path: 'ä/"\u2028' } } });
    expect(await store.recordDecision(decision)).toEqual({ id: decisionId('k0'), approval: null });
    expect(await store.getDecision(decisionId('k0'))).toEqual(JSON.parse(canonicalJson(decision.record)));
    expect(await store.getDecisionBody(decision.record.input.sha256)).toBe(decision.request);
    expect(await store.getDecisionBody(decision.record.policy.digest)).toBe(decision.policy);
    const [event] = await store.listLatestEvents({ sinceSeq: 0, task: 't-00000a', run: 'r-00000a', types: [] }, 5);
    expect(event).toMatchObject({ type: 'policy.decided', token: null, actor: 'user:ann', data: { record: decisionId('k0'), sha256: sha256(canonicalJson(decision.record)), point: 'command.run', effect: 'allow', code: 'no-rule' } });
  });

  test('names that an object has by itself survive', async () => {
    const facts = JSON.parse('{"__proto__":"x","constructor":"y"}') as never;
    await store.recordDecision(newDecision(1, { decision: { facts } }));
    expect(JSON.stringify((await store.getDecision(decisionId(1))).decision.facts)).toBe('{"__proto__":"x","constructor":"y"}');
  });

  test('an id is used once', async () => {
    await store.recordDecision(newDecision(1));
    const head = await store.headSeq();
    expect(await failure('ALREADY_EXISTS', store.recordDecision(newDecision(1, { request: '"other"' })))).toMatchObject({ retryable: true });
    expect(await store.headSeq()).toBe(head);
    await failure('DECISION_NOT_FOUND', store.getDecisionBody(sha256('"other"')));
  });

  test('unknown ids and digests', async () => {
    await failure('DECISION_NOT_FOUND', store.getDecision(decisionId(1)));
    await failure('DECISION_NOT_FOUND', store.getDecisionBody(sha256('x')));
    await failure('DECISION_NOT_FOUND', store.listDecisions(anyDecision, { limit: 5, before: decisionId(1) }));
    expect([await ids(), await store.findDecisionIds('d-', 5)]).toEqual([[], []]);
  });

  test('what contradicts itself is a bug, and nothing is written', async () => {
    const good = newDecision(1);
    await expect(store.recordDecision({ ...good, request: 'another text' })).rejects.toThrow('by their digests');
    await expect(store.recordDecision({ ...good, policy: 'another text' })).rejects.toThrow('by their digests');
    await expect(store.recordDecision({ ...good, approval: approvalRequest(1) })).rejects.toThrow('asks for it');
    await expect(store.recordDecision({ ...good, park: 't-00000a' })).rejects.toThrow('blocked for an approval');
    await expect(store.recordDecision(newDecision(1, { decision: { message: '\ud800' } }))).rejects.toThrow('surrogate');
    expect([await store.headSeq(), await ids()]).toEqual([0, []]);
  });

  test('ids by their beginning', async () => {
    for (const name of ['aa1', 'aa2', 'ab1']) await store.recordDecision(newDecision(`${name}0000000`));
    expect(await store.findDecisionIds('d-aa', 9)).toEqual(['d-aa10000000', 'd-aa20000000']);
    expect(await store.findDecisionIds('d-', 2)).toHaveLength(2);
    expect(await store.findDecisionIds('d-aa10000000', 2)).toEqual(['d-aa10000000']);
  });

  test('lists newest first by every condition, alone and together', async () => {
    const add = async (name: number, more: Parameters<typeof newDecision>[1]): Promise<unknown> => store.recordDecision(newDecision(name, more));
    await add(1, { record: { atMs: NOW + 1 }, subject: { task: 't-a', run: 'r-1' } });
    await add(2, { record: { atMs: NOW + 2, point: 'commit' }, subject: { task: 't-a', run: 'r-2' } });
    await add(3, { record: { atMs: NOW + 3 }, decision: { effect: 'deny' }, subject: { task: 't-b' } });
    await add(4, { record: { atMs: NOW + 3, point: 'commit' }, decision: { effect: 'deny' } });
    // Written later, but decided before: the clock was set back.
    await add(5, { record: { atMs: NOW }, decision: { effect: 'ask' } });
    expect(await ids()).toEqual(short(4, 3, 2, 1, 5));
    expect(await ids({ task: 't-a' })).toEqual(short(2, 1));
    expect(await ids({ run: 'r-1' })).toEqual(short(1));
    expect(await ids({ point: 'commit' })).toEqual(short(4, 2));
    expect(await ids({ effect: 'deny' })).toEqual(short(4, 3));
    expect(await ids({ effect: 'ask' })).toEqual(short(5));
    expect(await ids({ point: 'commit', effect: 'deny' })).toEqual(short(4));
    expect(await ids({ task: 't-a', effect: 'deny' })).toEqual([]);
    expect(await ids({ sinceMs: NOW + 2 })).toEqual(short(4, 3, 2));
    expect(await ids({ task: 't-a', run: 'r-2', point: 'commit', effect: 'allow', sinceMs: NOW + 2 })).toEqual(short(2));
  });

  test('pages meet without a gap, also within one millisecond', async () => {
    for (let index = 0; index < 9; index += 1) await store.recordDecision(newDecision(index, { record: { atMs: NOW + Math.floor(index / 4) } }));
    const pages: string[][] = [];
    for (let before: string | null = null; pages.length < 6; before = pages.at(-1)!.at(-1) ?? null) pages.push(await ids({}, { limit: 2, before }));
    expect(pages).toEqual([short(8, 7), short(6, 5), short(4, 3), short(2, 1), short(0), []]);
  });

  test('another process sees the same', async () => {
    const other = await fixture.openAnother();
    await store.recordDecision(newDecision(1));
    expect((await other.getDecision(decisionId(1))).id).toBe(decisionId(1));
  });
});

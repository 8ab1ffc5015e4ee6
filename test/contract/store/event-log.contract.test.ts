import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GENESIS_HASH } from '../../../src/domain/audit/event.js';
import { hashedForm } from '../../../src/domain/audit/hashed-form.js';
import type { EventFilter } from '../../../src/ports/event-log.js';
import type { Store } from '../../../src/ports/store.js';
import { claim, claimRequest, create, failure, newTask, runIntent, runId, taskId, token } from './builders.js';
import { storeFactories, type StoreFixture } from './factory.js';

const all: EventFilter = { sinceSeq: 0, task: null, run: null, types: [] };

describe.each(storeFactories)('EventLog of $name', (factory) => {
  let fixture: StoreFixture;
  let store: Store;
  beforeEach(async () => {
    fixture = await factory.create();
    store = fixture.store;
  });
  afterEach(() => fixture.dispose());

  const note = (index: number, task: string | null = null) => ({ type: `note.n${index % 2}`, task, run: null, token: null, data: { index } });

  test('every event hashes the one before and its own content', async () => {
    await create(store, newTask('00000a', { title: 'ä "quoted" \u2028' }));
    await claim(store, '00000a', { run: runIntent('000001') });
    let prev = GENESIS_HASH;
    for (const event of await store.listEvents(all, 9)) {
      const { hash, ...content } = event;
      expect(event.prev).toBe(prev);
      expect(hash).toBe(createHash('sha256').update(Buffer.concat([Buffer.from([0]), Buffer.from(hashedForm(content))])).digest('hex'));
      prev = hash;
    }
    expect(await store.verifyChain()).toEqual({ ok: true, events: 2, headSeq: 2, headHash: prev });
  });

  test('an empty chain is whole', async () => {
    expect(await store.verifyChain()).toEqual({ ok: true, events: 0, headSeq: 0, headHash: GENESIS_HASH });
    expect([await store.headSeq(), await store.listEvents(all, 9)]).toEqual([0, []]);
  });

  test('any JSON survives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ noUnicodeString: false })), async (data) => {
        const wellFormed = JSON.parse(JSON.stringify(data).replaceAll(/\\ud[89a-f][0-9a-f]{2}/gi, '?')) as Record<string, unknown>;
        await store.appendEvent({ type: 'x.y', task: null, run: null, token: null, data: wellFormed });
        const [event] = await store.listLatestEvents(all, 1);
        expect(event?.data).toEqual(wellFormed);
      }),
      { numRuns: 50 },
    );
    expect(await store.verifyChain()).toMatchObject({ ok: true });
  });

  test('filters by sequence, task, run and type; both orders; bounded', async () => {
    await create(store, newTask('00000a'), newTask('00000b'));
    await claim(store, '00000b', { run: runIntent('000001') });
    for (let index = 0; index < 4; index += 1) await store.appendEvent(note(index, taskId('00000a')));
    const seqs = async (filter: Partial<EventFilter>, limit = 99) => (await store.listEvents({ ...all, ...filter }, limit)).map((event) => event.seq);
    expect(await seqs({})).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await seqs({ sinceSeq: 5 })).toEqual([6, 7]);
    expect(await seqs({ task: taskId('00000a') })).toEqual([1, 4, 5, 6, 7]);
    expect(await seqs({ run: runId('000001') })).toEqual([3]);
    expect(await seqs({ types: ['note.n0', 'task.claimed'] })).toEqual([3, 4, 6]);
    expect(await seqs({ types: ['note.n0'], task: taskId('00000a'), sinceSeq: 4 })).toEqual([6]);
    expect(await seqs({}, 2)).toEqual([1, 2]);
    expect((await store.listLatestEvents({ ...all, types: ['note.n1'] }, 9)).map((event) => event.seq)).toEqual([7, 5]);
    expect((await store.listLatestEvents({ ...all, sinceSeq: 4 }, 2)).map((event) => event.seq)).toEqual([7, 6]);
  });

  test('the actor is the one of the store that wrote', async () => {
    const bob = await fixture.openAnother('user:bob');
    await store.appendEvent(note(1));
    await bob.appendEvent(note(2));
    expect((await store.listEvents(all, 9)).map((event) => event.actor)).toEqual(['user:ann', 'user:bob']);
    expect(await store.verifyChain()).toMatchObject({ ok: true, events: 2 });
  });

  test('an operation that fails leaves no event', async () => {
    await create(store, newTask('00000a'));
    const head = await store.headSeq();
    await failure('TASK_NOT_FOUND', store.deleteTask(taskId('zzzzzz')));
    await failure('LEASE_STALE', store.requestStop(taskId('00000a'), token(1), { kind: 'cancel', reason: null }));
    await expect(store.appendEvent({ ...note(1), data: { broken: Number.NaN } })).rejects.toThrow('no JSON form');
    expect(await store.headSeq()).toBe(head);
    expect(await store.verifyChain()).toMatchObject({ ok: true });
  });

  test('the chain is verified while others append', async () => {
    for (let index = 0; index < 2_500; index += 1) await store.appendEvent(note(index));
    const verdict = store.verifyChain();
    await store.appendEvent(note(0));
    expect(await verdict).toMatchObject({ ok: true, events: 2_500 });
    expect(await store.verifyChain()).toMatchObject({ ok: true, events: 2_501 });
  });

  test('the change counter moves with commits of this process and of others, and with nothing else', async () => {
    const other = await fixture.openAnother();
    const counters = [store.changeCounter()];
    const moved = (): boolean => {
      counters.push(store.changeCounter());
      return counters.at(-1) !== counters.at(-2);
    };
    expect(moved()).toBe(false);
    await store.appendEvent(note(1));
    expect(moved()).toBe(true);
    await other.appendEvent(note(2));
    expect(moved()).toBe(true);
    await store.claimNext(claimRequest());
    await store.listEvents(all, 9);
    await failure('TASK_NOT_FOUND', store.deleteTask(taskId('zzzzzz')));
    await other.claimNext(claimRequest());
    expect(moved()).toBe(false);
    expect([...counters].sort((a, b) => a - b)).toEqual(counters);
  });
});

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BudgetOrder } from '../../../src/ports/budget-store.js';
import type { Store } from '../../../src/ports/store.js';
import { change, claim, claimRequest, create, granted, identity, newTask, runId, runIntent, taskId, token } from './builders.js';
import { storeFactories, type StoreFixture } from './factory.js';

const DAY = '2027-01-15';
const budget = (reserveMicros: number | null, dayLimitMicros: number | null = 100, day = DAY): { budget: BudgetOrder } => ({ budget: { day, dayLimitMicros, reserveMicros } });

describe.each(storeFactories)('BudgetStore of $name', (factory) => {
  let fixture: StoreFixture;
  let store: Store;
  beforeEach(async () => {
    fixture = await factory.create();
    store = fixture.store;
    await create(store, ...['a', 'b', 'c', 'd'].map((name) => newTask(`00000${name}`)));
  });
  afterEach(async () => {
    expect(await store.checkConsistency()).toEqual([]);
    await fixture.dispose();
  });

  const usage = async (day = DAY): Promise<[reserved: number, settled: number]> => {
    const { reservedMicros, settledMicros } = await store.dayUsage(day);
    return [reservedMicros, settledMicros];
  };
  const events = async (...types: string[]): Promise<unknown[]> => (await store.listEvents({ sinceSeq: 0, task: null, run: null, types }, 100)).map((event) => event.data);

  test('a claim reserves, and the next is refused when the day has too little left', async () => {
    const first = await claim(store, '00000a', budget(60));
    expect(await usage()).toEqual([60, 0]);
    const refused = { kind: 'budget', day: DAY, usedMicros: 60, limitMicros: 100 };
    const head = await store.headSeq();
    expect(await store.claimTask(taskId('00000b'), claimRequest(budget(41)))).toEqual(refused);
    expect(await store.claimNext(claimRequest(budget(41)))).toEqual(refused);
    expect(await store.headSeq()).toBe(head);
    await claim(store, '00000b', budget(40));
    expect(await store.claimNext(claimRequest(budget(1)))).toMatchObject({ usedMicros: 100 });
    granted(await store.claimNext(claimRequest(budget(0))));
    expect((await events('task.claimed'))[0]).toMatchObject({ budgetMicros: 60 });
    expect(first.task.status).toBe('claimed');
  });

  test('a claim without a budget reserves nothing and says nothing of it', async () => {
    await claim(store, '00000a');
    await claim(store, '00000b', { budget: null });
    expect([await usage(), (await events('task.claimed')).some((data) => Object.hasOwn(data as object, 'budgetMicros'))]).toEqual([[0, 0], false]);
  });

  test('days are apart', async () => {
    await claim(store, '00000a', budget(100));
    await claim(store, '00000b', budget(100, 100, '2027-01-16'));
    expect([await usage(), await usage('2027-01-16'), await usage('2027-01-17')]).toEqual([[100, 0], [100, 0], [0, 0]]);
  });

  test('an unknown price counts as the ceiling: what is left of the day', async () => {
    await claim(store, '00000a', budget(30));
    const { lease } = await claim(store, '00000b', budget(null));
    expect(await usage()).toEqual([100, 0]);
    expect((await store.claimNext(claimRequest(budget(null)))).kind).toBe('budget');
    expect(await store.settleBudget({ token: lease.token, micros: null })).toEqual({ kind: 'settled', day: DAY, micros: 70 });
    expect(await usage()).toEqual([30, 70]);
    expect(await store.claimTask(taskId('00000c'), claimRequest(budget(null, 0)))).toMatchObject({ kind: 'budget', limitMicros: 0 });
  });

  test('without a limit the usage is counted all the same', async () => {
    const { lease } = await claim(store, '00000a', budget(null, null));
    await claim(store, '00000b', budget(5, null));
    expect(await usage()).toEqual([5, 0]);
    await store.settleBudget({ token: lease.token, micros: 250 });
    expect(await usage()).toEqual([5, 250]);
    expect(await store.claimTask(taskId('00000c'), claimRequest(budget(0)))).toMatchObject({ kind: 'budget', usedMicros: 255 });
  });

  test('settling puts the cost in place of the reservation, once', async () => {
    const { lease } = await claim(store, '00000a', budget(60));
    expect(await store.settleBudget({ token: lease.token, micros: 25 })).toEqual({ kind: 'settled', day: DAY, micros: 25 });
    expect(await store.settleBudget({ token: lease.token, micros: 99 })).toEqual({ kind: 'settled_before', day: DAY, micros: 25 });
    expect(await store.settleBudget({ token: lease.token, micros: null })).toMatchObject({ kind: 'settled_before', micros: 25 });
    expect(await store.settleBudget({ token: token(12_345), micros: 1 })).toEqual({ kind: 'no_budget' });
    expect([await usage(), await events('budget.settled')]).toEqual([[0, 25], [{ day: DAY, reservedMicros: 60, micros: 25, known: true }]]);
  });

  test('a cost above the reservation is written down as it is', async () => {
    const { lease } = await claim(store, '00000a', budget(60));
    await store.settleBudget({ token: lease.token, micros: 170 });
    expect(await usage()).toEqual([0, 170]);
    expect(await store.claimNext(claimRequest(budget(0)))).toMatchObject({ kind: 'budget', usedMicros: 170 });
  });

  const attempt = async (name: string, process: 'none' | 'recorded'): Promise<Awaited<ReturnType<typeof claim>>> => {
    const claimed = await claim(store, name, { ...budget(60), run: runIntent(`00000${name.at(-1)}`, { agentConcurrency: 9 }) });
    const id = runId(`00000${name.at(-1)}`);
    await store.updateRun(id, { phase: 'spawning' }, null);
    if (process === 'recorded') await store.updateRun(id, { phase: 'running', process: identity(7) }, null);
    return claimed;
  };
  const ended = (name: string): object => ({ run: { id: runId(`00000${name.at(-1)}`), patch: { phase: 'ended', outcome: 'crashed', finishedAtMs: 1 } } });

  test('a lease that ends without a settlement counts as its reservation until it is settled', async () => {
    const { task, lease } = await attempt('00000a', 'recorded');
    await store.apply(change(task, { status: 'queued', notBeforeMs: null }, ended('00000a')));
    expect(await usage()).toEqual([60, 0]);
    await store.settleBudget({ token: lease.token, micros: 10 });
    expect(await usage()).toEqual([0, 10]);
  });

  test('a run that had a process counts, also when its end was written down before that of the lease', async () => {
    const { task } = await attempt('00000a', 'recorded');
    await store.updateRun(runId('00000a'), { phase: 'ended', outcome: 'crashed', finishedAtMs: 1 }, null);
    await store.apply(change(task, { status: 'queued', notBeforeMs: null }));
    expect([await usage(), await events('budget.freed')]).toEqual([[60, 0], []]);
  });

  test('an expired lease counts too', async () => {
    await attempt('00000a', 'recorded');
    fixture.clock.advance(120_000);
    expect([await usage(), (await store.claimNext(claimRequest(budget(60)))).kind]).toEqual([[60, 0], 'budget']);
  });

  test('a lease that ends before anything ran gives its reservation back, and a late cost still counts', async () => {
    const { task, lease } = await attempt('00000a', 'none');
    await store.apply(change(task, { status: 'queued', notBeforeMs: null }, ended('00000a')));
    expect([await usage(), await events('budget.freed')]).toEqual([[0, 0], [{ day: DAY, micros: 60 }]]);
    expect(await store.settleBudget({ token: lease.token, micros: 7 })).toMatchObject({ kind: 'settled', micros: 7 });
    expect(await usage()).toEqual([0, 7]);
    const byHand = await claim(store, '00000b', budget(60));
    await store.apply(change(byHand.task, { status: 'queued', notBeforeMs: null }));
    expect(await usage()).toEqual([0, 7]);
  });

  test('a settled lease is left as it is when it ends', async () => {
    const { task, lease } = await claim(store, '00000a', budget(60));
    await store.settleBudget({ token: lease.token, micros: 8 });
    await store.apply(change(task, { status: 'done', finishedAtMs: 1 }));
    expect([await usage(), await events('budget.freed')]).toEqual([[0, 8], []]);
  });

  test('of two processes that want the rest, one gets it', async () => {
    const other = await fixture.openAnother();
    const outcomes = await Promise.all([store.claimNext(claimRequest(budget(60))), other.claimNext(claimRequest(budget(60)))]);
    expect(outcomes.map((outcome) => outcome.kind).sort()).toEqual(['budget', 'granted']);
    expect(await usage()).toEqual([60, 0]);
  });

  test.each([NaN, -1, 0.5, Infinity, 2 ** 53])('an amount of %s is a bug, and reserves nothing', async (amount) => {
    const bad = 'an amount of money';
    await expect(store.claimNext(claimRequest(budget(amount)))).rejects.toThrow(bad);
    await expect(store.claimNext(claimRequest(budget(1, amount)))).rejects.toThrow(bad);
    const { lease } = await claim(store, '00000a', budget(1));
    await expect(store.settleBudget({ token: lease.token, micros: amount })).rejects.toThrow(bad);
    expect(await usage()).toEqual([1, 0]);
  });

  test('sums that no number can hold are refused', async () => {
    const { lease } = await claim(store, '00000a', budget(Number.MAX_SAFE_INTEGER, null));
    await expect(store.claimNext(claimRequest(budget(1, null)))).rejects.toThrow('an amount of money');
    expect(await store.settleBudget({ token: lease.token, micros: 1 })).toMatchObject({ kind: 'settled' });
    expect(await usage()).toEqual([0, 1]);
  });

  test.each(['2027-1-15', '2027-02-30', '', 'today', '2027-01-15T00:00'])('%s is no day', async (day) => {
    await expect(store.claimNext(claimRequest(budget(1, 100, day)))).rejects.toThrow('YYYY-MM-DD');
    await expect(store.dayUsage(day)).rejects.toThrow('YYYY-MM-DD');
  });

  interface Held {
    readonly claimed: Awaited<ReturnType<typeof claim>>;
    reserved: number;
    settled: number | null;
    live: boolean;
  }
  const step = fc.oneof(
    fc.record({ kind: fc.constant('claim' as const), reserve: fc.option(fc.integer({ min: 0, max: 60 })) }),
    fc.record({ kind: fc.constant('settle' as const), which: fc.nat(9), micros: fc.option(fc.integer({ min: 0, max: 80 })) }),
    fc.record({ kind: fc.constant('release' as const), which: fc.nat(9) }),
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  const tryToClaim = async (board: Store, held: Held[], reserve: number | null): Promise<void> => {
    const used = held.reduce((sum, lease) => sum + (lease.settled ?? lease.reserved), 0);
    const outcome = await board.claimNext(claimRequest(budget(reserve)));
    expect(outcome.kind).toBe((reserve === null ? used < 100 : used + reserve <= 100) ? 'granted' : 'budget');
    if (outcome.kind === 'granted') held.push({ claimed: outcome, reserved: reserve ?? 100 - used, settled: null, live: true });
  };
  const take = async (board: Store, held: Held[], one: Step): Promise<void> => {
    if (one.kind === 'claim') return tryToClaim(board, held, one.reserve);
    const lease = held[one.which];
    if (lease === undefined) return;
    if (one.kind === 'settle') {
      await board.settleBudget({ token: lease.claimed.lease.token, micros: one.micros });
      lease.settled ??= one.micros ?? lease.reserved;
    } else if (lease.live) {
      await board.apply(change(lease.claimed.task, { status: 'done', finishedAtMs: 1 }));
      lease.live = false;
      if (lease.settled === null) lease.reserved = 0;
    }
  };

  test('whatever happens in which order, the sums are those of the leases, and no claim passes the limit', async () => {
    const property = async (steps: readonly Step[]): Promise<void> => {
      const board = await factory.create();
      try {
        await create(board.store, ...Array.from({ length: 12 }, (_, index) => newTask(`x${String(index).padStart(5, '0')}`)));
        const held: Held[] = [];
        for (const one of steps) await take(board.store, held, one);
        const reservedMicros = held.reduce((sum, lease) => sum + (lease.settled === null ? lease.reserved : 0), 0);
        const settledMicros = held.reduce((sum, lease) => sum + (lease.settled ?? 0), 0);
        expect(await board.store.dayUsage(DAY)).toEqual({ reservedMicros, settledMicros });
      } finally {
        await board.dispose();
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 12 }), property), { numRuns: 25 });
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LOCK_RESERVATION_AFTER_MS } from '../../../src/domain/lock/path-lock.js';
import type { Store } from '../../../src/ports/store.js';
import { change, claim, claimRequest, create, failure, finish, granted, lock, move, newTask, runId, runIntent, taskId, token } from './builders.js';
import { storeFactories, type StoreFixture } from './factory.js';

describe.each(storeFactories)('LeaseStore of $name', (factory) => {
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

  const next = async (more = {}): Promise<string> => granted(await store.claimNext(claimRequest(more))).task.id.slice(2);

  describe('claimNext', () => {
    test('takes by priority, then by age', async () => {
      await create(store, newTask('00000a', { priority: 'low' }), newTask('00000b'), newTask('00000c', { priority: 'critical' }), newTask('00000d'), newTask('00000e', { priority: 'high' }));
      expect([await next(), await next(), await next(), await next(), await next()]).toEqual(['00000c', '00000e', '00000b', '00000d', '00000a']);
      expect(await store.claimNext(claimRequest())).toEqual({ kind: 'nothing_claimable', blockedByLocks: 0, withoutCapability: 0 });
    });

    test('listClaimable answers the same order without claiming, due tasks included', async () => {
      await create(store, newTask('00000a', { priority: 'low' }), newTask('00000b'), newTask('00000c', { priority: 'critical' }), newTask('00000d'), newTask('00000e'));
      await move(store, '00000b', { status: 'queued', notBeforeMs: fixture.clock.wallMs + 100 });
      await move(store, '00000d', { status: 'paused', blockedReason: null });
      expect(await store.listClaimable(9)).toEqual(['00000c', '00000e', '00000a'].map(taskId));
      fixture.clock.advance(100);
      expect(await store.listClaimable(9)).toEqual(['00000c', '00000b', '00000e', '00000a'].map(taskId));
      expect(await store.listClaimable(2)).toEqual(['00000c', '00000b'].map(taskId));
      expect(await next()).toBe('00000c');
    });

    test('grants lease, token, locks and event together', async () => {
      await create(store, newTask('00000a', { locks: [lock('src/**'), lock('docs/a.md', 'shared')] }));
      const { task, lease, locks } = granted(await store.claimNext(claimRequest({ holder: 'ann', ttlMs: 5_000 })));
      const { wallMs, monoMs } = fixture.clock;
      expect(task).toMatchObject({ id: taskId('00000a'), status: 'claimed', attempt: 1, revision: 2, lease });
      expect(lease).toEqual({ taskId: task.id, token: lease.token, holder: 'ann', host: 'host-1', runId: null, bootId: 'boot-1', ttlMs: 5_000, grantedAtMs: wallMs, heartbeatAtMs: wallMs, expiresAtMs: wallMs + 5_000, deadlineMonoMs: monoMs + 5_000, stop: null });
      expect(locks).toEqual([lock('src/**'), lock('docs/a.md', 'shared')]);
      expect(await store.listLocks()).toEqual(locks.map((one) => ({ ...one, taskId: task.id, token: lease.token, holder: 'ann' })));
      expect(await store.findLease(task.id)).toEqual(lease);
      expect(await store.getTask(task.id)).toEqual(task);
      expect(await store.listLatestEvents({ sinceSeq: 0, task: task.id, run: null, types: [] }, 1)).toMatchObject([{ type: 'task.claimed', token: lease.token, data: { holder: 'ann', ttlMs: 5_000, attempt: 1, locks: [lock('src/**'), lock('docs/a.md', 'shared')] } }]);
    });

    test('never takes what is blocked, paused, finished, not due or held', async () => {
      await create(store, newTask('00000a'), newTask('00000b', { dependsOn: [taskId('00000a')] }), newTask('00000c'), newTask('00000d'), newTask('00000e'), newTask('00000f'));
      await move(store, '00000c', { status: 'paused', blockedReason: null });
      await finish(store, '00000d');
      await move(store, '00000e', { status: 'queued', notBeforeMs: fixture.clock.wallMs + 100 });
      await move(store, '00000f', { status: 'blocked', blockedReason: 'wait' });
      expect(await next()).toBe('00000a');
      expect((await store.claimNext(claimRequest())).kind).toBe('nothing_claimable');
      fixture.clock.advance(100);
      expect(await next()).toBe('00000e');
    });

    test('a claim that finds nothing changes nothing that anybody could notice', async () => {
      await create(store, newTask('00000a', { locks: [lock('src/**')] }), newTask('00000b', { locks: [lock('src/a.ts')] }));
      await next();
      await store.claimNext(claimRequest());
      const before = store.changeCounter();
      await store.claimNext(claimRequest());
      await store.claimTask(taskId('00000b'), claimRequest());
      expect(store.changeCounter()).toBe(before);
    });

    test('passes over tasks that need more than the claimant can, and counts them', async () => {
      await create(store, newTask('00000a', { requires: ['gpu', 'net'] }), newTask('00000b', { requires: ['gpu'] }), newTask('00000c'));
      expect(await next({ capabilities: ['gpu'] })).toBe('00000b');
      expect(await next()).toBe('00000c');
      expect(await store.claimNext(claimRequest({ capabilities: ['gpu', 'x'] }))).toEqual({ kind: 'nothing_claimable', blockedByLocks: 0, withoutCapability: 1 });
      expect(await next({ capabilities: ['net', 'gpu'] })).toBe('00000a');
    });

    test('finds the one that it can do behind thousands that it can not', async () => {
      await create(store, ...Array.from({ length: 2_100 }, (_, index) => newTask(index.toString(32).padStart(6, '0'), { requires: ['gpu'] })), newTask('zzzzzz'));
      expect(await next()).toBe('zzzzzz');
      expect(await store.claimNext(claimRequest())).toMatchObject({ kind: 'nothing_claimable', withoutCapability: 2_100 });
    });

    test('makes due tasks ready, however many there are', async () => {
      await create(store, ...Array.from({ length: 1_010 }, (_, index) => newTask(index.toString(32).padStart(6, '0'))), newTask('zzzzzz', { priority: 'critical' }));
      const far = fixture.clock.wallMs + 1_000;
      for (let index = 0; index < 1_010; index += 1) await move(store, index.toString(32).padStart(6, '0'), { status: 'queued', notBeforeMs: far - 1 });
      await move(store, 'zzzzzz', { status: 'queued', notBeforeMs: far });
      expect((await store.claimNext(claimRequest())).kind).toBe('nothing_claimable');
      fixture.clock.advance(1_000);
      expect(await next()).toBe('zzzzzz');
      expect(await store.countReady()).toBe(1_010);
    });
  });

  describe('path locks', () => {
    test('a task whose locks are taken waits, and is found again when they are released', async () => {
      await create(store, newTask('00000a', { locks: [lock('src/**')] }), newTask('00000b', { locks: [lock('src/app/main.ts')] }), newTask('00000c', { locks: [lock('docs/**')] }));
      const first = await claim(store, '00000a');
      expect(await next()).toBe('00000c');
      expect(await store.claimNext(claimRequest())).toEqual({ kind: 'nothing_claimable', blockedByLocks: 1, withoutCapability: 0 });
      expect(await store.getTask(taskId('00000b'))).toMatchObject({ status: 'queued', parkedOn: taskId('00000a'), revision: 1 });
      expect(await store.countReady()).toBe(0);
      await store.apply(change(first.task, { status: 'done', finishedAtMs: 1 }));
      expect(await store.getTask(taskId('00000b'))).toMatchObject({ parkedOn: null });
      expect(await next()).toBe('00000b');
    });

    test('shared locks go together, an exclusive one with none, in any spelling', async () => {
      await create(store, newTask('00000a', { locks: [lock('src/**', 'shared')] }), newTask('00000b', { locks: [lock('SRC/x.ts', 'shared')] }), newTask('00000c', { locks: [lock('Src/X.ts')] }));
      expect([await next(), await next()]).toEqual(['00000a', '00000b']);
      expect((await store.claimNext(claimRequest())).kind).toBe('nothing_claimable');
      await finish(store, '00000a');
      expect((await store.claimNext(claimRequest())).kind).toBe('nothing_claimable');
      await finish(store, '00000b');
      expect(await next()).toBe('00000c');
    });

    test('a whole-tree lock conflicts with everything, from both sides', async () => {
      await create(store, newTask('00000a', { locks: [lock('**')] }), newTask('00000b', { locks: [lock('deep/down/x.ts')] }));
      const first = await claim(store, '00000b');
      expect((await store.claimTask(taskId('00000a'), claimRequest())).kind).toBe('refused');
      await store.apply(change(first.task, { status: 'queued', notBeforeMs: null }));
      await claim(store, '00000a');
      expect((await store.claimTask(taskId('00000b'), claimRequest())).kind).toBe('refused');
    });

    test('a long row of waiting tasks is parked, and the one behind it claimed', async () => {
      await create(store, newTask('00000a', { locks: [lock('src/**')] }), ...Array.from({ length: 600 }, (_, index) => newTask(`w${index.toString(32).padStart(5, '0')}`, { locks: [lock(`src/${index}.ts`)] })), newTask('zzzzzz'));
      const first = await claim(store, '00000a');
      expect(await next()).toBe('zzzzzz');
      expect(await store.claimNext(claimRequest())).toMatchObject({ blockedByLocks: 600 });
      await store.apply(change(first.task, { status: 'failed', finishedAtMs: 1 }));
      expect(await store.countReady()).toBe(600);
      expect(await next()).toBe('w00000');
    });

    test('editing the locks lets a parked task go', async () => {
      await create(store, newTask('00000a', { locks: [lock('src/**')] }), newTask('00000b', { locks: [lock('src/b.ts')] }));
      await claim(store, '00000a');
      await store.claimNext(claimRequest());
      await store.editTask(taskId('00000b'), 1, { locks: [lock('docs/b.md')] });
      expect(await next()).toBe('00000b');
    });

    test('conflicts are found with a witness, from the shape of the patterns', async () => {
      await create(store, newTask('00000a', { locks: [lock('src/**/*.ts'), lock('docs/**', 'shared')] }));
      const { lease } = await claim(store, '00000a', { holder: 'ann' });
      const found = await store.findLockConflicts([lock('src/app/*'), lock('docs/x.md', 'shared'), lock('test/**')], 9);
      expect(found).toEqual([{ wanted: lock('src/app/*'), held: lock('src/**/*.ts'), holderTask: taskId('00000a'), holder: 'ann', token: lease.token, witness: found[0]?.witness }]);
      expect(found[0]?.witness).toMatch(/^src\/app\/[^/]*\.ts$/);
      expect(await store.findLockConflicts([lock('src/app/*'), lock('docs/x.md')], 1)).toHaveLength(1);
    });
  });

  describe('a broad lock does not starve', () => {
    /**
     * Two narrow tasks are always under way, and before one ends the next is claimed, so that the older broad
     * task never finds all of src free by chance. Answers the round in which it was claimed, or null.
     */
    async function roundOfBroadClaim(rounds: number, stepMs: number): Promise<number | null> {
      await create(store, newTask('broad0', { locks: [lock('src/**')] }), ...Array.from({ length: rounds + 2 }, (_, index) => newTask(`n${index.toString(32).padStart(5, '0')}`, { locks: [lock(`src/${index}/**`)] })));
      const held = [await claim(store, 'n00000'), await claim(store, 'n00001')];
      for (let round = 1; round <= rounds; round += 1) {
        fixture.clock.advance(stepMs);
        const outcome = await store.claimNext(claimRequest());
        if (outcome.kind === 'granted' && outcome.task.id === taskId('broad0')) return round;
        if (outcome.kind === 'granted') held.push(outcome);
        const oldest = held.shift();
        if (oldest !== undefined) await store.apply(change(oldest.task, { status: 'done', finishedAtMs: 1 }));
      }
      return null;
    }

    test('within the waiting time, newer narrow claims pass it by', async () => {
      expect(await roundOfBroadClaim(20, 1)).toBeNull();
      expect(await store.getTask(taskId('broad0'))).toMatchObject({ status: 'queued' });
    });

    test('after it, the locks are reserved: newer claims wait, and the broad task is next', async () => {
      expect(await roundOfBroadClaim(20, LOCK_RESERVATION_AFTER_MS / 4)).toBe(7);
    });
  });

  describe('reservations', () => {
    const after = LOCK_RESERVATION_AFTER_MS;

    /** `broad0` waits for the holder of src/a and has its locks reserved. */
    async function reserved(): Promise<void> {
      await create(store, newTask('00000a', { locks: [lock('src/a')] }), newTask('broad0', { locks: [lock('src/**')] }), newTask('00000b', { locks: [lock('src/b')] }));
      await claim(store, '00000a');
      expect(await store.claimTask(taskId('broad0'), claimRequest())).toMatchObject({ kind: 'refused', obstacle: { kind: 'locks' } });
      expect(await store.listLocks()).toHaveLength(1);
      fixture.clock.advance(after);
      await store.claimTask(taskId('broad0'), claimRequest());
      expect(await store.listLocks()).toContainEqual({ ...lock('src/**'), taskId: taskId('broad0'), token: null, holder: null });
    }

    test('keep newer claims out, name themselves, and become real locks', async () => {
      await reserved();
      const refused = await store.claimTask(taskId('00000b'), claimRequest());
      expect(refused).toMatchObject({ kind: 'refused', obstacle: { kind: 'locks', conflicts: [{ holderTask: taskId('broad0'), token: null, holder: null }] } });
      expect(await store.getTask(taskId('00000b'))).toMatchObject({ parkedOn: taskId('broad0') });
      await finish(store, '00000a');
      expect(await next()).toBe('broad0');
      expect(await store.listLocks()).toMatchObject([{ pattern: 'src/**', token: expect.any(Number) as number }]);
      expect(await store.getTask(taskId('00000b'))).toMatchObject({ parkedOn: taskId('broad0') });
      await finish(store, 'broad0');
      expect(await next()).toBe('00000b');
    });

    test.each([
      ['cancelled', () => finish(store, 'broad0', 'cancelled')],
      ['skipped', () => finish(store, 'broad0', 'skipped')],
      ['paused', () => move(store, 'broad0', { status: 'paused', blockedReason: null })],
      ['blocked', () => move(store, 'broad0', { status: 'blocked', blockedReason: 'why' })],
      ['deleted', () => store.deleteTask(taskId('broad0'))],
      ['edited', () => store.editTask(taskId('broad0'), 1, { locks: [lock('docs/**')] })],
      ['made dependent', () => store.editTask(taskId('broad0'), 1, { dependsOn: [taskId('00000a')] })],
    ])('vanish when the task is %s, and wake who waited for them', async (_, leave) => {
      await reserved();
      await store.claimTask(taskId('00000b'), claimRequest());
      await leave();
      expect((await store.listLocks()).filter((held) => held.token === null)).toEqual([]);
      expect(granted(await store.claimTask(taskId('00000b'), claimRequest())).task.id).toBe(taskId('00000b'));
    });

    test('vanish when a dependency is worked on again', async () => {
      await create(store, newTask('00000d'));
      await finish(store, '00000d');
      await reserved();
      const broad = await store.getTask(taskId('broad0'));
      const edited = await store.editTask(broad.id, broad.revision, { dependsOn: [taskId('00000d')] });
      expect(edited.status).toBe('queued');
      await move(store, '00000d', { status: 'queued', notBeforeMs: null });
      expect((await store.listLocks()).filter((held) => held.token === null)).toEqual([]);
    });

    test('never overlap each other', async () => {
      await reserved();
      await create(store, newTask('broad1', { locks: [lock('**')] }));
      await store.claimTask(taskId('broad1'), claimRequest());
      fixture.clock.advance(after);
      await store.claimTask(taskId('broad1'), claimRequest());
      expect((await store.listLocks()).filter((held) => held.token === null)).toHaveLength(1);
    });

    test('survive a change that leaves the task in the queue', async () => {
      await reserved();
      await move(store, 'broad0', { status: 'queued', notBeforeMs: null });
      expect((await store.listLocks()).filter((held) => held.token === null)).toHaveLength(1);
      await finish(store, '00000a');
      expect(await next()).toBe('broad0');
    });

    test('stay for as long as what they wait for', async () => {
      await reserved();
      fixture.clock.advance(10 * after);
      expect((await store.claimNext(claimRequest())).kind).toBe('nothing_claimable');
      expect((await store.claimTask(taskId('00000b'), claimRequest())).kind).toBe('refused');
      expect((await store.listLocks()).filter((held) => held.token === null)).toHaveLength(1);
    });

    describe('that nobody uses though the locks are free', () => {
      beforeEach(async () => {
        const gpu = claimRequest({ capabilities: ['gpu'] });
        await create(store, newTask('00000a', { locks: [lock('src/a')] }), newTask('broad0', { locks: [lock('src/**')], requires: ['gpu'] }), newTask('00000b', { locks: [lock('src/b')] }));
        await claim(store, '00000a');
        await store.claimTask(taskId('broad0'), gpu);
        fixture.clock.advance(after);
        await store.claimTask(taskId('broad0'), gpu);
        fixture.clock.advance(after);
        await finish(store, '00000a');
        // The worker with a GPU is gone; others may not take src/b at once, but not never either.
        fixture.clock.advance(after - 1);
        expect((await store.claimNext(claimRequest())).kind).toBe('nothing_claimable');
        expect((await store.claimTask(taskId('00000b'), claimRequest())).kind).toBe('refused');
        fixture.clock.advance(1);
      });

      test('lapse for whoever asks for the next task', async () => {
        expect(await next()).toBe('00000b');
        expect((await store.listLocks()).filter((held) => held.token === null)).toEqual([]);
      });

      test('lapse for whoever asks for one task, and are not given back at once', async () => {
        await claim(store, '00000b');
        expect(await store.claimTask(taskId('broad0'), claimRequest({ capabilities: ['gpu'] }))).toMatchObject({ kind: 'refused' });
        expect((await store.listLocks()).filter((held) => held.token === null)).toEqual([]);
        fixture.clock.advance(after);
        await store.claimTask(taskId('broad0'), claimRequest({ capabilities: ['gpu'] }));
        expect((await store.listLocks()).filter((held) => held.token === null)).toHaveLength(1);
      });

      test('still serve their task, when a worker for it comes after all', async () => {
        expect(await next({ capabilities: ['gpu'] })).toBe('broad0');
      });
    });
  });

  describe('claimTask', () => {
    const obstacle = async (name: string, more = {}) => {
      const outcome = await store.claimTask(taskId(name), claimRequest(more));
      if (outcome.kind !== 'refused') throw new Error(`not refused: ${outcome.kind}`);
      expect(outcome.task.id).toBe(taskId(name));
      return outcome.obstacle;
    };

    test('takes exactly this task', async () => {
      await create(store, newTask('00000a'), newTask('00000b'));
      expect(await claim(store, '00000b')).toMatchObject({ task: { id: taskId('00000b'), status: 'claimed' } });
      await failure('TASK_NOT_FOUND', store.claimTask(taskId('zzzzzz'), claimRequest()));
    });

    test('says what is in the way, the most fundamental first', async () => {
      await create(store, newTask('00000d'), newTask('00000a', { dependsOn: [taskId('00000d')], requires: ['gpu', 'net'], locks: [lock('src/**')] }), newTask('00000h', { locks: [lock('src/x')] }));
      await claim(store, '00000h');
      await move(store, '00000a', { status: 'paused', blockedReason: 'later' });
      expect(await store.explainClaim(taskId('00000a'), ['net'])).toMatchObject([
        { kind: 'status', status: 'paused', reason: 'later' },
        { kind: 'dependencies', unfinished: [{ id: taskId('00000d'), status: 'queued' }] },
        { kind: 'capabilities', missing: ['gpu'] },
        { kind: 'locks', conflicts: [{ holderTask: taskId('00000h') }] },
      ]);
      expect((await store.explainClaim(taskId('00000a'), null)).map((one) => one.kind)).toEqual(['status', 'dependencies', 'locks']);
      expect(await obstacle('00000a')).toMatchObject({ kind: 'status' });
      await move(store, '00000a', { status: 'blocked', blockedReason: null });
      expect(await obstacle('00000a')).toEqual({ kind: 'dependencies', unfinished: [{ id: taskId('00000d'), status: 'queued' }] });
      await finish(store, '00000d');
      await move(store, '00000a', { status: 'queued', notBeforeMs: fixture.clock.wallMs + 9 });
      expect(await obstacle('00000a')).toEqual({ kind: 'not_due', notBeforeMs: fixture.clock.wallMs + 9 });
      fixture.clock.advance(9);
      expect(await obstacle('00000a')).toEqual({ kind: 'capabilities', missing: ['gpu', 'net'] });
      expect(await obstacle('00000a', { capabilities: ['net', 'gpu'] })).toMatchObject({ kind: 'locks' });
      await finish(store, '00000h');
      expect(await store.explainClaim(taskId('00000a'), ['gpu', 'net'])).toEqual([]);
      const { lease } = await claim(store, '00000a', { capabilities: ['gpu', 'net'] });
      expect(await obstacle('00000a')).toEqual({ kind: 'lease', lease });
      await finish(store, '00000a');
      expect(await store.explainClaim(taskId('00000a'), [])).toEqual([{ kind: 'status', status: 'done', reason: null }]);
      await failure('TASK_NOT_FOUND', store.explainClaim(taskId('zzzzzz'), null));
    });

    test('refuses the same holder like anybody else, and an expired lease still counts as held', async () => {
      await create(store, newTask('00000a'));
      await claim(store, '00000a', { holder: 'ann' });
      expect(await obstacle('00000a', { holder: 'ann' })).toMatchObject({ kind: 'lease' });
      fixture.clock.advance(3_600_000);
      expect(await obstacle('00000a', { holder: 'bob' })).toMatchObject({ kind: 'lease', lease: { holder: 'ann' } });
    });

    test('a refusal for the locks parks the task on the holder', async () => {
      await create(store, newTask('00000a', { locks: [lock('src/**')] }), newTask('00000b', { locks: [lock('src/b')] }));
      await claim(store, '00000a');
      expect(await obstacle('00000b')).toMatchObject({ kind: 'locks' });
      expect(await store.getTask(taskId('00000b'))).toMatchObject({ parkedOn: taskId('00000a') });
      await finish(store, '00000a');
      await claim(store, '00000b');
    });
  });

  describe('runs in the claim', () => {
    test('the run row is written with the grant', async () => {
      await create(store, newTask('00000a'));
      const { lease, task } = await claim(store, '00000a', { run: runIntent('000001') });
      expect(lease.runId).toBe(runId('000001'));
      expect(await store.getRun(runId('000001'))).toMatchObject({ taskId: task.id, token: lease.token, attempt: 1, agent: 'coder', phase: 'claimed', process: null, outcome: null, host: 'host-1', startedAtMs: fixture.clock.wallMs, finishedAtMs: null });
      expect(await store.listLiveRuns()).toHaveLength(1);
    });

    test('an agent at its limit is refused, and nothing is granted', async () => {
      await create(store, newTask('00000a'), newTask('00000b'));
      await claim(store, '00000a', { run: runIntent('000001', { agentConcurrency: 2 }) });
      expect(await store.claimNext(claimRequest({ run: runIntent('000002') }))).toEqual({ kind: 'agent_busy', liveRuns: 1 });
      expect(await store.claimTask(taskId('00000b'), claimRequest({ run: runIntent('000002') }))).toEqual({ kind: 'agent_busy', liveRuns: 1 });
      expect(await store.getTask(taskId('00000b'))).toMatchObject({ status: 'queued', revision: 1 });
      expect(await store.claimNext(claimRequest({ run: runIntent('000002', { agentConcurrency: 2 }) }))).toMatchObject({ kind: 'granted' });
    });

    test('a run id that is taken grants nothing', async () => {
      await create(store, newTask('00000a'), newTask('00000b', { locks: [lock('src/**')] }));
      await claim(store, '00000a', { run: runIntent('000001') });
      const head = await store.headSeq();
      expect((await failure('ALREADY_EXISTS', store.claimNext(claimRequest({ run: runIntent('000001', { agentConcurrency: 9 }) })))).retryable).toBe(true);
      expect(await store.getTask(taskId('00000b'))).toMatchObject({ status: 'queued', lease: null, attempt: 0 });
      expect([await store.headSeq(), (await store.listLocks()).length, (await store.listLeases()).length]).toEqual([head, 0, 1]);
    });
  });

  describe('tokens', () => {
    test('grow across tasks, releases, processes and reboots', async () => {
      await create(store, newTask('00000a'), newTask('00000b'));
      const other = await fixture.openAnother();
      const first = await claim(store, '00000a');
      const second = await claim(other, '00000b');
      await store.apply(change(first.task, { status: 'queued', notBeforeMs: null }));
      const third = await claim(store, '00000a');
      fixture.clock.reboot('boot-2');
      await store.apply(change(third.task, { status: 'queued', notBeforeMs: null }));
      const fourth = await claim(store, '00000a');
      const tokens = [first, second, third, fourth].map((one) => one.lease.token);
      expect([...tokens].sort((a, b) => a - b)).toEqual(tokens);
      expect(new Set(tokens).size).toBe(4);
      expect(fourth.lease.token - third.lease.token).toBeGreaterThan(2 ** 31);
    });
  });

  describe('heartbeat', () => {
    test('renews from now, keeps the time to live or takes a new one, and is no event', async () => {
      await create(store, newTask('00000a'));
      const { lease } = await claim(store, '00000a', { ttlMs: 5_000 });
      const head = await store.headSeq();
      fixture.clock.advance(3_000);
      const renewed = await store.heartbeat(lease.taskId, lease.token, null);
      expect(renewed).toEqual({ ...lease, heartbeatAtMs: fixture.clock.wallMs, expiresAtMs: fixture.clock.wallMs + 5_000, deadlineMonoMs: fixture.clock.monoMs + 5_000 });
      expect(await store.heartbeat(lease.taskId, lease.token, 90_000)).toMatchObject({ ttlMs: 90_000, expiresAtMs: fixture.clock.wallMs + 90_000 });
      expect(await store.findLease(lease.taskId)).toMatchObject({ ttlMs: 90_000 });
      expect(await store.headSeq()).toBe(head);
      expect(await store.getTask(lease.taskId)).toMatchObject({ revision: 2 });
    });

    test('a stale one says who holds the task now, or what has become of it', async () => {
      await create(store, newTask('00000a'));
      const first = await claim(store, '00000a', { holder: 'ann' });
      await store.apply(change(first.task, { status: 'queued', notBeforeMs: null }));
      expect((await failure('LEASE_STALE', store.heartbeat(first.task.id, first.lease.token, null))).details).toMatchObject({ holder: null, status: 'queued' });
      const second = await claim(store, '00000a', { holder: 'bob' });
      const error = await failure('LEASE_STALE', store.heartbeat(first.task.id, first.lease.token, null));
      expect(error.details).toMatchObject({ holder: 'bob', currentToken: second.lease.token, status: 'claimed' });
      expect(error.message).toContain(`bob holds it now under token ${second.lease.token} until ${new Date(second.lease.expiresAtMs).toISOString()}`);
      expect(await store.findLease(first.task.id)).toEqual(second.lease);
      await failure('TASK_NOT_FOUND', store.heartbeat(taskId('zzzzzz'), first.lease.token, null));
    });
  });

  describe('expiry', () => {
    test('by monotonic time alone: jumps of the wall clock neither end nor extend a lease', async () => {
      await create(store, newTask('00000a'));
      const { lease } = await claim(store, '00000a', { ttlMs: 1_000 });
      fixture.clock.wallMs += 86_400_000;
      expect(await store.listExpiredLeases(9)).toEqual([]);
      fixture.clock.wallMs -= 2 * 86_400_000;
      fixture.clock.monoMs += 1_000;
      expect(await store.listExpiredLeases(9)).toEqual([]);
      fixture.clock.monoMs += 1;
      expect(await store.listExpiredLeases(9)).toEqual([lease]);
    });

    test('every lease of another boot has expired; oldest first, bounded', async () => {
      await create(store, newTask('00000a'), newTask('00000b'), newTask('00000c'));
      const leases = [(await claim(store, '00000c')).lease, (await claim(store, '00000a')).lease];
      fixture.clock.reboot('boot-0');
      await claim(store, '00000b');
      expect(await store.listExpiredLeases(9)).toEqual(leases);
      expect(await store.listExpiredLeases(1)).toEqual(leases.slice(0, 1));
      expect(await store.listLeases()).toHaveLength(3);
    });
  });

  describe('requestStop', () => {
    test('reaches the holder with its next heartbeat; the first request wins', async () => {
      await create(store, newTask('00000a'));
      const { lease } = await claim(store, '00000a');
      const stop = { kind: 'cancel', reason: 'no longer needed' } as const;
      expect(await store.requestStop(lease.taskId, lease.token, stop)).toEqual({ ...lease, stop });
      expect(await store.requestStop(lease.taskId, lease.token, { kind: 'pause', reason: null })).toEqual({ ...lease, stop });
      expect((await store.heartbeat(lease.taskId, lease.token, null)).stop).toEqual(stop);
      expect(await store.listEvents({ sinceSeq: 0, task: null, run: null, types: ['task.stop_requested'] }, 9)).toHaveLength(1);
    });

    test('a lease that is gone is LEASE_STALE', async () => {
      await create(store, newTask('00000a'));
      const { lease } = await claim(store, '00000a');
      await failure('LEASE_STALE', store.requestStop(lease.taskId, token(lease.token + 1), { kind: 'cancel', reason: null }));
      await finish(store, '00000a');
      await failure('LEASE_STALE', store.requestStop(lease.taskId, lease.token, { kind: 'cancel', reason: null }));
    });
  });
});

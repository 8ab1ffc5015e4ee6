import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TASK_STATUSES } from '../../../src/domain/task/task.js';
import type { Store } from '../../../src/ports/store.js';
import { change, claim, claimRequest, create, everything, failure, finish, lock, move, names, newTask, subtaskId, taskId, token } from './builders.js';
import { storeFactories, type StoreFixture } from './factory.js';

describe.each(storeFactories)('TaskStore of $name', (factory) => {
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

  describe('create', () => {
    test('a task comes back as it was stated', async () => {
      const stated = newTask('000001', {
        title: 'Größe ändern', description: 'Zeile 1\nZeile 2', type: 'bug', priority: 'critical', labels: ['b', 'a'], requires: ['gpu'], skills: ['review'],
        agent: 'coder' as never, project: 'shop', locks: [lock('src/**'), lock('docs/a.md', 'shared')], verify: ['npm test'], isolation: 'none', timeoutMs: 5_000, budgetUsd: '2.50', maxAttempts: 7, targetBranch: 'main',
      });
      await create(store, stated);
      const task = await store.getTask(stated.id);
      expect(task).toMatchObject({ ...stated, status: 'queued', num: 1, revision: 1, attempt: 0, failures: 0, lost: 0, progress: 0, progressNote: null, result: null, error: null, lease: null });
      expect(task).toMatchObject({ createdAtMs: fixture.clock.wallMs, updatedAtMs: fixture.clock.wallMs, startedAtMs: null, finishedAtMs: null, blockedReason: null, blockedBy: [] });
    });

    test('dependencies and parents may come later in the same batch, in any order', async () => {
      await create(store, newTask('00000a', { dependsOn: [taskId('00000c'), taskId('00000b')], parent: taskId('00000c') }), newTask('00000b', { dependsOn: [taskId('00000c')] }), newTask('00000c'));
      const a = await store.getTask(taskId('00000a'));
      expect(a).toMatchObject({ status: 'blocked', blockedReason: null, parent: taskId('00000c'), dependsOn: [taskId('00000c'), taskId('00000b')] });
      expect(a.blockedBy).toEqual([{ id: taskId('00000c'), status: 'queued' }, { id: taskId('00000b'), status: 'blocked' }]);
      expect((await store.getTask(taskId('00000c'))).status).toBe('queued');
    });

    test('a dependency that is finished already does not block', async () => {
      await create(store, newTask('00000a'));
      await finish(store, '00000a');
      await create(store, newTask('00000b', { dependsOn: [taskId('00000a'), taskId('00000a')] }));
      expect(await store.getTask(taskId('00000b'))).toMatchObject({ status: 'queued', dependsOn: [taskId('00000a')], blockedBy: [] });
    });

    test('a cycle is refused with the whole way around, and nothing is stored', async () => {
      const tasks = [newTask('00000a', { dependsOn: [taskId('00000b')] }), newTask('00000b', { dependsOn: [taskId('00000c')] }), newTask('00000c', { dependsOn: [taskId('00000a')] }), newTask('00000d')];
      const error = await failure('DEPENDENCY_CYCLE', create(store, ...tasks));
      expect(error.details['cycle']).toEqual([taskId('00000a'), taskId('00000b'), taskId('00000c'), taskId('00000a')]);
      expect(error.message).toContain('t-00000a depends on t-00000b depends on t-00000c depends on t-00000a');
      await failure('DEPENDENCY_CYCLE', create(store, newTask('00000e', { dependsOn: [taskId('00000e')] })));
      await failure('DEPENDENCY_CYCLE', create(store, newTask('00000e', { parent: taskId('00000f') }), newTask('00000f', { parent: taskId('00000e') })));
      expect((await store.listTasks(everything, { limit: 10, after: null })).total).toBe(0);
    });

    test('an unknown dependency or parent is TASK_NOT_FOUND, and nothing is stored', async () => {
      await failure('TASK_NOT_FOUND', create(store, newTask('00000a'), newTask('00000b', { dependsOn: [taskId('zzzzzz')] })));
      await failure('TASK_NOT_FOUND', create(store, newTask('00000a', { parent: taskId('zzzzzz') })));
      expect(await store.findTask(taskId('00000a'))).toBeUndefined();
    });

    test('an id that exists, existed, or comes twice is answered, not stored', async () => {
      const input = (...tasks: ReturnType<typeof newTask>[]) => store.createTasks({ tasks, idempotencyKey: null, inputDigest: '' });
      await create(store, newTask('00000a'), newTask('00000b'));
      expect(await input(newTask('00000c'), newTask('00000a'))).toEqual({ idTaken: taskId('00000a') });
      expect(await input(newTask('00000c'), newTask('00000c'))).toEqual({ idTaken: taskId('00000c') });
      await store.deleteTask(taskId('00000b'));
      expect(await input(newTask('00000b'))).toEqual({ idTaken: taskId('00000b') });
      expect(await store.findTask(taskId('00000c'))).toBeUndefined();
    });

    test('the same idempotency key gives the first result, and says whether the input was the same', async () => {
      const call = (name: string, inputDigest: string) => store.createTasks({ tasks: [newTask(name)], idempotencyKey: 'key', inputDigest });
      expect(await call('00000a', 'x')).toEqual({ ids: [taskId('00000a')], repeated: false, sameInput: true });
      expect(await call('00000b', 'x')).toEqual({ ids: [taskId('00000a')], repeated: true, sameInput: true });
      expect(await call('00000c', 'y')).toEqual({ ids: [taskId('00000a')], repeated: true, sameInput: false });
      expect((await store.listTasks(everything, { limit: 10, after: null })).total).toBe(1);
    });

    test('each task is an event with everything that was stated', async () => {
      await create(store, newTask('00000a'), newTask('00000b', { dependsOn: [taskId('00000a')], locks: [lock('src/**')] }));
      const events = await store.listEvents({ sinceSeq: 0, task: taskId('00000b'), run: null, types: [] }, 10);
      expect(events).toMatchObject([{ seq: 2, type: 'task.created', actor: 'user:ann', atMs: fixture.clock.wallMs, data: { title: 'Task 00000b', status: 'blocked', dependsOn: [taskId('00000a')], locks: [lock('src/**')] } }]);
    });
  });

  describe('apply', () => {
    test('moves the state, grows the revision, sets the fields, appends the event', async () => {
      await create(store, newTask('00000a'));
      const before = await store.getTask(taskId('00000a'));
      fixture.clock.advance(5);
      const error = { class: 'timeout', message: 'too slow' } as const;
      const after = await store.apply(change(before, { status: 'queued', notBeforeMs: 99 }, { fields: { progress: 40, progressNote: 'half', result: { a: [1] }, error, failures: 2, lost: 1, startedAtMs: 7 } }));
      expect(after).toMatchObject({ status: 'queued', notBeforeMs: 99, revision: before.revision + 1, progress: 40, progressNote: 'half', result: { a: [1] }, error, failures: 2, lost: 1, startedAtMs: 7, updatedAtMs: fixture.clock.wallMs });
      const cleared = await store.apply(change(after, { status: 'done', finishedAtMs: 123 }, { fields: { result: null, error: null, progressNote: null } }));
      expect(cleared).toMatchObject({ status: 'done', finishedAtMs: 123, result: null, error: null, progressNote: null, progress: 40, failures: 2, blockedReason: null });
      expect((await store.listLatestEvents({ sinceSeq: 0, task: null, run: null, types: [] }, 2)).map((event) => event.type)).toEqual(['task.to_done', 'task.to_queued']);
    });

    test('a plan made from an older view changes nothing', async () => {
      await create(store, newTask('00000a'));
      const old = await store.getTask(taskId('00000a'));
      await move(store, '00000a', { status: 'paused', blockedReason: 'later' });
      const head = await store.headSeq();
      const error = await failure('STALE_REVISION', store.apply(change(old, { status: 'done', finishedAtMs: 1 })));
      expect(error.retryable).toBe(true);
      expect(await store.getTask(old.id)).toMatchObject({ status: 'paused', blockedReason: 'later' });
      expect(await store.headSeq()).toBe(head);
    });

    test('a stale token changes nothing, and the error says who holds the task', async () => {
      await create(store, newTask('00000a'));
      const first = await claim(store, '00000a', { holder: 'one' });
      await store.apply(change(first.task, { status: 'queued', notBeforeMs: null }));
      const second = await claim(store, '00000a', { holder: 'two' });
      const stale = change(second.task, { status: 'done', finishedAtMs: 1 }, { token: first.lease.token });
      const error = await failure('LEASE_STALE', store.apply(stale));
      expect(error.message).toContain(`two holds it now under token ${second.lease.token}`);
      expect(error.details).toMatchObject({ holder: 'two', token: first.lease.token, status: 'claimed' });
      const done = await store.apply(change(second.task, { status: 'done', finishedAtMs: 1 }));
      expect((await failure('LEASE_STALE', store.apply({ ...stale, expectedRevision: done.revision }))).message).toContain('it is done');
    });

    test('keeping the lease from claimed to running leaves lease and locks alone', async () => {
      await create(store, newTask('00000a', { locks: [lock('src/**')] }));
      const { task, lease } = await claim(store, '00000a');
      const running = await store.apply(change(task, { status: 'running' }, { lease: 'keep', fields: { startedAtMs: 3 } }));
      expect(running).toMatchObject({ status: 'running', lease, startedAtMs: 3 });
      expect(await store.listLocks()).toHaveLength(1);
    });

    test('an unknown task is TASK_NOT_FOUND', async () => {
      await create(store, newTask('00000a'));
      const task = await store.getTask(taskId('00000a'));
      await failure('TASK_NOT_FOUND', store.apply({ ...change(task, { status: 'done', finishedAtMs: 1 }), taskId: taskId('zzzzzz') }));
    });
  });

  describe('dependents', () => {
    beforeEach(() => create(store, newTask('00000a'), newTask('00000b'), newTask('00000c', { dependsOn: [taskId('00000a'), taskId('00000b')] }), newTask('00000d', { dependsOn: [taskId('00000c')] })));

    test.each(['review', 'done', 'skipped'] as const)('%s frees those that waited for it alone', async (status) => {
      const to = status === 'review' ? ({ status, blockedReason: null } as const) : ({ status, finishedAtMs: 1 } as const);
      await move(store, '00000a', to);
      expect(await store.getTask(taskId('00000c'))).toMatchObject({ status: 'blocked', revision: 1, blockedBy: [{ id: taskId('00000b') }] });
      await move(store, '00000b', to);
      expect(await store.getTask(taskId('00000c'))).toMatchObject({ status: 'queued', revision: 2, blockedBy: [] });
      expect(await store.getTask(taskId('00000d'))).toMatchObject({ status: 'blocked' });
      const events = await store.listEvents({ sinceSeq: 0, task: taskId('00000c'), run: null, types: ['task.unblocked'] }, 9);
      expect(events).toMatchObject([{ data: { by: taskId('00000b') } }]);
    });

    test.each(['failed', 'cancelled'] as const)('%s frees nobody', async (status) => {
      await finish(store, '00000a', status);
      await finish(store, '00000b', status);
      expect(await store.getTask(taskId('00000c'))).toMatchObject({ status: 'blocked', blockedBy: [{ status }, { status }] });
    });

    test('a dependency that is worked on again blocks those in the queue, and leaves who works alone', async () => {
      await create(store, newTask('00000e', { dependsOn: [taskId('00000a')] }), newTask('00000f', { dependsOn: [taskId('00000a')] }));
      await finish(store, '00000a');
      const { task } = await claim(store, '00000e');
      await move(store, '00000a', { status: 'queued', notBeforeMs: null });
      expect(await store.getTask(taskId('00000f'))).toMatchObject({ status: 'blocked', blockedReason: null });
      expect(await store.getTask(taskId('00000e'))).toMatchObject({ status: 'claimed', revision: task.revision, blockedBy: [{ id: taskId('00000a') }] });
      expect(await store.listEvents({ sinceSeq: 0, task: null, run: null, types: ['task.blocked_again'] }, 9)).toMatchObject([{ task: taskId('00000f') }]);
      // Whoever gives the task back finds it blocked, whatever the plan said; the pause survives.
      const released = await store.apply(change(await store.getTask(taskId('00000e')), { status: 'queued', notBeforeMs: fixture.clock.wallMs + 50 }));
      expect(released).toMatchObject({ status: 'blocked', lease: null });
      await finish(store, '00000a');
      expect(await store.getTask(taskId('00000e'))).toMatchObject({ status: 'queued', notBeforeMs: fixture.clock.wallMs + 50 });
    });

    test('a task that is blocked for a reason stays so when its dependencies finish', async () => {
      await move(store, '00000c', { status: 'blocked', blockedReason: 'ask Ann' });
      await finish(store, '00000a');
      await finish(store, '00000b');
      expect(await store.getTask(taskId('00000c'))).toMatchObject({ status: 'blocked', blockedReason: 'ask Ann', blockedBy: [] });
      expect(await move(store, '00000c', { status: 'blocked', blockedReason: null })).toMatchObject({ status: 'queued' });
    });

    test('direct dependents, oldest first', async () => {
      await create(store, newTask('00000e', { dependsOn: [taskId('00000a')] }));
      expect(await store.dependentsOf(taskId('00000a'))).toEqual([taskId('00000c'), taskId('00000e')]);
      expect(await store.dependentsOf(taskId('00000d'))).toEqual([]);
    });
  });

  describe('parts', () => {
    test('progress follows subtasks and children, rounded down', async () => {
      await create(store, newTask('00000p'), newTask('00000c', { parent: taskId('00000p') }));
      const one = await store.addSubtask(taskId('00000p'), { id: subtaskId('000001'), title: 'One' }, null);
      await store.addSubtask(taskId('00000p'), { id: subtaskId('000002'), title: 'Two' }, null);
      await store.completeSubtask(one.id);
      expect((await store.getTask(taskId('00000p'))).progress).toBe(33);
      await finish(store, '00000c');
      expect((await store.getTask(taskId('00000p'))).progress).toBe(66);
      await store.deleteSubtask(subtaskId('000002'));
      expect((await store.getTask(taskId('00000p'))).progress).toBe(100);
      await move(store, '00000c', { status: 'queued', notBeforeMs: null });
      expect(await store.getTask(taskId('00000p'))).toMatchObject({ progress: 50 });
    });

    test('what a finished task has reached stays', async () => {
      await create(store, newTask('00000p'), newTask('00000c', { parent: taskId('00000p') }));
      await move(store, '00000p', { status: 'done', finishedAtMs: 1 }, { fields: { progress: 100 } });
      await store.addSubtask(taskId('00000p'), { id: subtaskId('000001'), title: 'Late' }, null);
      expect((await store.getTask(taskId('00000p'))).progress).toBe(100);
    });

    test('subtasks are listed in order, completed once, and found by prefix', async () => {
      await create(store, newTask('00000a'));
      await store.addSubtask(taskId('00000a'), { id: subtaskId('abc001'), title: 'One' }, null);
      await store.addSubtask(taskId('00000a'), { id: subtaskId('abd002'), title: 'Two' }, null);
      fixture.clock.advance(10);
      const done = await store.completeSubtask(subtaskId('abd002'));
      expect(done).toMatchObject({ done: true, completedAtMs: fixture.clock.wallMs });
      fixture.clock.advance(10);
      expect(await store.completeSubtask(subtaskId('abd002'))).toEqual(done);
      expect((await store.listSubtasks(taskId('00000a'))).map((subtask) => [subtask.title, subtask.done])).toEqual([['One', false], ['Two', true]]);
      expect(await store.findSubtaskIds('s-ab', 9)).toEqual([subtaskId('abc001'), subtaskId('abd002')]);
      expect(await store.findSubtaskIds('s-abd', 9)).toEqual([subtaskId('abd002')]);
      expect((await store.listEvents({ sinceSeq: 0, task: null, run: null, types: ['subtask.completed'] }, 9))).toHaveLength(1);
    });

    test('an idempotency key adds a subtask once; unknown ones are refused', async () => {
      await create(store, newTask('00000a'));
      const first = await store.addSubtask(taskId('00000a'), { id: subtaskId('000001'), title: 'One' }, 'key');
      expect(await store.addSubtask(taskId('00000a'), { id: subtaskId('000002'), title: 'One' }, 'key')).toEqual(first);
      await failure('ALREADY_EXISTS', store.addSubtask(taskId('00000a'), { id: subtaskId('000001'), title: 'One' }, null));
      await failure('SUBTASK_NOT_FOUND', store.completeSubtask(subtaskId('zzzzzz')));
      await failure('SUBTASK_NOT_FOUND', store.deleteSubtask(subtaskId('zzzzzz')));
      await failure('TASK_NOT_FOUND', store.addSubtask(taskId('zzzzzz'), { id: subtaskId('000009'), title: 'x' }, null));
      await failure('TASK_NOT_FOUND', store.listSubtasks(taskId('zzzzzz')));
    });
  });

  describe('edit', () => {
    test('replaces what is given and keeps the rest', async () => {
      await create(store, newTask('00000a', { labels: ['x'], locks: [lock('a/**')], requires: ['gpu'], description: 'keep' }));
      const edited = await store.editTask(taskId('00000a'), 1, { title: 'New', priority: 'high', labels: ['y', 'x'], locks: [lock('b/**', 'shared')], requires: [], agent: 'coder' as never, timeoutMs: 9 });
      expect(edited).toMatchObject({ title: 'New', priority: 'high', labels: ['y', 'x'], locks: [lock('b/**', 'shared')], requires: [], agent: 'coder', timeoutMs: 9, description: 'keep', revision: 2 });
      expect(await store.listLatestEvents({ sinceSeq: 0, task: null, run: null, types: ['task.edited'] }, 1)).toMatchObject([{ data: { edit: { title: 'New' } } }]);
      expect(await store.claimNext(claimRequest())).toMatchObject({ kind: 'granted' });
    });

    test('is refused for an old revision, under a lease, and for an unknown task', async () => {
      await create(store, newTask('00000a'));
      await failure('STALE_REVISION', store.editTask(taskId('00000a'), 9, { title: 'x' }));
      await failure('TASK_NOT_FOUND', store.editTask(taskId('zzzzzz'), 1, { title: 'x' }));
      const { task } = await claim(store, '00000a');
      await failure('ILLEGAL_TRANSITION', store.editTask(taskId('00000a'), task.revision, { title: 'x' }));
    });

    test('dependencies decide between queued and blocked', async () => {
      await create(store, newTask('00000a'), newTask('00000b'));
      const blocked = await store.editTask(taskId('00000b'), 1, { dependsOn: [taskId('00000a')] });
      expect(blocked).toMatchObject({ status: 'blocked', dependsOn: [taskId('00000a')] });
      await failure('TASK_NOT_FOUND', store.editTask(taskId('00000b'), 2, { dependsOn: [taskId('zzzzzz')] }));
      expect(await store.editTask(taskId('00000b'), 2, { dependsOn: [] })).toMatchObject({ status: 'queued', dependsOn: [] });
    });

    test('a cycle is refused with the way around, and the task keeps what it had', async () => {
      await create(store, newTask('00000a'), newTask('00000b', { dependsOn: [taskId('00000a')] }), newTask('00000c', { dependsOn: [taskId('00000b')] }));
      const error = await failure('DEPENDENCY_CYCLE', store.editTask(taskId('00000a'), 1, { dependsOn: [taskId('00000c')] }));
      expect(error.details['cycle']).toEqual([taskId('00000a'), taskId('00000c'), taskId('00000b'), taskId('00000a')]);
      expect((await failure('DEPENDENCY_CYCLE', store.editTask(taskId('00000a'), 1, { dependsOn: [taskId('00000a')] }))).details['cycle']).toEqual([taskId('00000a'), taskId('00000a')]);
      expect(await store.getTask(taskId('00000a'))).toMatchObject({ dependsOn: [], status: 'queued', revision: 1 });
      // The same edge the other way round is fine, and so is replacing the edge that would close the circle.
      expect(await store.editTask(taskId('00000c'), 1, { dependsOn: [taskId('00000a')] })).toMatchObject({ dependsOn: [taskId('00000a')] });
    });

    test('a parent moves, without circles', async () => {
      await create(store, newTask('00000p'), newTask('00000q'), newTask('00000c', { parent: taskId('00000p') }), newTask('00000d', { parent: taskId('00000c') }));
      expect(await store.editTask(taskId('00000c'), (await store.getTask(taskId('00000c'))).revision, { parent: taskId('00000q') })).toMatchObject({ parent: taskId('00000q') });
      const error = await failure('DEPENDENCY_CYCLE', store.editTask(taskId('00000q'), (await store.getTask(taskId('00000q'))).revision, { parent: taskId('00000d') }));
      expect(error.message).toContain('is part of');
      expect(await store.editTask(taskId('00000d'), 1, { parent: null })).toMatchObject({ parent: null });
      await finish(store, '00000c');
      expect((await store.getTask(taskId('00000q'))).progress).toBe(100);
      expect((await store.getTask(taskId('00000p'))).progress).toBe(0);
    });
  });

  describe('delete', () => {
    test('removes the task and keeps its events', async () => {
      await create(store, newTask('00000a', { labels: ['x'], locks: [lock('a/**')], dependsOn: [] }), newTask('00000b', { dependsOn: [taskId('00000a')], parent: taskId('00000a') }));
      await store.addSubtask(taskId('00000b'), { id: subtaskId('000001'), title: 'One' }, null);
      const error = await failure('HAS_DEPENDENTS', store.deleteTask(taskId('00000a')));
      expect(error.details['dependents']).toEqual([taskId('00000b')]);
      await store.deleteTask(taskId('00000b'));
      await failure('TASK_NOT_FOUND', store.getTask(taskId('00000b')));
      await failure('SUBTASK_NOT_FOUND', store.completeSubtask(subtaskId('000001')));
      await store.deleteTask(taskId('00000a'));
      expect((await store.listEvents({ sinceSeq: 0, task: taskId('00000b'), run: null, types: [] }, 9)).map((event) => event.type)).toEqual(['task.created', 'subtask.added', 'task.deleted']);
      await failure('TASK_NOT_FOUND', store.deleteTask(taskId('00000a')));
    });

    test('is refused under a lease and for a task with children', async () => {
      await create(store, newTask('00000a'), newTask('00000b', { parent: taskId('00000a') }));
      expect((await failure('HAS_DEPENDENTS', store.deleteTask(taskId('00000a')))).message).toContain('part of it');
      await claim(store, '00000b');
      await failure('ILLEGAL_TRANSITION', store.deleteTask(taskId('00000b')));
    });
  });

  describe('read', () => {
    test('ids by prefix, oldest first, bounded', async () => {
      await create(store, newTask('ab0001'), newTask('ab0000'), newTask('ac0000'));
      expect(await store.findTaskIds('t-ab', 9)).toEqual([taskId('ab0001'), taskId('ab0000')]);
      expect(await store.findTaskIds('t-', 2)).toEqual([taskId('ab0001'), taskId('ab0000')]);
      expect(await store.findTaskIds('t-zz', 2)).toEqual([]);
      expect(await store.findTask(taskId('zzzzzz'))).toBeUndefined();
      await failure('TASK_NOT_FOUND', store.getTask(taskId('zzzzzz')));
    });

    test('pages, newest first, without loss or repeats, with the exact total', async () => {
      await create(store, ...Array.from({ length: 7 }, (_, index) => newTask(`00000${index}`)));
      const seen: string[] = [];
      for (let after: number | null = null, pages = 0; pages === 0 || after !== null; pages += 1) {
        const page = await store.listTasks(everything, { limit: 3, after });
        expect(page.total).toBe(7);
        seen.push(...names(page.tasks));
        after = page.nextAfter;
      }
      expect(seen).toEqual(['000006', '000005', '000004', '000003', '000002', '000001', '000000']);
    });

    test('filters by status, label, project, agent, parent and readiness, alone and together', async () => {
      await create(
        store,
        newTask('00000a', { labels: ['x', 'y'], project: 'shop' }),
        newTask('00000b', { labels: ['x'], agent: 'coder' as never }),
        newTask('00000c', { labels: ['y'], parent: taskId('00000a') }),
        newTask('00000d', { labels: ['x', 'y'], dependsOn: [taskId('00000a')] }),
      );
      await move(store, '00000c', { status: 'queued', notBeforeMs: fixture.clock.wallMs + 1_000 });
      await finish(store, '00000b');
      const list = async (filter: Partial<typeof everything>) => {
        const page = await store.listTasks({ ...everything, ...filter }, { limit: 9, after: null });
        expect(page.total).toBe(page.tasks.length);
        return names(page.tasks);
      };
      expect(await list({ statuses: ['done'] })).toEqual(['00000b']);
      expect(await list({ statuses: ['queued', 'done', 'queued'] })).toEqual(['00000c', '00000b', '00000a']);
      expect(await list({ labels: ['x'] })).toEqual(['00000d', '00000b', '00000a']);
      expect(await list({ labels: ['x', 'y'] })).toEqual(['00000d', '00000a']);
      expect(await list({ labels: ['x', 'y'], statuses: ['queued'] })).toEqual(['00000a']);
      expect(await list({ project: 'shop' })).toEqual(['00000a']);
      expect(await list({ agent: 'coder' })).toEqual(['00000b']);
      expect(await list({ parent: taskId('00000a') })).toEqual(['00000c']);
      expect(await list({ ready: true })).toEqual(['00000a']);
      expect(await store.countReady()).toBe(1);
      fixture.clock.advance(1_000);
      expect(await list({ ready: true })).toEqual(['00000c', '00000a']);
      expect(await store.countReady()).toBe(2);
    });

    test('counts by status, zeros included', async () => {
      await create(store, newTask('00000a'), newTask('00000b'), newTask('00000c', { dependsOn: [taskId('00000a')] }));
      await finish(store, '00000b', 'skipped');
      const zero = Object.fromEntries(TASK_STATUSES.map((status) => [status, 0]));
      expect(await store.countByStatus()).toEqual({ ...zero, queued: 1, blocked: 1, skipped: 1 });
    });

    test('the graph around a task, the nearest first when it is cut, or of all open tasks', async () => {
      // a <- b <- c <- d, and e apart from them.
      await create(store, newTask('00000a'), newTask('00000b', { dependsOn: [taskId('00000a')] }), newTask('00000c', { dependsOn: [taskId('00000b')] }), newTask('00000d', { dependsOn: [taskId('00000c')] }), newTask('00000e'));
      expect(names((await store.graph(taskId('00000b'), 9)).tasks)).toEqual(['00000a', '00000b', '00000c', '00000d']);
      const cut = await store.graph(taskId('00000c'), 3);
      expect([names(cut.tasks), cut.truncated]).toEqual([['00000b', '00000c', '00000d'], true]);
      await finish(store, '00000a');
      const open = await store.graph(null, 9);
      expect([names(open.tasks), open.truncated]).toEqual([['00000b', '00000c', '00000d', '00000e'], false]);
      expect((await store.graph(null, 2)).truncated).toBe(true);
      await failure('TASK_NOT_FOUND', store.graph(taskId('zzzzzz'), 9));
    });

    test('a siblings branch is no part of the graph around a task', async () => {
      await create(store, newTask('00000a'), newTask('00000b', { dependsOn: [taskId('00000a')] }), newTask('00000c', { dependsOn: [taskId('00000a')] }));
      expect(names((await store.graph(taskId('00000b'), 9)).tasks)).toEqual(['00000a', '00000b']);
    });
  });

  test('an event of its own is chained like all others', async () => {
    await store.appendEvent({ type: 'policy.loaded', task: null, run: null, token: token(7), data: { rules: 3 } });
    expect(await store.listEvents({ sinceSeq: 0, task: null, run: null, types: [] }, 9)).toMatchObject([{ seq: 1, type: 'policy.loaded', token: 7, data: { rules: 3 } }]);
  });

  test('another process sees every change', async () => {
    const other = await fixture.openAnother();
    await create(other, newTask('00000a'));
    expect(await store.getTask(taskId('00000a'))).toMatchObject({ status: 'queued' });
  });
});

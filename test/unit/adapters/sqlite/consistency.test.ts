import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../../../src/ports/store.js';
import { claim, claimRequest, create, finish, lock, newTask, subtaskId, taskId } from '../../../contract/store/builders.js';
import { Board } from './board.js';

let board: Board;
let store: Store;
beforeEach(async () => {
  board = new Board();
  store = board.store();
  await create(
    store,
    newTask('00000a', { locks: [lock('src/**')] }),
    newTask('00000b', { locks: [lock('src/b')], priority: 'low' }),
    newTask('00000c', { dependsOn: [taskId('00000d')], parent: taskId('00000p') }),
    newTask('00000d'),
    newTask('00000e', { dependsOn: [taskId('00000f')] }),
    newTask('00000f'),
    newTask('00000p'),
    newTask('00000q', { locks: [lock('src/q')] }),
  );
  await store.addSubtask(taskId('00000p'), { id: subtaskId('000001'), title: 'One' }, null);
  await finish(store, '00000f');
  await claim(store, '00000a');
  await store.claimTask(taskId('00000b'), claimRequest());
});
afterEach(() => board.dispose());

/** Damages rows past all guards, as a bug or a database tool could. */
function plant(sql: string): void {
  const database = board.raw();
  database.pragma('ignore_check_constraints = ON');
  database.pragma('foreign_keys = OFF');
  const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name NOT IN ('task_counted', 'task_uncounted', 'task_recounted')").pluck().all() as string[];
  database.exec(triggers.map((name) => `DROP TRIGGER ${name};`).join(''));
  database.exec(sql);
  database.close();
}

const checks = async (): Promise<string[]> => (await store.checkConsistency()).map((problem) => problem.check);

test('the board that the others damage is sound', async () => {
  expect(await store.checkConsistency()).toEqual([]);
});

test.each([
  ['open_dependency_counter', "UPDATE task SET open_dependencies = 2 WHERE id = 't-00000c'"],
  ['open_dependency_counter', "UPDATE task SET open_dependencies = 1 WHERE id = 't-00000f'"],
  ['open_dependency_counter', "UPDATE task SET open_dependencies = 1, status = 'blocked' WHERE id = 't-00000e'"],
  ['status_counter', "UPDATE meta SET number = number + 1 WHERE name = 'done'"],
  ['parts_counter', "UPDATE task SET parts_done = 1 WHERE id = 't-00000p'"],
  ['parts_counter', "UPDATE task SET parts_total = 7 WHERE id = 't-00000p'"],
  ['lease_without_task', "INSERT INTO lease SELECT (SELECT num FROM task WHERE id = 't-00000d'), token, holder, host, run, boot_id, ttl_ms, granted_at, heartbeat_at, expires_at, deadline_mono, stop_kind, stop_reason FROM lease"],
  ['lock_without_lease', "INSERT INTO path_lock SELECT 'lib', num, 0, 'lib/**', 'exclusive', 5, 1 FROM task WHERE id = 't-00000d'"],
  ['reservation_without_waiting_task', "INSERT INTO path_lock SELECT 'lib', num, 0, 'lib/**', 'exclusive', NULL, 1 FROM task WHERE id = 't-00000c'"],
  ['parked_on_nothing', "UPDATE task SET parked_on = (SELECT num FROM task WHERE id = 't-00000d') WHERE id = 't-00000q'"],
])('%s is found and repaired', async (check, sql) => {
  plant(sql);
  expect(await store.checkConsistency()).toMatchObject([{ check, fixable: true }]);
  expect(await store.repairDerived()).toHaveLength(1);
  expect(await store.checkConsistency()).toEqual([]);
  expect(await store.listLatestEvents({ sinceSeq: 0, task: null, run: null, types: ['store.repaired'] }, 9)).toHaveLength(1);
});

test.each([
  ['task_without_lease', "DELETE FROM path_lock; DELETE FROM lease; UPDATE task SET parked_on = NULL"],
  ['lease_without_locks', "UPDATE task SET parked_on = NULL; DELETE FROM path_lock"],
  ['token_counter', "UPDATE meta SET number = 0 WHERE name = 'fence'"],
  ['foreign_keys', 'INSERT INTO dependency VALUES (1, 999, 0)'],
  ['file_integrity', "UPDATE task SET priority = 9 WHERE id = 't-00000q'"],
  ['event_chain', "UPDATE event SET actor = 'eve' WHERE seq = 2"],
])('%s is found, and left to a person', async (check, sql) => {
  plant(sql);
  const problems = await store.checkConsistency();
  expect(problems.map((problem) => problem.check)).toContain(check);
  expect(problems.find((problem) => problem.check === check)?.fixable).toBe(false);
});

test('a task that is blocked by nothing is found and queued', async () => {
  plant("UPDATE task SET status = 'blocked' WHERE id = 't-00000d'");
  expect(await checks()).toEqual(['file_integrity']); // The CHECK of the row sees it first.
  await store.repairDerived();
  expect(await store.getTask(taskId('00000d'))).toMatchObject({ status: 'queued' });
});

test('a circle of dependencies is found', async () => {
  plant(`INSERT INTO dependency SELECT d.num, c.num, 0 FROM task c, task d WHERE c.id = 't-00000c' AND d.id = 't-00000d';
    UPDATE task SET status = 'blocked', open_dependencies = 1 WHERE id = 't-00000d'`);
  expect(await checks()).toEqual(['dependency_cycle']);
});

test('two held locks on the same path are found', async () => {
  await store.claimTask(taskId('00000d'), claimRequest());
  plant(`INSERT INTO path_lock SELECT 'src/a', t.num, 0, 'src/a', 'exclusive', t.lease_token, 1 FROM task t WHERE t.id = 't-00000d';
    INSERT INTO task_lock SELECT num, 0, 'src/a', 'exclusive', 'src/a' FROM task WHERE id = 't-00000d'`);
  expect(await checks()).toEqual(['overlapping_locks']);
});

test('tokens that do not grow are found in the record', async () => {
  plant("INSERT INTO event SELECT seq + 1, at, actor, type, task, run, token - 1, data, hash, hash FROM event WHERE seq = (SELECT max(seq) FROM event WHERE type = 'task.claimed')");
  expect(await checks()).toEqual(['token_order', 'event_chain']);
});

test('a wrong counter never lets a repair break a rule', async () => {
  // 00000c waits for 00000d; the counter says that it does not, and so it was queued and reserved.
  plant(`UPDATE task SET open_dependencies = 0, status = 'queued', lock_wait_since = 1 WHERE id = 't-00000c';
    INSERT INTO path_lock SELECT 'lib', num, 0, 'lib/**', 'exclusive', NULL, 1 FROM task WHERE id = 't-00000c';
    UPDATE task SET parked_on = (SELECT num FROM task WHERE id = 't-00000c') WHERE id = 't-00000q'`);
  await store.repairDerived();
  expect(await store.checkConsistency()).toEqual([]);
  expect(await store.getTask(taskId('00000c'))).toMatchObject({ status: 'blocked' });
  expect(await store.getTask(taskId('00000q'))).toMatchObject({ status: 'queued', parkedOn: null });
});

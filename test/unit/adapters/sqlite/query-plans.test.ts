import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Store } from '../../../../src/ports/store.js';
import { change, claim, claimRequest, create, everything, finish, lock, move, newTask, runId, runIntent, subtaskId, taskId } from '../../../contract/store/builders.js';
import { Board } from './board.js';

let board: Board;
let store: Store;
beforeEach(() => {
  board = new Board();
  store = board.store();
});
afterEach(() => board.dispose());

/** Tables that grow with the age of a board. Reading one from end to end is what the store must never do in daily work. */
const GROWING = /\bSCAN (task|t|s|d|event|run|r|dependency|task_spec|task_label|task_lock|subtask|x|p|h)\b(?! USING (COVERING )?INDEX (task_ready|task_due|task_parked|run_live|path_lock_reserved))/;

/** Statements of a scenario that read a growing table from end to end, with their plans. */
async function scans(scenario: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(Database.prototype, 'prepare');
  await scenario();
  const texts = new Set(spy.mock.calls.map(([source]) => source));
  spy.mockRestore();
  expect(texts.size).toBeGreaterThan(0);
  const database = board.raw();
  return [...texts].flatMap((text) => {
    const plan = explain(database, text);
    return plan.some((line) => GROWING.test(line)) ? [`${text}\n  ${plan.join('\n  ')}`] : [];
  });
}

function explain(database: Database.Database, text: string): string[] {
  const parameters = text.match(/\?/g)?.map(() => 1) ?? [];
  return (database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...parameters) as { detail: string }[]).map((row) => row.detail);
}

test('the detector sees a scan', async () => {
  await create(store, newTask('00000a'));
  expect(await scans(async () => board.raw().prepare('SELECT * FROM task WHERE attempt = 7').all())).toHaveLength(1);
});

test('claiming, working and finishing read no table from end to end', async () => {
  const found = await scans(async () => {
    await create(store, newTask('00000a', { locks: [lock('src/**')], requires: ['x'], labels: ['l'] }), newTask('00000b', { dependsOn: [taskId('00000a')], parent: taskId('00000c') }), newTask('00000c', { locks: [lock('src/c')] }));
    const { task, lease } = await claim(store, '00000a', { capabilities: ['x'], run: runIntent('000001') });
    await store.claimNext(claimRequest());
    await store.explainClaim(taskId('00000c'), []);
    await store.heartbeat(task.id, lease.token, null);
    await store.listExpiredLeases(9);
    await store.requestStop(task.id, lease.token, { kind: 'cancel', reason: null });
    await store.apply(change(task, { status: 'done', finishedAtMs: 1 }, { run: { id: runId('000001'), patch: { phase: 'ended', outcome: 'succeeded', finishedAtMs: 1 } } }));
    await move(store, '00000a', { status: 'queued', notBeforeMs: 5 });
    await finish(store, '00000c');
    const current = await store.getTask(taskId('00000b'));
    await store.editTask(current.id, current.revision, { dependsOn: [], labels: ['m'], parent: null });
    await store.addSubtask(current.id, { id: subtaskId('000001'), title: 'One' }, 'key');
    await store.completeSubtask(subtaskId('000001'));
    await store.deleteSubtask(subtaskId('000001'));
    await store.deleteTask(taskId('00000b'));
  });
  expect(found).toEqual([]);
});

test('looking reads no table from end to end', async () => {
  await create(store, newTask('00000a', { labels: ['l'], project: 'p', agent: 'coder' as never }));
  const found = await scans(async () => {
    await store.getTask(taskId('00000a'));
    await store.findTaskIds('t-00', 5);
    await store.countByStatus();
    await store.countReady();
    await store.dependentsOf(taskId('00000a'));
    await store.graph(taskId('00000a'), 9);
    await store.listSubtasks(taskId('00000a'));
    await store.listLiveRuns();
    await store.listRuns(taskId('00000a'), 9);
    await store.latestRun(taskId('00000a'));
    await store.latestRunWithBranch(taskId('00000a'));
    await store.headSeq();
    for (const filter of [{ statuses: ['queued', 'done'] as const }, { labels: ['l'] }, { project: 'p' }, { agent: 'coder' }, { parent: taskId('00000a') }]) {
      await store.listTasks({ ...everything, ...filter }, { limit: 5, after: 100 });
    }
    await store.listEvents({ sinceSeq: 3, task: taskId('00000a'), run: null, types: [] }, 5);
    await store.listEvents({ sinceSeq: 3, task: null, run: runId('000001'), types: [] }, 5);
  });
  expect(found).toEqual([]);
});

test('finishing a task writes as many rows on a large board as on a small one', async () => {
  const changesOf = async (others: number): Promise<number> => {
    const one = new Board();
    const own = one.store();
    await create(own, newTask('00000a'), newTask('00000b', { dependsOn: [taskId('00000a')] }), ...Array.from({ length: others }, (_, index) => newTask(`x${index.toString().padStart(5, '0')}`)));
    const changes: number[] = [];
    const spy = vi.spyOn(Database.prototype, 'prepare');
    await finish(own, '00000a');
    const database = spy.mock.contexts.at(-1) as Database.Database;
    spy.mockRestore();
    const total = (): number => Number(database.prepare('SELECT total_changes()').pluck().get());
    changes.push(total());
    await move(own, '00000a', { status: 'queued', notBeforeMs: null });
    changes.push(total());
    one.dispose();
    return (changes[1] ?? 0) - (changes[0] ?? 0);
  };
  expect(await changesOf(300)).toBe(await changesOf(3));
});

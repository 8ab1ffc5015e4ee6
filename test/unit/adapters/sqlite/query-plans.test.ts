import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Store } from '../../../../src/ports/store.js';
import { change, claim, claimRequest, create, everything, finish, lock, move, newTask, runId, runIntent, subtaskId, taskId } from '../../../contract/store/builders.js';
import type { DecisionFilter } from '../../../../src/ports/decision-store.js';
import { anyDecision, approvalId, approve, asking, decisionId, deny, newDecision, NOW, spending } from '../../../contract/store/policy-builders.js';
import { Board } from './board.js';

let board: Board;
let store: Store;
beforeEach(() => {
  board = new Board();
  store = board.store();
});
afterEach(() => board.dispose());

/** Tables that grow with the age of a board. Reading one from end to end is what the store must never do in daily work. */
const GROWING = /\bSCAN (task|t|s|d|event|run|r|dependency|task_spec|task_label|task_lock|subtask|x|p|h|decision|decision_body|approval|approval_vote|budget_day|budget_entry|b|policy_override|checkpoint|policy_revision)\b(?! USING (COVERING )?INDEX (task_ready|task_due|task_parked|run_live|path_lock_reserved))/;

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
    await store.listClaimable(5);
    await store.headSeq();
    for (const filter of [{ statuses: ['queued', 'done'] as const }, { labels: ['l'] }, { project: 'p' }, { agent: 'coder' }, { parent: taskId('00000a') }]) {
      await store.listTasks({ ...everything, ...filter }, { limit: 5, after: 100 });
    }
    await store.listEvents({ sinceSeq: 3, task: taskId('00000a'), run: null, types: [] }, 5);
    await store.listEvents({ sinceSeq: 3, task: null, run: runId('000001'), types: [] }, 5);
  });
  expect(found).toEqual([]);
});

test('deciding, asking, voting, spending and paying read no table from end to end', async () => {
  const found = await scans(async () => {
    await create(store, newTask('00000a'), newTask('00000b'));
    await store.recordDecision(newDecision(0));
    await store.recordDecision(asking(1, {}, taskId('00000a')));
    await store.recordDecision(asking(2, { actionDigest: asking(1).approval!.actionDigest, terms: { count: 2, from: [], ttlMs: 1 } }, taskId('00000b')));
    await store.voteOnApproval(approvalId(1), approve('user:bob'));
    await store.voteOnApproval(approvalId(2), approve('user:bob'));
    await store.voteOnApproval(approvalId(2), deny('user:eve'));
    await store.recordDecision(spending(3, approvalId(1)));
    await store.recordDecision(asking(4));
    board.clock.advance(60_000);
    await store.recordDecision(newDecision(5));
    await store.addOverride({ id: 'o-000001', rule: 'r', layer: 'task', reason: 'x', expiresAtMs: NOW + 99_999, by: 'user:ann', at: 'x', scope: { agent: null, task: null } });
    await store.listOverrides({ activeAtMs: NOW });
    await store.revokeOverride('o-000001', 'user:ann');
    const { task, lease } = await claim(store, '00000a', { run: runIntent('000001'), budget: { day: '2027-01-15', dayLimitMicros: 9, reserveMicros: 4 } });
    await store.apply(change(task, { status: 'done', finishedAtMs: 1 }));
    await store.settleBudget({ token: lease.token, micros: 3 });
    await store.dayUsage('2027-01-15');
    await store.addCheckpoint({ size: 1, root: '0'.repeat(64), note: 'n', atMs: 1, reason: 'events' });
    await store.listCheckpoints(1);
    await store.saveFrontier({ size: 1, hashes: ['0'.repeat(64)] });
    await store.cachedPolicy('key');
  });
  expect(found).toEqual([]);
});

test('looking at decisions and approvals walks one index to the end of the page, and sorts nothing', async () => {
  const page = { limit: 5, before: decisionId(1) };
  await store.recordDecision(newDecision(1));
  const plansOf = async (scenario: () => Promise<unknown>): Promise<string[]> => {
    const spy = vi.spyOn(Database.prototype, 'prepare');
    await scenario();
    const texts = [...new Set(spy.mock.calls.map(([source]) => source))].filter((text) => text.includes('ORDER BY'));
    spy.mockRestore();
    return texts.flatMap((text) => explain(board.raw(), text));
  };
  const list = async (filter: Partial<DecisionFilter>, at = page): Promise<string[]> => plansOf(async () => store.listDecisions({ ...anyDecision, ...filter }, at));
  expect(await list({ task: 't', effect: 'deny' })).toEqual(['SEARCH decision USING INDEX decision_task (task=? AND at<?)']);
  expect(await list({ run: 'r', task: 't' })).toEqual(['SEARCH decision USING INDEX decision_run (run=? AND at<?)']);
  expect(await list({ point: 'commit', sinceMs: 7 })).toEqual(['SEARCH decision USING INDEX decision_point (point=? AND at>? AND at<?)']);
  expect(await list({ effect: 'ask' })).toEqual(['SEARCH decision USING INDEX decision_effect (effect=? AND at<?)']);
  expect(await list({ point: 'commit', effect: 'ask' })).toEqual(['SEARCH decision USING INDEX decision_point_effect (point=? AND effect=? AND at<?)']);
  expect(await list({ sinceMs: 7 })).toEqual(['SEARCH decision USING INDEX decision_at (at>? AND at<?)']);
  // From the end of the index, as far as the limit.
  expect(await list({}, { limit: 5, before: null as never })).toEqual(['SCAN decision USING INDEX decision_at']);
  expect(await plansOf(async () => store.findDecisionIds('d-', 5))).toEqual([expect.stringMatching(/^SEARCH decision USING COVERING INDEX \S+ \(id>\? AND id<\?\)$/)]);
  expect(await plansOf(async () => store.findGrantedApprovals('x'))).toEqual(['SEARCH approval USING INDEX approval_action (action_digest=?)']);
  expect(await plansOf(async () => store.listApprovals({ status: 'pending', task: null }, 5))).toEqual(['SEARCH approval USING INDEX approval_status (status=?)']);
  expect(await plansOf(async () => store.listApprovals({ status: 'denied', task: 't' }, 5))).toEqual(['SEARCH approval USING INDEX approval_task (task=?)']);
  expect(await plansOf(async () => board.store().recordDecision(asking(2)))).toEqual([
    'SEARCH approval USING INDEX approval_due (expires_at<?)',
    'SEARCH approval USING INDEX approval_action (action_digest=?)',
  ]);
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

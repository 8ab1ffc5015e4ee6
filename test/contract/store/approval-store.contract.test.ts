import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ApprovalRequest } from '../../../src/domain/policy/approval.js';
import type { Store } from '../../../src/ports/store.js';
import { claim, create, failure, finish, move, newTask, taskId } from './builders.js';
import { storeFactories, type StoreFixture } from './factory.js';
import { approvalId, approvalRequest, approve, asking, decisionId, deny, newDecision, NOW, sha256, spending, subject } from './policy-builders.js';

describe.each(storeFactories)('Approvals of $name', (factory) => {
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

  const eventTypes = async (): Promise<string[]> => (await store.listEvents({ sinceSeq: 0, task: null, run: null, types: [] }, 100)).map((event) => event.type);
  const status = async (name: string | number): Promise<string> => (await store.getApproval(approvalId(name))).status;
  const granted = async (name: string | number): Promise<string[]> => (await store.findGrantedApprovals(sha256(`action ${name}`))).map((approval) => approval.id);
  const ask = async (name: string | number, more: Partial<ApprovalRequest> = {}, park: string | null = null): Promise<string | null> => (await store.recordDecision(asking(name, more, park))).approval;

  describe('a question', () => {
    test('is kept as it was asked', async () => {
      expect(await ask(1)).toBe(approvalId(1));
      expect(await store.getApproval(approvalId(1))).toEqual({ ...approvalRequest(1), status: 'pending', votes: [], spentAtMs: null, spentBy: null });
      const [event] = await store.listLatestEvents({ sinceSeq: 0, task: null, run: null, types: ['approval.requested'] }, 1);
      expect(event?.data).toMatchObject({ approval: approvalId(1), record: decisionId(1), actionDigest: sha256('action 1'), count: 1 });
      expect(await eventTypes()).toEqual(['policy.decided', 'approval.requested']);
    });

    test('is not asked twice while it is open', async () => {
      const same = { actionDigest: sha256('same') };
      await ask(1, same);
      expect(await ask(2, same)).toBe(approvalId(1));
      await failure('APPROVAL_NOT_FOUND', store.getApproval(approvalId(2)));
      await store.voteOnApproval(approvalId(1), deny('user:bob'));
      expect(await ask(3, same)).toBe(approvalId(3));
      fixture.clock.advance(60_000);
      expect(await ask(4, { ...same, expiresAtMs: NOW + 90_000 })).toBe(approvalId(4));
    });

    test('has an id of its own, or nothing is written', async () => {
      await ask(1);
      const head = await store.headSeq();
      await failure('ALREADY_EXISTS', ask(2, { id: approvalId(1) }));
      expect(await store.headSeq()).toBe(head);
      await failure('DECISION_NOT_FOUND', store.getDecision(decisionId(2)));
    });

    test('is found by the beginning of its id, its status and its task', async () => {
      for (const [index, name] of ['aa1000', 'aa2000', 'ab1000'].entries()) await ask(name, { subject: subject({ task: index === 2 ? 't-z' : 't-y' }), expiresAtMs: NOW + 1_000 * (index + 1) });
      await store.voteOnApproval('a-aa2000', approve('user:bob'));
      const listed = async (filter: object, limit = 9): Promise<string[]> => (await store.listApprovals({ status: null, task: null, ...filter }, limit)).map((one) => `${one.id} ${one.status}`);
      expect(await store.findApprovalIds('a-aa', 9)).toEqual(['a-aa1000', 'a-aa2000']);
      expect(await store.findApprovalIds('a-', 1)).toHaveLength(1);
      expect(await listed({})).toEqual(['a-ab1000 pending', 'a-aa2000 approved', 'a-aa1000 pending']);
      expect(await listed({}, 1)).toEqual(['a-ab1000 pending']);
      expect(await listed({ status: 'pending' })).toEqual(['a-ab1000 pending', 'a-aa1000 pending']);
      expect(await listed({ task: 't-y' })).toEqual(['a-aa2000 approved', 'a-aa1000 pending']);
      expect(await listed({ task: 't-y', status: 'pending' })).toEqual(['a-aa1000 pending']);
      fixture.clock.advance(2_000);
      expect(await listed({ status: 'expired' })).toEqual(['a-aa2000 expired', 'a-aa1000 expired']);
      expect(await listed({ status: 'expired', task: 't-y' }, 1)).toEqual(['a-aa2000 expired']);
      expect(await listed({ status: 'approved' })).toEqual([]);
      await store.recordDecision(newDecision('later'));
      expect(await listed({ status: 'expired' })).toEqual(['a-aa2000 expired', 'a-aa1000 expired']);
      expect(await listed({ status: 'pending' })).toEqual(['a-ab1000 pending']);
    });
  });

  describe('votes', () => {
    test('one approval decides a question for one', async () => {
      await ask(1);
      const approval = await store.voteOnApproval(approvalId(1), approve('user:bob', { reason: 'fine' }));
      expect(approval).toMatchObject({ status: 'approved', votes: [{ by: 'user:bob', verdict: 'approve', reason: 'fine', atMs: NOW }] });
      expect(await store.getApproval(approvalId(1))).toEqual(approval);
      expect((await eventTypes()).slice(2)).toEqual(['approval.voted', 'approval.approved']);
      expect(await granted(1)).toEqual([approvalId(1)]);
    });

    test('two are two people, however their names are spelled', async () => {
      await ask(1, { terms: { count: 2, from: [], ttlMs: 1 } });
      expect((await store.voteOnApproval(approvalId(1), approve('user:José'))).status).toBe('pending');
      const again = await store.voteOnApproval(approvalId(1), approve('user:JOSE\u0301', { reason: 'still' }));
      expect(again).toMatchObject({ status: 'pending', votes: [{ by: 'user:JOSE\u0301', reason: 'still' }] });
      expect(await store.voteOnApproval(approvalId(1), approve('user:bob'))).toMatchObject({ status: 'approved', votes: [{}, {}] });
    });

    test('one deny decides, whoever approved before', async () => {
      await ask(1, { terms: { count: 3, from: [], ttlMs: 1 } });
      await store.voteOnApproval(approvalId(1), approve('user:bob'));
      expect((await store.voteOnApproval(approvalId(1), deny('user:eve', 'no'))).status).toBe('denied');
      expect((await eventTypes()).slice(-2)).toEqual(['approval.voted', 'approval.denied']);
      expect(await granted(1)).toEqual([]);
    });

    test('a decided question takes no more', async () => {
      await ask(1);
      await store.voteOnApproval(approvalId(1), approve('user:bob'));
      const head = await store.headSeq();
      expect((await failure('APPROVAL_CLOSED', store.voteOnApproval(approvalId(1), deny('user:eve')))).details).toMatchObject({ status: 'approved' });
      await failure('APPROVAL_CLOSED', store.voteOnApproval(approvalId(1), approve('user:bob')));
      await failure('APPROVAL_NOT_FOUND', store.voteOnApproval(approvalId(2), approve('user:bob')));
      expect(await store.headSeq()).toBe(head);
    });

    test('only those whom policy names', async () => {
      await ask(1, { approvers: ['bob', 'eve'], terms: { count: 1, from: ['team:owners'], ttlMs: 1 } });
      for (const by of ['user:mallory', 'user:Bob', 'user:bob ', 'bob', 'user:', 'user:user:bob', '']) await failure('POLICY_DENIED', store.voteOnApproval(approvalId(1), approve(by)));
      await failure('POLICY_DENIED', store.voteOnApproval(approvalId(1), deny('user:mallory')));
      expect((await store.getApproval(approvalId(1))).votes).toEqual([]);
      expect((await store.voteOnApproval(approvalId(1), approve('user:eve'))).status).toBe('approved');
    });

    test('a team without members names nobody', async () => {
      await ask(1, { approvers: [], terms: { count: 1, from: ['team:owners'], ttlMs: 1 } });
      expect((await failure('POLICY_DENIED', store.voteOnApproval(approvalId(1), approve('user:bob')))).hint).toContain('team:owners');
    });

    test('nobody approves an action of their own, and no agent any', async () => {
      await ask(1, { subject: subject({ agent: null, user: 'ann' }), approvers: ['ann', 'bob'] });
      for (const by of ['user:ann', 'user:ANN', 'agent:coder', 'ai', 'daemon:1']) await failure('POLICY_DENIED', store.voteOnApproval(approvalId(1), approve(by)));
      expect((await store.voteOnApproval(approvalId(1), approve('user:bob'))).status).toBe('approved');
      await ask(2, { subject: subject({ agent: 'coder', user: 'ann' }) });
      expect((await store.voteOnApproval(approvalId(2), approve('user:ann'))).status).toBe('approved');
    });

    test('too late is written down, once', async () => {
      await ask(1);
      fixture.clock.advance(59_999);
      expect(await status(1)).toBe('pending');
      fixture.clock.advance(1);
      expect(await status(1)).toBe('expired');
      expect((await failure('APPROVAL_CLOSED', store.voteOnApproval(approvalId(1), approve('user:bob')))).hint).toContain('asks anew');
      await failure('APPROVAL_CLOSED', store.voteOnApproval(approvalId(1), approve('user:bob')));
      expect((await eventTypes()).slice(2)).toEqual(['approval.expired']);
    });

    test('a question that expires with nobody there is written down by the next decision', async () => {
      await ask(1);
      await ask(2, { expiresAtMs: NOW + 90_000 });
      fixture.clock.advance(60_000);
      await store.recordDecision(newDecision(3));
      const events = await store.listEvents({ sinceSeq: 0, task: null, run: null, types: ['approval.expired'] }, 9);
      expect(events.map((event) => event.data)).toEqual([{ approval: approvalId(1), was: 'pending' }]);
    });
  });

  describe('spending', () => {
    const approved = async (name: string | number): Promise<void> => {
      await ask(name);
      await store.voteOnApproval(approvalId(name), approve('user:bob'));
    };

    test('happens with the decision that it allows, once', async () => {
      await approved(1);
      await store.recordDecision(spending(9, approvalId(1), approvalId(1)));
      expect(await store.getApproval(approvalId(1))).toMatchObject({ status: 'spent', spentAtMs: NOW, spentBy: decisionId(9) });
      expect((await eventTypes()).slice(-2)).toEqual(['policy.decided', 'approval.spent']);
      expect(await granted(1)).toEqual([]);
      const head = await store.headSeq();
      expect((await failure('APPROVAL_SPENT', store.recordDecision(spending(8, approvalId(1))))).details).toMatchObject({ status: 'spent', spentBy: decisionId(9) });
      await failure('APPROVAL_CLOSED', store.voteOnApproval(approvalId(1), deny('user:eve')));
      expect(await store.headSeq()).toBe(head);
      await failure('DECISION_NOT_FOUND', store.getDecision(decisionId(8)));
    });

    test('of two processes one wins', async () => {
      await approved(1);
      const other = await fixture.openAnother();
      const answers = await Promise.allSettled([store.recordDecision(spending(8, approvalId(1))), other.recordDecision(spending(9, approvalId(1)))]);
      expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected']);
      expect((await store.listDecisions({ task: null, run: null, point: null, effect: 'allow', sinceMs: null }, { limit: 9, before: null }))).toHaveLength(1);
    });

    test('all of several, or none', async () => {
      await approved(1);
      await ask(2);
      await failure('APPROVAL_SPENT', store.recordDecision(spending(9, approvalId(1), approvalId(2))));
      await failure('APPROVAL_NOT_FOUND', store.recordDecision(spending(9, approvalId(1), approvalId(3))));
      expect(await status(1)).toBe('approved');
      await store.voteOnApproval(approvalId(2), approve('user:bob'));
      await store.recordDecision(spending(9, approvalId(1), approvalId(2)));
      expect([await status(1), await status(2)]).toEqual(['spent', 'spent']);
    });

    test('is refused for what is pending, denied or expired', async () => {
      await ask(1);
      await failure('APPROVAL_SPENT', store.recordDecision(spending(9, approvalId(1))));
      await store.voteOnApproval(approvalId(1), deny('user:bob'));
      await failure('APPROVAL_SPENT', store.recordDecision(spending(9, approvalId(1))));
      await approved(2);
      fixture.clock.advance(60_000);
      expect(await granted(2)).toEqual([]);
      expect((await failure('APPROVAL_SPENT', store.recordDecision(spending(9, approvalId(2))))).details).toMatchObject({ status: 'expired' });
    });

    test('is not done by a decision that does not let the action happen, nor by an observation', async () => {
      await approved(1);
      await store.recordDecision(newDecision(7, { decision: { effect: 'deny', code: 'limit-reached', approvals: [approvalId(1)] } }));
      await store.recordDecision(newDecision(8, { record: { mode: 'observe' }, decision: { code: 'approved', approvals: [approvalId(1)] } }));
      expect(await status(1)).toBe('approved');
    });
  });

  describe('a task that waits', () => {
    const task = async (name = '00000a'): Promise<{ status: string; blockedReason: string | null }> => {
      const { status: state, blockedReason } = await store.getTask(taskId(name));
      return { status: state, blockedReason };
    };
    const waiting = { status: 'blocked', blockedReason: `waits for approval ${approvalId(1)}` };
    const parked = async (more: Partial<ApprovalRequest> = {}): Promise<void> => {
      await create(store, newTask('00000a'));
      await ask(1, more, taskId('00000a'));
    };

    test('is blocked in the same transaction, and queued again by the vote that approves', async () => {
      await parked({ terms: { count: 2, from: [], ttlMs: 1 } });
      expect(await task()).toEqual(waiting);
      await store.voteOnApproval(approvalId(1), approve('user:bob'));
      expect(await task()).toEqual(waiting);
      await store.voteOnApproval(approvalId(1), approve('user:eve'));
      expect(await task()).toEqual({ status: 'queued', blockedReason: null });
      expect(await eventTypes()).toEqual(['task.created', 'policy.decided', 'approval.requested', 'task.blocked', 'approval.voted', 'approval.voted', 'approval.approved', 'task.unblocked']);
      await claim(store, '00000a');
    });

    test('stays blocked when it is denied, and says by whom and why', async () => {
      await parked();
      await store.voteOnApproval(approvalId(1), deny('user:bob', 'Not before the release.'));
      expect(await task()).toEqual({ status: 'blocked', blockedReason: `approval ${approvalId(1)} was denied by user:bob: Not before the release.` });
      await create(store, newTask('00000b'));
      await ask(2, {}, taskId('00000b'));
      await store.voteOnApproval(approvalId(2), deny('user:bob'));
      expect((await task('00000b')).blockedReason).toBe(`approval ${approvalId(2)} was denied by user:bob`);
    });

    test('stays blocked when nobody decides in time, and says so', async () => {
      await parked();
      fixture.clock.advance(60_000);
      await failure('APPROVAL_CLOSED', store.voteOnApproval(approvalId(1), approve('user:bob')));
      expect(await task()).toEqual({ status: 'blocked', blockedReason: `approval ${approvalId(1)} expired: nobody decided in time` });
    });

    test('waits for its dependencies first', async () => {
      await create(store, newTask('00000b'));
      await finish(store, '00000b');
      await create(store, newTask('00000a', { dependsOn: [taskId('00000b')] }));
      await ask(1, {}, taskId('00000a'));
      await move(store, '00000b', { status: 'queued', notBeforeMs: null });
      await store.voteOnApproval(approvalId(1), approve('user:bob'));
      expect(await task()).toEqual({ status: 'blocked', blockedReason: null });
      await finish(store, '00000b');
      expect(await task()).toEqual({ status: 'queued', blockedReason: null });
    });

    test.each([
      ['paused', async () => move(store, '00000a', { status: 'paused', blockedReason: 'lunch' })],
      ['cancelled', async () => finish(store, '00000a', 'cancelled')],
      ['blocked for another reason', async () => move(store, '00000a', { status: 'blocked', blockedReason: 'a person said so' })],
      ['claimed', async () => move(store, '00000a', { status: 'queued', notBeforeMs: null }).then(async () => claim(store, '00000a'))],
      ['deleted', async () => store.deleteTask(taskId('00000a'))],
    ])('is left alone when it was %s meanwhile', async (_, change) => {
      await parked();
      await change();
      const before = await store.findTask(taskId('00000a'));
      await store.voteOnApproval(approvalId(1), approve('user:bob'));
      expect(await store.findTask(taskId('00000a'))).toEqual(before);
      expect(await status(1)).toBe('approved');
    });

    test('is not blocked when somebody works on it, or it is gone', async () => {
      await create(store, newTask('00000a'));
      await claim(store, '00000a');
      await ask(1, {}, taskId('00000a'));
      await ask(2, {}, taskId('zzzzzz'));
      expect((await task()).status).toBe('claimed');
      expect([await status(1), await status(2)]).toEqual(['pending', 'pending']);
    });

    test('is not blocked anew for an approval when a person has blocked it; when its dependencies do, the approval is named', async () => {
      await create(store, newTask('00000a'), newTask('00000b', { dependsOn: [taskId('00000a')] }));
      await move(store, '00000a', { status: 'blocked', blockedReason: 'a person said so' });
      await ask(1, {}, taskId('00000a'));
      await ask(2, {}, taskId('00000b'));
      expect([await task(), await task('00000b')]).toEqual([{ status: 'blocked', blockedReason: 'a person said so' }, { status: 'blocked', blockedReason: `waits for approval ${approvalId(2)}` }]);
      await store.voteOnApproval(approvalId(2), approve('user:bob'));
      expect(await task('00000b')).toEqual({ status: 'blocked', blockedReason: null });
    });

    test('asks the open question, and a second task one of its own', async () => {
      await create(store, newTask('00000a'), newTask('00000b'));
      const same = { actionDigest: sha256('same') };
      await ask(1, same);
      expect(await ask(2, same, taskId('00000a'))).toBe(approvalId(1));
      expect(await ask(3, same, taskId('00000b'))).toBe(approvalId(3));
      expect(await ask(4, same, taskId('00000b'))).toBe(approvalId(3));
      await store.voteOnApproval(approvalId(1), approve('user:bob'));
      expect([(await task('00000a')).status, (await task('00000b')).status]).toEqual(['queued', 'blocked']);
    });
  });
});

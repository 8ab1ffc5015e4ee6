import type Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../../../../src/ports/store.js';
import { failure } from '../../../../contract/store/builders.js';
import { anyDecision, approvalId, approve, asking, decisionId, newDecision, NOW, sha256, spending } from '../../../../contract/store/policy-builders.js';
import { Board } from '../board.js';

let board: Board;
let store: Store;
let raw: Database.Database;
beforeEach(() => {
  board = new Board();
  store = board.store();
  raw = board.raw();
});
afterEach(() => board.dispose());

const refused = (sql: string, why: string): void => expect(() => raw.exec(sql), sql).toThrow(why);

test('records and their texts can be neither changed nor removed nor replaced', async () => {
  await store.recordDecision(newDecision(1));
  const why = 'decisions are append-only';
  refused(`UPDATE decision SET effect = 'deny'`, why);
  refused('UPDATE decision SET seq = 2', why);
  refused('DELETE FROM decision', why);
  refused('INSERT OR REPLACE INTO decision SELECT * FROM decision', why);
  refused(`INSERT OR REPLACE INTO decision(id, at, point, effect, mode, code, policy, input, body, body_sha256) SELECT id, at, point, 'deny', mode, code, policy, input, body, body_sha256 FROM decision`, why);
  refused(`UPDATE decision_body SET text = ''`, why);
  refused('DELETE FROM decision_body', why);
  refused(`INSERT OR REPLACE INTO decision_body(sha256, text) SELECT sha256, '' FROM decision_body`, why);
  refused(`INSERT OR REPLACE INTO decision_body(rowid, sha256, text) SELECT rowid, '${sha256('x')}', 'x' FROM decision_body`, why);
});

test('rows that make no sense are refused', async () => {
  await store.recordDecision(newDecision(1));
  const copy = (column: string, value: string): string =>
    `INSERT INTO decision(id, at, point, effect, mode, code, policy, input, body, body_sha256)
      SELECT ${['id', 'at', 'point', 'effect', 'mode', 'code', 'policy', 'input', 'body', 'body_sha256'].map((name) => (name === column ? value : name === 'id' ? `'${decisionId(2)}'` : name)).join(', ')} FROM decision`;
  refused(copy('effect', `'maybe'`), 'CHECK');
  refused(copy('mode', `'loose'`), 'CHECK');
  refused(copy('id', `'x'`), 'CHECK');
  refused(copy('policy', `'${sha256('nowhere')}'`), 'has its request and its policy');
  refused(copy('input', `'${sha256('nowhere')}'`), 'has its request and its policy');
  refused(`INSERT INTO approval(id, status, action_digest, decision, expires_at, request) VALUES ('a-000001', 'pending', 'x', 'd-nowhere', 1, '{}')`, 'belongs to a decision');
  refused(copy('at', `'soon'`), 'cannot store TEXT');
  refused(`INSERT INTO budget_day VALUES ('2027-01-15', -1, 0)`, 'CHECK');
  refused(`INSERT INTO budget_day VALUES ('tomorrow', 0, 0)`, 'CHECK');
  expect(() => raw.exec(copy('code', `'default'`))).not.toThrow();
});

test('an approval moves forward only, and what it is for never changes', async () => {
  await store.recordDecision(asking(1));
  refused(`UPDATE approval SET status = 'spent', spent_at = 1, spent_by = '${decisionId(1)}'`, 'stays decided');
  refused(`UPDATE approval SET action_digest = 'x'`, 'never changes');
  refused(`UPDATE approval SET request = '{}'`, 'never changes');
  refused(`UPDATE approval SET expires_at = ${NOW + 999_999}`, 'never changes');
  refused(`UPDATE approval SET status = 'approved', spent_at = 1`, 'CHECK');
  refused('DELETE FROM approval', 'kept');
  refused(`INSERT OR REPLACE INTO approval SELECT * FROM approval`, 'once');
  refused(`INSERT INTO approval(id, status, action_digest, decision, expires_at, request) SELECT 'a-000009', 'approved', action_digest, decision, expires_at, request FROM approval`, 'begins pending');
  await store.voteOnApproval(approvalId(1), approve('user:bob'));
  refused(`UPDATE approval SET status = 'pending'`, 'stays decided');
  refused(`INSERT INTO approval_vote VALUES (1, 'user:eve', 'user:eve', 'approve', NULL, 1)`, 'takes no vote');
  refused(`UPDATE approval_vote SET verdict = 'deny'`, 'takes no vote');
  refused('DELETE FROM approval_vote', 'kept');
  refused(`UPDATE approval SET status = 'spent', spent_at = 1, spent_by = 'd-nowhere'`, 'spent by a decision');
  await store.recordDecision(spending(2, approvalId(1)));
  refused(`UPDATE approval SET status = 'approved', spent_at = NULL, spent_by = NULL`, 'stays decided');
});

test('checkpoints and overrides stay as they are', async () => {
  await store.addCheckpoint({ size: 1, root: sha256('r'), note: 'n', atMs: 1, reason: 'events' });
  for (const sql of [`UPDATE checkpoint SET root = '${sha256('s')}'`, 'DELETE FROM checkpoint', 'INSERT OR REPLACE INTO checkpoint SELECT * FROM checkpoint']) refused(sql, 'append-only');
  await store.addOverride({ id: 'o-000001', rule: 'r', layer: 'task', reason: 'x', expiresAtMs: NOW + 1, by: 'user:ann', at: 'x', scope: { agent: null, task: null } });
  for (const set of ['expires_at = expires_at + 1', `agent = 'x'`, `rule = 'q'`]) refused(`UPDATE policy_override SET ${set}`, 'only be revoked');
  refused('DELETE FROM policy_override', 'kept');
  refused('INSERT OR REPLACE INTO policy_override SELECT * FROM policy_override', 'once');
  await store.revokeOverride('o-000001', 'user:ann');
  refused('UPDATE policy_override SET revoked_at = NULL, revoked_by = NULL', 'only be revoked');
});

/** What somebody with the file and enough will can do. */
function force(sql: string): void {
  for (const name of raw.prepare(`SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('decision', 'decision_body')`).pluck().all()) raw.exec(`DROP TRIGGER ${String(name)}`);
  raw.exec(sql);
}

test('a record that was changed all the same is not answered', async () => {
  await store.recordDecision(newDecision(1));
  force(`UPDATE decision SET body = replace(body, '"allow"', '"deny"')`);
  expect((await failure('DATABASE_CORRUPT', store.getDecision(decisionId(1)))).message).toContain(decisionId(1));
  await failure('DATABASE_CORRUPT', store.listDecisions(anyDecision, { limit: 5, before: null }));
});

test('a text that was changed all the same is not answered', async () => {
  const decision = newDecision(1);
  await store.recordDecision(decision);
  force(`UPDATE decision_body SET text = text || ' ' WHERE sha256 = '${decision.record.input.sha256}'`);
  await failure('DATABASE_CORRUPT', store.getDecisionBody(decision.record.input.sha256));
  expect(await store.getDecisionBody(decision.record.policy.digest)).toBe(decision.policy);
});

test('a cached policy that was changed counts as absent, and is written anew', async () => {
  await store.cachePolicy('key', 'text');
  raw.exec(`UPDATE policy_revision SET text = 'allow all'`);
  expect(await store.cachedPolicy('key')).toBeUndefined();
  await store.cachePolicy('key', 'text');
  expect(await store.cachedPolicy('key')).toBe('text');
});

test.each(['nothing', '{}', '["x"]', '[]', JSON.stringify([sha256('a'), sha256('b')])])('a frontier of %s is none', async (text) => {
  await store.saveFrontier({ size: 4, hashes: [sha256('a')] });
  raw.prepare('UPDATE merkle_frontier SET hashes = ?').run(text);
  expect(await store.frontier()).toBeNull();
});

test('texts are kept once', async () => {
  for (let index = 0; index < 5; index += 1) await store.recordDecision(newDecision(index, { request: '"same"' }));
  expect(raw.prepare('SELECT count(*) FROM decision_body').pluck().get()).toBe(2);
});

test('many approvals that expire at once are written down bit by bit, and the record stays whole', async () => {
  for (let index = 0; index < 70; index += 1) await store.recordDecision(asking(index));
  board.clock.advance(60_000);
  await store.recordDecision(newDecision('later1'));
  const written = (): unknown => raw.prepare(`SELECT count(*) FROM approval WHERE status = 'expired'`).pluck().get();
  expect(written()).toBe(64);
  // One whose end is not written down yet is no open question all the same.
  const last = asking(69).approval!;
  expect(raw.prepare('SELECT status FROM approval WHERE id = ?').pluck().get(last.id)).toBe('pending');
  board.clock.advance(-60_000);
  for (let index = 100; index < 170; index += 1) await store.recordDecision(asking(index, { expiresAtMs: NOW + 59_000 }));
  board.clock.advance(60_000);
  expect((await store.recordDecision(asking('again', { actionDigest: last.actionDigest, expiresAtMs: NOW + 99_000 }))).approval).toBe(approvalId('again'));
  await store.recordDecision(newDecision('later2'));
  await store.recordDecision(newDecision('later3'));
  expect([written(), await store.checkConsistency()]).toEqual([140, []]);
});

test('the sum of a day is a row, whatever the number of its entries', async () => {
  const plan = raw.prepare(`EXPLAIN QUERY PLAN SELECT reserved AS reservedMicros, settled AS settledMicros FROM budget_day WHERE day = ?`).all('x') as { detail: string }[];
  expect(plan.map((row) => row.detail)).toEqual(['SEARCH budget_day USING PRIMARY KEY (day=?)']);
});

import { assert } from '../../../domain/kernel/assert.js';
import { canonicalJson } from '../../../domain/audit/canonical-json.js';
import { AiError } from '../../../domain/kernel/errors.js';
import type { DecisionRecord } from '../../../domain/policy/decision-record.js';
import type { NewDecision, RecordedDecision } from '../../../ports/decision-store.js';
import type { Connection, Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';
import { digestOf, keepBody } from './decision-bodies.js';
import { expireDue } from './expire-approvals.js';
import { openApproval } from './open-approval.js';
import { spendApprovals } from './spend-approvals.js';

type InsertParams = [
  id: string, at: number, point: string, effect: string, mode: string, code: string, task: string | null, run: string | null, agent: string | null,
  policy: string, input: string, body: string, bodySha256: string,
];

const isKnown: Query<[id: string], { readonly one: 1 }> = { sql: 'SELECT 1 AS one FROM decision WHERE id = ?' };
const insert: Query<InsertParams> = {
  sql: `INSERT INTO decision(id, at, point, effect, mode, code, task, run, agent, policy, input, body, body_sha256)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
};

/** The record as it is stored, made before the transaction so that others wait less. */
interface Written {
  readonly body: string;
  readonly sha256: string;
}

/** Throws APPROVAL_SPENT, APPROVAL_NOT_FOUND, ALREADY_EXISTS; then nothing is written. */
export async function recordDecision(connection: Connection, decision: NewDecision): Promise<RecordedDecision> {
  const { record, approval, park } = decision;
  assert(approval === null || (record.decision.effect === 'ask' && approval.record === record.id), 'an approval is opened with the decision that asks for it');
  assert(park === null || approval !== null, 'a task is blocked for an approval');
  const body = canonicalJson(record);
  const written = { body, sha256: digestOf(body) };
  return connection.write('decide', (transaction) => write(transaction, decision, written));
}

function write(transaction: Transaction, decision: NewDecision, written: Written): RecordedDecision {
  const { record, approval, park } = decision;
  expireDue(transaction);
  keepBody(transaction, record.input.sha256, decision.request);
  keepBody(transaction, record.policy.digest, decision.policy);
  insertRecord(transaction, record, written);
  if (isActedOn(record) && decision.spend !== 'later') spendApprovals(transaction, record.decision.approvals, record.id);
  return { id: record.id, approval: approval === null ? null : openApproval(transaction, approval, park) };
}

/** An approval is spent with the action: not by one that does not happen, nor by a question of what would be. */
const isActedOn = (record: DecisionRecord): boolean => record.mode === 'enforce' && record.decision.effect === 'allow';

function insertRecord(transaction: Transaction, record: DecisionRecord, written: Written): void {
  const { id, atMs, point, mode, subject, decision, policy, input } = record;
  if (transaction.get(isKnown, id) !== undefined) {
    throw new AiError({ code: 'ALREADY_EXISTS', message: `There is a decision ${id} already; nothing was written.`, hint: 'Decide again with another id.', retryable: true, details: { decision: id } });
  }
  const { effect, code } = decision;
  transaction.run(insert, id, atMs, point, effect, mode, code, subject.task, subject.run, subject.agent, policy.digest, input.sha256, written.body, written.sha256);
  transaction.append({ type: 'policy.decided', task: subject.task, run: subject.run, token: null, data: { record: id, sha256: written.sha256, point, effect, code } });
}

import { canonicalJson } from '../../../domain/audit/canonical-json.js';
import { AiError } from '../../../domain/kernel/errors.js';
import type { ApprovalRequest } from '../../../domain/policy/approval.js';
import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';
import { digestOf } from './decision-bodies.js';
import { parkTask } from './waiting-task.js';

type InsertParams = [id: string, actionDigest: string, decision: string, task: string | null, run: string | null, parked: string | null, expiresAt: number, request: string];

const isKnown: Query<[id: string], { readonly one: 1 }> = { sql: 'SELECT 1 AS one FROM approval WHERE id = ?' };
/** One that already holds up another task can't hold up this one too. */
const pendingFor: Query<[actionDigest: string, nowMs: number, park: string | null, parkAgain: string | null], { readonly num: number; readonly id: string }> = {
  sql: `SELECT num, id FROM approval WHERE action_digest = ? AND status = 'pending' AND expires_at > ? AND (? IS NULL OR parked IS NULL OR parked = ?) ORDER BY num LIMIT 1`,
};
const insert: Query<InsertParams> = {
  sql: `INSERT INTO approval(id, status, action_digest, decision, task, run, parked, expires_at, request) VALUES (?, 'pending', ?, ?, ?, ?, ?, ?, ?)`,
};
const writeParked: Query<[parked: string, num: number]> = { sql: 'UPDATE approval SET parked = ? WHERE num = ?' };

/** Asks, unless the same question is already open. Answers the id of the approval to wait for. */
export function openApproval(transaction: Transaction, request: ApprovalRequest, park: string | null): string {
  const pending = transaction.get(pendingFor, request.actionDigest, transaction.now.wallMs, park, park);
  const id = pending?.id ?? ask(transaction, request, park);
  if (pending !== undefined && park !== null) transaction.run(writeParked, park, pending.num);
  if (park !== null) parkTask(transaction, park, id);
  return id;
}

function ask(transaction: Transaction, request: ApprovalRequest, park: string | null): string {
  const { id, actionDigest, record, subject, terms, expiresAtMs } = request;
  if (transaction.get(isKnown, id) !== undefined) {
    throw new AiError({ code: 'ALREADY_EXISTS', message: `There is an approval ${id} already; nothing was written.`, hint: 'Ask again with another id.', retryable: true, details: { approval: id } });
  }
  const text = canonicalJson(request);
  const task = subject.task ?? park;
  transaction.run(insert, id, actionDigest, record, task, subject.run, park, expiresAtMs, text);
  const data = { approval: id, record, actionDigest, sha256: digestOf(text), count: terms.count, expiresAtMs };
  transaction.append({ type: 'approval.requested', task, run: subject.run, token: null, data });
  return id;
}

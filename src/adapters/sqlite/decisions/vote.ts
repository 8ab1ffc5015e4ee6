import { AiError } from '../../../domain/kernel/errors.js';
import { comparisonKey } from '../../../domain/glob/comparison-key.js';
import type { Approval, ApprovalRequest, ApprovalStatus, ApprovalVote } from '../../../domain/policy/approval.js';
import type { Connection, Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';
import { getApprovalRow, requestOf, toApproval, votesFor, type ApprovalRow } from './approval-rows.js';
import { expireIfDue } from './expire-approvals.js';
import { freeTask, keepBlocked } from './waiting-task.js';

const USER = 'user:';
/** Approvers named in one message. */
const MAX_NAMED = 10;

/** Two spellings of a name are one person wherever that refuses something. */
const personOf = (name: string): string => comparisonKey(name, true);

const writeVote: Query<[approval: number, person: string, voter: string, verdict: string, reason: string | null, at: number]> = {
  sql: `INSERT INTO approval_vote(approval, person, voter, verdict, reason, at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT(approval, person) DO UPDATE SET voter = excluded.voter, verdict = excluded.verdict, reason = excluded.reason, at = excluded.at`,
};
const decide: Query<[status: ApprovalStatus, approval: number]> = { sql: 'UPDATE approval SET status = ? WHERE num = ?' };

/** Throws APPROVAL_NOT_FOUND, APPROVAL_CLOSED, POLICY_DENIED when this person has no vote here. */
export async function voteOnApproval(connection: Connection, id: string, vote: ApprovalVote): Promise<Approval> {
  const outcome = await connection.write('vote', (transaction) => cast(transaction, id, vote));
  // Answered, not thrown, inside the transaction: that the time is over is written down.
  if (outcome instanceof AiError) throw outcome;
  return outcome;
}

function cast(transaction: Transaction, id: string, vote: ApprovalVote): Approval | AiError {
  const row = getApprovalRow(transaction, id);
  if (expireIfDue(transaction, row)) return closed(row, 'expired');
  if (row.status !== 'pending') throw closed(row, row.status);
  const request = requestOf(row);
  refuseVoter(request, vote);
  transaction.run(writeVote, row.num, personOf(vote.by), vote.by, vote.verdict, vote.reason, vote.atMs);
  append(transaction, row, { type: 'approval.voted', data: { by: vote.by, verdict: vote.verdict, reason: vote.reason } });
  settle(transaction, row, { request, vote });
  return toApproval(transaction, getApprovalRow(transaction, id), transaction.now.wallMs);
}

function closed(row: ApprovalRow, status: ApprovalStatus): AiError {
  return new AiError({
    code: 'APPROVAL_CLOSED',
    message: `Approval ${row.id} is ${status}; it takes no more votes.`,
    hint: status === 'expired' ? 'Let the action be tried again: it asks anew.' : `ai approval show ${row.id}`,
    details: { approval: row.id, status },
  });
}

/** One deny decides; approvals decide when enough different people have given one. */
function settle(transaction: Transaction, row: ApprovalRow, cast: { readonly request: ApprovalRequest; readonly vote: ApprovalVote }): void {
  const { vote } = cast;
  if (vote.verdict === 'deny') {
    transaction.run(decide, 'denied', row.num);
    append(transaction, row, { type: 'approval.denied', data: { by: vote.by, reason: vote.reason } });
    keepBlocked(transaction, row.parked, { approval: row.id, reason: `approval ${row.id} was denied by ${vote.by}${vote.reason === null ? '' : `: ${vote.reason}`}` });
    return;
  }
  const votes = votesFor(transaction, row.num);
  if (votes.length < cast.request.terms.count) return;
  transaction.run(decide, 'approved', row.num);
  append(transaction, row, { type: 'approval.approved', data: { by: votes.map((one) => one.by) } });
  freeTask(transaction, row.parked, row.id);
}

function append(transaction: Transaction, row: ApprovalRow, event: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }): void {
  transaction.append({ type: event.type, task: row.task, run: row.run, token: null, data: { approval: row.id, ...event.data } });
}

function refuseVoter(request: ApprovalRequest, vote: ApprovalVote): void {
  const why = whyNot(request, vote.by);
  if (why === null) return;
  throw new AiError({
    code: 'POLICY_DENIED',
    message: `${vote.by} can't vote on approval ${request.id}: ${why}. The vote was not counted.`,
    hint: request.approvers.length === 0 ? `Ask another person${request.terms.from.length === 0 ? '' : ` of ${request.terms.from.join(', ')}`}.` : `Ask one of: ${request.approvers.slice(0, MAX_NAMED).join(', ')}`,
    details: { approval: request.id, by: vote.by, approvers: request.approvers },
  });
}

function whyNot(request: ApprovalRequest, by: string): string | null {
  const name = by.slice(USER.length);
  if (!by.startsWith(USER) || name === '') return 'only people vote';
  if (request.subject.agent === null && personOf(name) === personOf(request.subject.user)) return 'nobody approves an action of their own';
  // Compared exactly: what allows something never stretches.
  const isAnybody = request.terms.from.length === 0 && request.approvers.length === 0;
  return isAnybody || request.approvers.includes(name) ? null : 'it is not among the people whom policy names for it';
}

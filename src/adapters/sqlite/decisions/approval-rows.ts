import { AiError } from '../../../domain/kernel/errors.js';
import type { Approval, ApprovalRequest, ApprovalStatus, ApprovalVote } from '../../../domain/policy/approval.js';
import type { Query, SqlReader } from '../database/statements.js';

export interface ApprovalRow {
  readonly num: number;
  readonly id: string;
  readonly status: ApprovalStatus;
  readonly task: string | null;
  readonly run: string | null;
  /** The task that is blocked until this is decided. */
  readonly parked: string | null;
  readonly expires_at: number;
  readonly spent_at: number | null;
  readonly spent_by: string | null;
  readonly request: string;
}

/** Every query for approvals begins with this, so that all rows have the same columns. */
export const SELECT_APPROVAL = 'SELECT num, id, status, task, run, parked, expires_at, spent_at, spent_by, request FROM approval';

const byId: Query<[id: string], ApprovalRow> = { sql: `${SELECT_APPROVAL} WHERE id = ?` };
const votesOf: Query<[approval: number], { readonly voter: string; readonly verdict: ApprovalVote['verdict']; readonly reason: string | null; readonly at: number }> = {
  sql: 'SELECT voter, verdict, reason, at FROM approval_vote WHERE approval = ? ORDER BY at, person',
};

/** Throws APPROVAL_NOT_FOUND. */
export function getApprovalRow(sql: SqlReader, id: string): ApprovalRow {
  const row = sql.get(byId, id);
  if (row !== undefined) return row;
  throw new AiError({ code: 'APPROVAL_NOT_FOUND', message: `There is no approval ${id}.`, hint: 'ai approval list', details: { approval: id } });
}

export const requestOf = (row: ApprovalRow): ApprovalRequest => JSON.parse(row.request) as ApprovalRequest;

/** Waits to be decided or to be spent; then its time can run out. */
const isOpen = (status: ApprovalStatus): boolean => status === 'pending' || status === 'approved';

/** What it is at that time, also when nobody has written down yet that its time is over. */
export function statusAt(row: ApprovalRow, nowMs: number): ApprovalStatus {
  return isOpen(row.status) && row.expires_at <= nowMs ? 'expired' : row.status;
}

export function votesFor(sql: SqlReader, approval: number): ApprovalVote[] {
  return sql.all(votesOf, approval).map(({ voter, verdict, reason, at }) => ({ by: voter, verdict, reason, atMs: at }));
}

export function toApproval(sql: SqlReader, row: ApprovalRow, nowMs: number): Approval {
  return { ...requestOf(row), status: statusAt(row, nowMs), votes: votesFor(sql, row.num), spentAtMs: row.spent_at, spentBy: row.spent_by };
}

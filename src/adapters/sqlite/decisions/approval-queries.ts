import type { Approval, ApprovalStatus } from '../../../domain/policy/approval.js';
import { idRange } from '../database/id-range.js';
import type { Query, SqlReader, SqlValue } from '../database/statements.js';
import { SELECT_APPROVAL, toApproval, type ApprovalRow } from './approval-rows.js';

interface ApprovalFilter {
  readonly status: ApprovalStatus | null;
  readonly task: string | null;
}

/** Approvals for exactly the same action that can count at once; more are not looked at. */
const MAX_GRANTED = 100;

const idsInRange: Query<[from: string, to: string, limit: number], { readonly id: string }> = { sql: 'SELECT id FROM approval WHERE id >= ? AND id < ? ORDER BY id LIMIT ?' };
const granted: Query<[actionDigest: string, nowMs: number, limit: number], ApprovalRow> = {
  sql: `${SELECT_APPROVAL} WHERE action_digest = ? AND status = 'approved' AND expires_at > ? ORDER BY num LIMIT ?`,
};

export function findApprovalIds(sql: SqlReader, prefix: string, limit: number): readonly string[] {
  return sql.all(idsInRange, ...idRange(prefix), limit).map((row) => row.id);
}

/** Oldest first: that one is spent first. */
export function findGranted(sql: SqlReader, actionDigest: string, nowMs: number): readonly Approval[] {
  return sql.all(granted, actionDigest, nowMs, MAX_GRANTED).map((row) => toApproval(sql, row, nowMs));
}

/** Newest first. */
export function listApprovals(sql: SqlReader, filter: ApprovalFilter, at: { readonly limit: number; readonly nowMs: number }): readonly Approval[] {
  const rows = filter.status === 'expired' ? expired(sql, filter.task, at) : walk(sql, { task: filter.task, ...conditionOf(filter.status, at.nowMs) }, at.limit);
  return rows.map((row) => toApproval(sql, row, at.nowMs));
}

interface Condition {
  readonly sql: string | null;
  readonly params: readonly SqlValue[];
}

function conditionOf(status: ApprovalStatus | null, nowMs: number): Condition {
  if (status === null) return { sql: null, params: [] };
  const isOpen = status === 'pending' || status === 'approved';
  return isOpen ? { sql: `status = '${status}' AND expires_at > ?`, params: [nowMs] } : { sql: `status = '${status}'`, params: [] };
}

/** Those that were written down as expired, and those that are so by now. */
function expired(sql: SqlReader, task: string | null, at: { readonly limit: number; readonly nowMs: number }): ApprovalRow[] {
  const overdue = (status: string): Condition => ({ sql: `status = '${status}' AND expires_at <= ?`, params: [at.nowMs] });
  const parts = [conditionOf('expired', at.nowMs), overdue('pending'), overdue('approved')].flatMap((condition) => walk(sql, { task, ...condition }, at.limit));
  return parts.sort((a, b) => b.num - a.num).slice(0, at.limit);
}

function walk(sql: SqlReader, where: Condition & { readonly task: string | null }, limit: number): ApprovalRow[] {
  const conditions = [...(where.task === null ? [] : ['task = ?']), ...(where.sql === null ? [] : [where.sql])];
  const params = [...(where.task === null ? [] : [where.task]), ...where.params];
  const index = where.task !== null ? ' INDEXED BY approval_task' : where.sql !== null ? ' INDEXED BY approval_status' : '';
  const text = `${SELECT_APPROVAL}${index}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`} ORDER BY num DESC LIMIT ?`;
  const query: Query<SqlValue[], ApprovalRow> = { sql: text };
  return sql.all(query, ...params, limit);
}

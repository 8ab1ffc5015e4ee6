import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';
import { SELECT_APPROVAL, statusAt, type ApprovalRow } from './approval-rows.js';
import { keepBlocked } from './waiting-task.js';

/** Approvals whose end one transaction writes down; the next one goes on. */
const MAX_EXPIRED = 64;

const due: Query<[nowMs: number, limit: number], ApprovalRow> = {
  sql: `${SELECT_APPROVAL} INDEXED BY approval_due WHERE (status = 'pending' OR status = 'approved') AND expires_at <= ? ORDER BY expires_at LIMIT ?`,
};
const markExpired: Query<[approval: number]> = { sql: `UPDATE approval SET status = 'expired' WHERE num = ?` };

/** Writes down that the time of some is over. Everybody who reads sees it without that. */
export function expireDue(transaction: Transaction): void {
  for (const row of transaction.all(due, transaction.now.wallMs, MAX_EXPIRED)) expire(transaction, row);
}

/** True when its time is over, which is written down then. */
export function expireIfDue(transaction: Transaction, row: ApprovalRow): boolean {
  const isDue = row.status !== 'expired' && statusAt(row, transaction.now.wallMs) === 'expired';
  if (isDue) expire(transaction, row);
  return isDue;
}

function expire(transaction: Transaction, row: ApprovalRow): void {
  transaction.run(markExpired, row.num);
  transaction.append({ type: 'approval.expired', task: row.task, run: row.run, token: null, data: { approval: row.id, was: row.status } });
  keepBlocked(transaction, row.parked, { approval: row.id, reason: `approval ${row.id} expired: nobody decided in time` });
}

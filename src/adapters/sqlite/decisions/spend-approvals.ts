import { AiError } from '../../../domain/kernel/errors.js';
import type { DecisionRecord } from '../../../domain/policy/decision-record.js';
import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';
import { getApprovalRow, statusAt } from './approval-rows.js';

const markSpent: Query<[spentAt: number, record: string, approval: number]> = { sql: `UPDATE approval SET status = 'spent', spent_at = ?, spent_by = ? WHERE num = ?` };

/** Each can be spent once. Throws APPROVAL_SPENT, APPROVAL_NOT_FOUND; the caller's transaction then leaves nothing behind. */
export function spendApprovals(transaction: Transaction, ids: readonly string[], record: string): void {
  for (const id of new Set(ids)) spend(transaction, id, record);
}

function spend(transaction: Transaction, id: string, record: string): void {
  const row = getApprovalRow(transaction, id);
  const status = statusAt(row, transaction.now.wallMs);
  if (status !== 'approved') {
    const by = row.spent_by === null ? '' : `, with ${row.spent_by}`;
    throw new AiError({
      code: 'APPROVAL_SPENT',
      message: `Approval ${id} can't be used: it is ${status}${by}. Nothing was written.`,
      hint: 'Try the action again: if policy still asks for it, a new approval is requested.',
      details: { approval: id, status, spentBy: row.spent_by },
    });
  }
  transaction.run(markSpent, transaction.now.wallMs, record, row.num);
  transaction.append({ type: 'approval.spent', task: row.task, run: row.run, token: null, data: { approval: id, record } });
}

/** What a decision used and nobody has spent since. An approval of an action that has happened is for nothing else, so that one that expired meanwhile is left as it is. */
export function spendLeft(transaction: Transaction, record: DecisionRecord): void {
  for (const id of new Set(record.decision.approvals)) {
    if (statusAt(getApprovalRow(transaction, id), transaction.now.wallMs) === 'approved') spend(transaction, id, record.id);
  }
}

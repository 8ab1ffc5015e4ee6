import type { Approval, ApprovalRequest, ApprovalStatus, ApprovalVote } from '../domain/policy/approval.js';
import type { DecisionRecord } from '../domain/policy/decision-record.js';
import type { Effect } from '../domain/policy/effect.js';
import type { PolicyPoint } from '../domain/policy/point.js';

export interface NewDecision {
  readonly record: DecisionRecord;
  /** Canonical JSON of the request; its SHA-256 is `record.input.sha256`. Kept once. */
  readonly request: string;
  /** Canonical JSON of the effective policy; its SHA-256 is `record.policy.digest`. Kept once. */
  readonly policy: string;
  /** Opened with the decision when its effect is ask. */
  readonly approval: ApprovalRequest | null;
  /** `later`: the approvals that it uses are spent when the action has succeeded (`spendApprovals`). */
  readonly spend?: 'now' | 'later';
  /** Blocks this queued task with the approval as its reason; the vote that decides it frees the task again. */
  readonly park: string | null;
}

export interface RecordedDecision {
  readonly id: string;
  /** The approval to wait for: the new one, or the pending one that asks for exactly the same. */
  readonly approval: string | null;
}

export interface DecisionFilter {
  readonly task: string | null;
  readonly run: string | null;
  readonly point: PolicyPoint | null;
  readonly effect: Effect | null;
  readonly sinceMs: number | null;
}

/** Decision records and approvals. */
export interface DecisionStore {
  /**
   * One transaction: the record, its bodies, the audit event `policy.decided` (which carries the SHA-256 of the record),
   * the approval, the parked task, and the spending of `record.decision.approvals`. Throws APPROVAL_SPENT when one of those
   * was spent, expired or decided otherwise meanwhile; then nothing is written.
   */
  recordDecision(decision: NewDecision): Promise<RecordedDecision>;
  /** After an action that was recorded with `spend: 'later'`. What was spent meanwhile stays as it is. */
  spendApprovals(record: string): Promise<void>;
  /** Throws DECISION_NOT_FOUND. */
  getDecision(id: string): Promise<DecisionRecord>;
  /** Ids that begin with the prefix, at most `limit`. */
  findDecisionIds(prefix: string, limit: number): Promise<readonly string[]>;
  /** Newest first. `before` is the id of the last one of the page before. */
  listDecisions(filter: DecisionFilter, page: { readonly limit: number; readonly before: string | null }): Promise<readonly DecisionRecord[]>;
  /** The request or the policy that a record names by digest. Throws DECISION_NOT_FOUND; throws DATABASE_CORRUPT when it does not have that digest any more. */
  getDecisionBody(sha256: string): Promise<string>;
  /** Throws APPROVAL_NOT_FOUND. */
  getApproval(id: string): Promise<Approval>;
  findApprovalIds(prefix: string, limit: number): Promise<readonly string[]>;
  /** Newest first. One whose time is over is `expired`, also when nobody has written that down yet. */
  listApprovals(filter: { readonly status: ApprovalStatus | null; readonly task: string | null }, limit: number): Promise<readonly Approval[]>;
  /** Approved and neither spent nor expired, for exactly this action. */
  findGrantedApprovals(actionDigest: string): Promise<readonly Approval[]>;
  /**
   * Counts a vote: one deny decides, approvals decide at `terms.count` different people; a second vote of the same person
   * replaces the first. Writes `approval.voted` and, when it decides, `approval.approved` or `approval.denied`, and frees the
   * parked task (approved: queued again; denied: it stays blocked, with the reason). Throws APPROVAL_CLOSED when it is decided, spent or expired.
   */
  voteOnApproval(id: string, vote: ApprovalVote): Promise<Approval>;
}

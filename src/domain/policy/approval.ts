import type { ApprovalTerms, LayerName } from './layer.js';
import type { PolicyPoint } from './point.js';
import type { Resource, Subject } from './request.js';

export const APPROVAL_STATUSES = ['pending', 'approved', 'denied', 'spent', 'expired'] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** What is asked for: made from a decision whose effect is ask. */
export interface ApprovalRequest {
  /** `a-` and six characters. */
  readonly id: string;
  /** SHA-256 over subject, action, resource, arguments, policy digest and the asking rules: an approval is for exactly that. */
  readonly actionDigest: string;
  readonly record: string;
  readonly point: PolicyPoint;
  readonly subject: Subject;
  readonly action: { readonly name: string; readonly tool: string | null; readonly toolCall: string | null };
  readonly resource: Resource;
  readonly rules: readonly { readonly id: string; readonly layer: LayerName; readonly why: string | null }[];
  readonly terms: ApprovalTerms;
  /** Members of `terms.from` at the time of the question; empty: any person. */
  readonly approvers: readonly string[];
  readonly requestedAtMs: number;
  readonly expiresAtMs: number;
}

export interface ApprovalVote {
  /** `user:NAME`. */
  readonly by: string;
  readonly verdict: 'approve' | 'deny';
  readonly reason: string | null;
  readonly atMs: number;
}

export interface Approval extends ApprovalRequest {
  readonly status: ApprovalStatus;
  readonly votes: readonly ApprovalVote[];
  readonly spentAtMs: number | null;
  /** The record of the decision that spent it. */
  readonly spentBy: string | null;
}

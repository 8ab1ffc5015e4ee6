import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../src/domain/audit/canonical-json.js';
import type { ApprovalRequest, ApprovalVote } from '../../../src/domain/policy/approval.js';
import type { DecisionRecord } from '../../../src/domain/policy/decision-record.js';
import type { Decision } from '../../../src/domain/policy/decision.js';
import type { Subject } from '../../../src/domain/policy/request.js';
import type { DecisionFilter, NewDecision } from '../../../src/ports/decision-store.js';

export const NOW = 1_800_000_000_000;
export const anyDecision: DecisionFilter = { task: null, run: null, point: null, effect: null, sinceMs: null };

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
export const decisionId = (name: string | number): string => `d-${String(name).padStart(10, '0')}`;
export const approvalId = (name: string | number): string => `a-${String(name).padStart(6, '0')}`;

const POLICY = canonicalJson({ engine: 'ai-policy/1', layers: [] });

export const subject = (more: Partial<Subject> = {}): Subject => ({ agent: 'coder', roles: [], labels: [], user: 'ann', session: null, run: null, task: null, ...more });

export interface Wanted {
  readonly record?: Partial<DecisionRecord>;
  readonly decision?: Partial<Decision>;
  readonly subject?: Partial<Subject>;
  readonly request?: string;
  readonly policy?: string;
  readonly approval?: ApprovalRequest | null;
  readonly park?: string | null;
}

/** A whole decision, with the digests that belong to its texts. */
export function newDecision(name: string | number, wanted: Wanted = {}): NewDecision {
  const { request = canonicalJson({ point: 'command.run', about: name }), policy = POLICY, approval = null, park = null } = wanted;
  const decision: Decision = {
    effect: 'allow', code: 'no-rule', message: 'Nothing speaks against it.', fix: null, rules: [], considered: 3, findings: [], findingCount: 0,
    facts: { 'agent.id': 'coder', 'run.costUsd': 0.1 }, limits: [], approval: null, approvals: [], ...wanted.decision,
  };
  const record: DecisionRecord = {
    v: 1,
    id: decisionId(name),
    atMs: NOW,
    point: 'command.run',
    mode: 'enforce',
    subject: subject(wanted.subject),
    action: { name: 'run', tool: 'Bash', toolCall: null },
    resource: { kind: 'command', id: 'git push', digest: null },
    decision,
    redacted: [],
    policy: { digest: sha256(policy), engine: 'ai-policy/1', layers: [] },
    input: { sha256: sha256(request) },
    evidence: [],
    tookUs: 12,
    ...wanted.record,
  };
  return { record, request, policy, approval, park };
}

/** What a decision of that name asks for. */
export function approvalRequest(name: string | number, more: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    id: approvalId(name),
    actionDigest: sha256(`action ${name}`),
    record: decisionId(name),
    point: 'command.run',
    subject: subject(),
    action: { name: 'run', tool: 'Bash', toolCall: null },
    resource: { kind: 'command', id: 'git push', digest: null },
    rules: [{ id: 'ask-first', layer: 'project', why: null }],
    terms: { count: 1, from: [], ttlMs: 60_000 },
    approvers: [],
    requestedAtMs: NOW,
    expiresAtMs: NOW + 60_000,
    ...more,
  };
}

/** The decision that asks, with its approval. */
export function asking(name: string | number, more: Partial<ApprovalRequest> = {}, park: string | null = null): NewDecision {
  const approval = approvalRequest(name, more);
  return newDecision(name, { approval, park, subject: approval.subject, decision: { effect: 'ask', code: 'rule-ask', approval: approval.terms } });
}

/** The decision that goes ahead because of approvals. */
export const spending = (name: string | number, ...approvals: string[]): NewDecision => newDecision(name, { decision: { code: 'approved', approvals } });

export const approve = (by: string, more: Partial<ApprovalVote> = {}): ApprovalVote => ({ by, verdict: 'approve', reason: null, atMs: NOW, ...more });
export const deny = (by: string, reason: string | null = null): ApprovalVote => ({ by, verdict: 'deny', reason, atMs: NOW });

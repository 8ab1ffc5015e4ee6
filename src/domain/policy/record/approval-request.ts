import { AiError } from '../../kernel/errors.js';
import type { ApprovalRequest } from '../approval.js';
import type { DecisionRecord } from '../decision-record.js';
import type { CompiledPolicy } from '../evaluate/compile-policy.js';
import { DEFAULT_TERMS } from '../evaluate/terms.js';
import type { Sha256 } from '../layers/digest.js';
import { resolveApprovers } from '../layers/requirements.js';
import type { DecisionRequest } from '../request.js';
import { actionDigest, askingRules } from './action-digest.js';

export interface ApprovalInput {
  /** Of a decision whose effect is ask. */
  readonly record: DecisionRecord;
  readonly request: DecisionRequest;
  readonly compiled: CompiledPolicy;
  readonly id: string;
  readonly sha256: Sha256;
}

/**
 * What people are asked for. Throws INVALID_POLICY when nobody could answer: the teams that the rules name have too few
 * members, and an empty list of approvers would mean everybody.
 */
export function approvalRequest(input: ApprovalInput): ApprovalRequest {
  const { record, request, compiled, sha256 } = input;
  const rules = askingRules(record.decision);
  const terms = record.decision.approval ?? DEFAULT_TERMS;
  const approvers = resolveApprovers(compiled.policy, terms.from);
  if (terms.from.length > 0 && approvers.length < terms.count) throw tooFewApprovers(terms.count, approvers.length, terms.from);
  return {
    id: input.id,
    actionDigest: actionDigest({ request, policyDigest: compiled.contentDigest(sha256), rules }, sha256),
    record: record.id,
    point: record.point,
    subject: record.subject,
    action: record.action,
    resource: record.resource,
    rules,
    terms,
    approvers,
    requestedAtMs: record.atMs,
    expiresAtMs: record.atMs + terms.ttlMs,
  };
}

function tooFewApprovers(wanted: number, known: number, from: readonly string[]): AiError {
  return new AiError({
    code: 'INVALID_POLICY',
    message: `The policy asks for ${wanted} ${wanted === 1 ? 'approval' : 'approvals'} from ${from.join(', ')}, and that is ${known} ${known === 1 ? 'person' : 'people'}.`,
    hint: 'Add members to the team under teams:, or ask for fewer approvals.',
  });
}

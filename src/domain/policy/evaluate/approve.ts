import type { Decision } from '../decision.js';
import { actionDigest, askingRules } from '../record/action-digest.js';
import type { DecisionRequest } from '../request.js';
import type { CompiledPolicy } from './compile-policy.js';

/** An ask that was approved for exactly this action becomes an allow; a deny stays a deny. */
export function approve(compiled: CompiledPolicy, request: DecisionRequest, decision: Decision): Decision {
  if (decision.effect !== 'ask' || request.approvals.length === 0) return decision;
  const digest = digestOf(compiled, request, decision);
  const usable = request.approvals.filter((approval) => approval.actionDigest === digest && request.nowMs < approval.expiresAtMs).map((approval) => approval.id);
  const [first] = usable.sort();
  if (first === undefined) return decision;
  return { ...decision, effect: 'allow', code: 'approved', message: `Approved: ${first} is for exactly this action.`, fix: null, findings: [], findingCount: 0, approval: null, approvals: [first] };
}

/** Null when the request has no canonical form: then no approval can be for it. */
function digestOf(compiled: CompiledPolicy, request: DecisionRequest, decision: Decision): string | null {
  const { sha256 } = compiled;
  if (sha256 === null) return null;
  try {
    return actionDigest({ request, policyDigest: compiled.contentDigest(sha256), rules: askingRules(decision) }, sha256);
  } catch {
    return null;
  }
}

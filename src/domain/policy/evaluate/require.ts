import type { Decision, LimitState } from '../decision.js';
import type { EffectivePolicy, Limits } from '../layer.js';
import { compareDecimals } from '../layers/decimal.js';
import { effectiveLimits } from '../layers/limits.js';
import { requiredEvidence } from '../layers/requirements.js';
import type { DecisionRequest, Usage } from '../request.js';

/** What no rule can allow: to go beyond a limit, and to count as done without the evidence that is required. A deny stays as it is. */
export function requireTerms(policy: EffectivePolicy, request: DecisionRequest, decision: Decision): Decision {
  if (decision.effect === 'deny') return decision;
  const limits = request.usage === undefined ? [] : limitStates(effectiveLimits(policy), request.usage);
  const spent = limits.find((limit) => compareDecimals(limit.used, limit.limit) > 0);
  if (spent !== undefined) return denied({ ...decision, limits }, { code: 'limit-reached', message: `Denied: ${spent.name} is limited to ${spent.limit}, and this would make it ${spent.used}.`, fix: 'Finish with what is done, or have the limit raised in the policy.' });
  const missing = request.evidence === undefined ? [] : requiredEvidence(policy).filter((kind) => request.evidence?.includes(kind) === false);
  if (missing.length === 0) return { ...decision, limits };
  return denied({ ...decision, limits }, { code: 'evidence-missing', message: `Denied: the policy asks for evidence before a task is done, and this is missing: ${missing.join(', ')}.`, fix: missing.includes('checks') ? 'Give the task checks: ai task edit ID --verify "npm test"' : 'Use a connector that keeps it.' });
}

function limitStates({ run }: Limits, usage: Usage): LimitState[] {
  return [
    ...state('run.usd', usage.runUsd, run.usd),
    ...state('run.minutes', usage.runMinutes === null ? null : usage.runMinutes.toFixed(3), run.minutes === null ? null : String(run.minutes)),
    ...state('run.tool_calls', usage.toolCalls === null ? null : String(usage.toolCalls), run.toolCalls === null ? null : String(run.toolCalls)),
  ];
}

const state = (name: string, used: string | null, limit: string | null): LimitState[] => (used === null || limit === null ? [] : [{ name, used, limit }]);

function denied(decision: Decision, why: Pick<Decision, 'code' | 'message' | 'fix'>): Decision {
  return { ...decision, ...why, effect: 'deny', rules: decision.rules.map((rule) => ({ ...rule, decisive: false })), approval: null, approvals: [] };
}

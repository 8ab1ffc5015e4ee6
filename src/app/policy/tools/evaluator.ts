import type { CompileCondition } from '../../../domain/policy/condition.js';
import type { Decision } from '../../../domain/policy/decision.js';
import type { AnalysisDependencies, MatchesRule } from '../../../domain/policy/analysis/results.js';
import { compilePolicy, type CompiledPolicy } from '../../../domain/policy/evaluate/compile-policy.js';
import { decide, evaluate } from '../../../domain/policy/evaluate/decide.js';
import { emptyLayer, ENGINE, type EffectivePolicy, type Rule } from '../../../domain/policy/layer.js';
import type { DecisionRequest } from '../../../domain/policy/request.js';
import type { AppDeps } from '../../deps.js';

export type EvaluatorDeps = Pick<AppDeps, 'policyFiles' | 'sha256' | 'clock'>;

/** A policy with everything that questions about it need. */
export interface Evaluator extends AnalysisDependencies {
  readonly policy: EffectivePolicy;
  readonly compiled: CompiledPolicy;
  /** Lists also the rules that did not match. */
  readonly explain: (request: DecisionRequest) => Decision;
}

/** Throws INVALID_POLICY when a condition does not compile. */
export async function createEvaluator(deps: EvaluatorDeps, policy: EffectivePolicy): Promise<Evaluator> {
  const compile = await (await deps.policyFiles()).compiler();
  const compiled = compilePolicy(policy, compile, { sha256: deps.sha256 });
  return {
    policy,
    compile,
    compiled,
    matches: matchesAlone(compile),
    decide: (request) => decide(compiled, request),
    explain: (request) => decide(compiled, request, { trace: 'all' }),
    nowMs: deps.clock.now().wallMs,
  };
}

/** Each rule is compiled once, into a policy that has no other. */
function matchesAlone(compile: CompileCondition): MatchesRule {
  const known = new Map<Rule, CompiledPolicy>();
  return (rule, request) => {
    const compiled = known.get(rule) ?? compilePolicy({ engine: ENGINE, layers: [{ ...emptyLayer('project', 'one rule'), rules: [rule] }] }, compile, { points: [] });
    known.set(rule, compiled);
    return evaluate(compiled, request, { trace: 'all' }).states[0]?.answer ?? 'no';
  };
}

import type { Decision } from '../decision.js';
import type { DecisionRequest, RequestPath } from '../request.js';
import { approve } from './approve.js';
import type { CompiledPolicy } from './compile-policy.js';
import { FactReader } from './fact-reader.js';
import { judgeOnce, judgePaths, type Judgement } from './judge.js';
import { describeDecision } from './messages.js';
import { pathsOf, RuleState } from './rule-state.js';
import { mergeTerms } from './terms.js';
import { requireTerms } from './require.js';
import { traceRules } from './trace.js';

export interface DecideOptions {
  /** `matched` lists rules that took part; `all` also those that did not match. */
  readonly trace: 'matched' | 'all';
}

/**
 * Answers a question: a pure function of the policy and the request. The order of rules and of paths makes no difference.
 * Never throws: what can't be evaluated counts as a match for a deny or an ask, and as none for an allow.
 */
export function decide(compiled: CompiledPolicy, request: DecisionRequest, options: DecideOptions = { trace: 'matched' }): Decision {
  const { decision } = evaluate(compiled, request, options);
  return requireTerms(compiled.policy, request, approve(compiled, request, decision));
}

/** The decision before approvals are looked at, and how every rule took part. */
export function evaluate(compiled: CompiledPolicy, request: DecisionRequest, options: DecideOptions): { readonly decision: Decision; readonly states: readonly RuleState[] } {
  const reader = new FactReader(request.facts);
  const point = compiled.at(request.point);
  const states = point.rules.map((rule) => new RuleState(rule, { compiled, request, reader }));
  const paths = pathsOf(request).toSorted(byPath);
  const judgement = paths.length === 0 ? judgeOnce({ point, request, states }) : judgePaths({ point, request, states }, paths);
  return { decision: toDecision(judgement, { request, states, reader, options }), states };
}

const byPath = (a: RequestPath, b: RequestPath): number => compareText(a.path, b.path) || compareText(a.kind ?? '', b.kind ?? '') || compareText(a.mode ?? '', b.mode ?? '');
const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

interface Course {
  readonly request: DecisionRequest;
  readonly states: readonly RuleState[];
  readonly reader: FactReader;
  readonly options: DecideOptions;
}

function toDecision(judgement: Judgement, course: Course): Decision {
  const { effect } = judgement;
  const rules = traceRules(course.states, effect, course.options.trace);
  const described = describeDecision({ request: course.request, judgement, rules: rules.filter((rule) => rule.decisive), considered: course.states.length });
  return {
    effect,
    ...described,
    rules,
    considered: course.states.length,
    findings: judgement.findings,
    findingCount: judgement.findingCount,
    facts: course.reader.recorded(),
    limits: [],
    approval: effect === 'ask' ? mergeTerms(course.states.filter((state) => state.madeEffect && state.compiled.rule.effect === 'ask').map((state) => state.compiled.rule)) : null,
    approvals: [],
  };
}

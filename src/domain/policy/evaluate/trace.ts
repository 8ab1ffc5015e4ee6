import type { RuleTrace } from '../decision.js';
import type { Effect } from '../effect.js';
import type { RuleState } from './rule-state.js';

/** How rules took part, in the order of the layers and then of their ids: the order in the file makes no difference. */
export function traceRules(states: readonly RuleState[], effect: Effect, which: 'matched' | 'all'): readonly RuleTrace[] {
  const listed = which === 'all' ? [...states] : states.filter((state) => state.answer !== 'no');
  return listed.sort(byPlace).map((state) => traceRule(state, effect));
}

const byPlace = ({ compiled: a }: RuleState, { compiled: b }: RuleState): number => a.layerIndex - b.layerIndex || (a.rule.id < b.rule.id ? -1 : Number(a.rule.id > b.rule.id));

function traceRule(state: RuleState, effect: Effect): RuleTrace {
  const { rule, layer } = state.compiled;
  const override = state.answer === 'no' ? null : state.override;
  return {
    id: rule.id,
    layer,
    at: rule.at,
    effect: rule.effect,
    result: override === null ? state.answer : 'overridden',
    decisive: override === null && state.answer !== 'no' && state.madeEffect && rule.effect === effect,
    path: state.answer === 'no' ? null : state.path,
    why: rule.why,
    when: state.explainCondition(),
    override: override?.id ?? null,
  };
}

import type { EffectivePolicy } from '../layer.js';
import type { PolicyPoint } from '../point.js';
import { solvePair, type Model } from './conditions/solve.js';
import { ALWAYS } from './conditions/normal-form.js';
import { compareStructure } from './compare-rules.js';
import { candidatesOfRule } from './find-witness.js';
import { pointsOf, type PreparedRule } from './prepare-rule.js';
import type { AnalysisDependencies, RuleFinding } from './results.js';
import { finding } from './rule-findings.js';
import { nameOf } from './sentences.js';

/**
 * Allows that change nothing, because a layer above them forbids by default what they allow and allows none of it
 * itself. Only said when the evaluator does not allow an example either.
 */
export function findOutsideCeiling(policy: EffectivePolicy, rules: readonly PreparedRule[], dependencies: AnalysisDependencies): readonly RuleFinding[] {
  return rules.flatMap((prepared) => {
    if (prepared.rule.effect !== 'allow') return [];
    const layers = pointsOf(prepared.points).map((point) => layerInTheWay(point, prepared, { policy, rules }));
    const [source] = layers;
    if (source == null || layers.includes(null) || isAllowed(prepared, dependencies)) return [];
    return [finding('outside-ceiling', { rule: prepared }, `${nameOf(prepared)} has no effect: ${source}, a layer above it, does not allow that.`)];
  });
}

/** Source of a layer above that is stricter by default at the point and has no allow that meets the rule there. */
function layerInTheWay(point: PolicyPoint, prepared: PreparedRule, all: { readonly policy: EffectivePolicy; readonly rules: readonly PreparedRule[] }): string | null {
  const index = all.policy.layers.findIndex((layer, position) => {
    const strict = layer.defaults[point] ?? 'allow';
    if (position >= prepared.layerIndex || strict === 'allow') return false;
    return !all.rules.some((other) => other.layerIndex === position && other.rule.effect === 'allow' && meetsAt(point, prepared, other));
  });
  return all.policy.layers[index]?.source ?? null;
}

function meetsAt(point: PolicyPoint, a: PreparedRule, b: PreparedRule): boolean {
  const structure = compareStructure(a, b);
  return structure.kind === 'meet' && structure.common.points.includes(point) && !solvePair(a.holds, b.holds, 'both-true').excluded;
}

function isAllowed(prepared: PreparedRule, dependencies: AnalysisDependencies): boolean {
  const models: readonly Model[] = solvePair(prepared.holds, ALWAYS, 'both-true').models;
  for (const request of candidatesOfRule(prepared, models, { points: pointsOf(prepared.points), nowMs: dependencies.nowMs })) {
    if (dependencies.decide(request).effect === 'allow') return true;
  }
  return false;
}

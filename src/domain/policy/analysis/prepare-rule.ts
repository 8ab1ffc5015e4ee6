import type { CompileCondition, Expression } from '../condition.js';
import type { EffectivePolicy, LayerName, Rule } from '../layer.js';
import { POLICY_POINTS, type PolicyPoint } from '../point.js';
import { ALWAYS, normalForm, type NormalForm } from './conditions/normal-form.js';
import { readPaths, type RulePaths } from './paths.js';
import type { RuleReference } from './results.js';

/** A rule with all that comparisons of it need, made once. */
export interface PreparedRule {
  readonly rule: Rule;
  readonly layer: LayerName;
  /** Position of its layer: two layers may have one name. */
  readonly layerIndex: number;
  readonly reference: RuleReference;
  /** One bit for each of POLICY_POINTS. */
  readonly points: number;
  readonly paths: RulePaths | null;
  /** When its condition is true. null: too many cases, or unreadable. */
  readonly holds: NormalForm;
  readonly fails: NormalForm;
  /** Why the condition could not be read. */
  readonly problem: string | null;
}

/** All rules of all layers, in order. Throws INVALID_GLOB. */
export function prepareRules(policy: EffectivePolicy, compile: CompileCondition): readonly PreparedRule[] {
  return policy.layers.flatMap(({ layer, rules }, layerIndex) => rules.map((rule) => prepareRule(rule, { layer, layerIndex }, compile)));
}

export function prepareRule(rule: Rule, where: { readonly layer: LayerName; readonly layerIndex: number }, compile: CompileCondition): PreparedRule {
  const { expression, problem } = readCondition(rule.when, compile);
  const isUnknown = problem !== null;
  return {
    rule,
    layer: where.layer,
    layerIndex: where.layerIndex,
    reference: { id: rule.id, layer: where.layer, effect: rule.effect, at: rule.at },
    points: pointBits(rule.on),
    paths: readPaths(rule),
    holds: isUnknown ? null : expression === null ? ALWAYS : normalForm(expression),
    fails: isUnknown ? null : expression === null ? [] : normalForm(expression, false),
    problem,
  };
}

function readCondition(when: string | null, compile: CompileCondition): { readonly expression: Expression | null; readonly problem: string | null } {
  if (when === null) return { expression: null, problem: null };
  const compiled = compile(when);
  return compiled.ok ? { expression: compiled.condition.expression, problem: null } : { expression: null, problem: compiled.problem.message };
}

export const pointBits = (points: readonly PolicyPoint[]): number => points.reduce((bits, point) => bits | (1 << POLICY_POINTS.indexOf(point)), 0);

export const pointsOf = (bits: number): readonly PolicyPoint[] => POLICY_POINTS.filter((_, index) => (bits & (1 << index)) !== 0);

import type { CompileCondition } from '../condition.js';
import type { Rule } from '../layer.js';
import { pointsOf, prepareRule, type PreparedRule } from './prepare-rule.js';

const LISTS = ['agents', 'roles', 'labels', 'skills', 'tasks'] as const satisfies readonly (keyof Rule)[];

/** The rule cut down, one dimension at a time, to what the other rule does not match. */
export function variantsOutside(rule: PreparedRule, other: PreparedRule, compile: CompileCondition): readonly PreparedRule[] {
  const cuts: Rule[] = LISTS.flatMap((list) => {
    const outside = valuesOutside(rule.rule[list], other.rule[list]);
    return outside === null ? [] : [{ ...rule.rule, [list]: outside }];
  });
  const points = pointsOf(rule.points & ~other.points);
  if (points.length > 0) cuts.push({ ...rule.rule, on: points });
  const any = valuesOutside(rule.rule.command?.any ?? null, other.rule.command?.any ?? null);
  if (rule.rule.command !== null && any !== null) cuts.push({ ...rule.rule, command: { ...rule.rule.command, any } });
  return cuts.map((cut) => prepareRule(cut, rule, compile));
}

/** Values of the one list that the other does not have; a made-up one where every value is meant; null when there is none. */
function valuesOutside(values: readonly string[] | null, others: readonly string[] | null): readonly string[] | null {
  if (others === null) return null;
  if (values === null) return [firstUnused(others)];
  const outside = values.filter((value) => !others.includes(value));
  return outside.length === 0 ? null : outside;
}

function firstUnused(values: readonly string[]): string {
  const names = Array.from({ length: values.length + 1 }, (_, index) => `other-${index + 1}`);
  return names.find((name) => !values.includes(name)) ?? 'other';
}

import type { Rule } from '../layer.js';
import { coversCommands } from './commands.js';
import { solvePair } from './conditions/solve.js';
import { coversPaths } from './paths.js';
import type { PreparedRule } from './prepare-rule.js';

/**
 * True only when it is proved that `outer` takes effect at every request at which `inner` does. A deny or an ask takes effect
 * also where its condition can't be evaluated, an allow does not.
 */
export function coversRule(outer: PreparedRule, inner: PreparedRule): boolean {
  // An allow compares exactly what others compare in every spelling.
  if (outer.rule.effect === 'allow' && inner.rule.effect !== 'allow') return false;
  return coversTerms(outer, inner) && coversCondition(outer, inner) && coversPathTerms(outer, inner);
}

function coversTerms(outer: PreparedRule, inner: PreparedRule): boolean {
  const [a, b] = [outer.rule, inner.rule];
  if ((inner.points & ~outer.points) !== 0 || !LISTS.every((list) => coversList(a[list], b[list]))) return false;
  return a.command === null || (b.command !== null && coversCommands(a.command, b.command));
}

const LISTS = ['agents', 'roles', 'labels', 'skills', 'tasks'] as const satisfies readonly (keyof Rule)[];

const coversList = (outer: readonly string[] | null, inner: readonly string[] | null): boolean => outer === null || (inner !== null && inner.every((value) => outer.includes(value)));

/** A request without paths is one that a rule without paths may match, and no other. */
function coversPathTerms(outer: PreparedRule, inner: PreparedRule): boolean {
  if (outer.paths === null) return outer.rule.except.length === 0 || (inner.paths === null && hasSameExceptions(outer, inner));
  return inner.paths !== null && coversPaths(outer.paths, inner.paths);
}

const hasSameExceptions = (a: PreparedRule, b: PreparedRule): boolean => JSON.stringify(a.rule.except) === JSON.stringify(b.rule.except);

function coversCondition(outer: PreparedRule, inner: PreparedRule): boolean {
  if (outer.rule.when === null) return true;
  const [outerAllows, innerAllows] = [outer.rule.effect === 'allow', inner.rule.effect === 'allow'];
  if (outer.rule.when === inner.rule.when && outerAllows === innerAllows) return true;
  if (outerAllows) return solvePair(inner.holds, outer.fails, 'second-may-fail').excluded;
  return solvePair(outer.fails, inner.holds, innerAllows ? 'both-true' : 'second-may-fail').excluded;
}

import { comparisonKey } from '../../glob/comparison-key.js';
import { findOverlap } from '../../glob/overlap.js';
import { compilePathSet, matchesPath, type PathSet } from '../../glob/path-set.js';
import { literalPrefix } from '../../glob/prefix.js';
import { findOutside } from '../../glob/subset.js';
import type { Rule } from '../layer.js';

/** The paths of a rule, as it compares them and as they are compared with those of other rules. */
export interface RulePaths {
  readonly include: readonly string[];
  readonly except: readonly string[];
  /** Exact for an allow, folded for an ask or a deny. The exceptions of an allow leave out every spelling besides. */
  readonly own: PathSet;
  readonly folded: PathSet;
  readonly exact: PathSet;
  /** Folded, and never without a path that the rule has in any spelling. */
  readonly everySpelling: PathSet;
  /** Folded leading names: two rules of which no two prefixes meet share no path. */
  readonly prefixes: readonly string[];
}

export type PathRelation = { readonly kind: 'apart'; /** Proved for one spelling of each path only. */ readonly folded: boolean } | { readonly kind: 'meet'; readonly examples: readonly string[] };

/** null for a rule that does not speak of paths. Throws INVALID_GLOB. */
export function readPaths(rule: Rule): RulePaths | null {
  if (rule.paths === null) return null;
  const { paths: include, except } = rule;
  const folded = compilePathSet({ include, except }, { fold: true });
  const exact = compilePathSet({ include, except }, { fold: false });
  const isExact = rule.effect === 'allow';
  const everySpelling = isExact ? compilePathSet({ include: include.flatMap(widen), except }, { fold: true }) : folded;
  return { include, except, own: isExact ? exact : folded, folded, exact, everySpelling, prefixes: [...new Set(include.map(literalPrefix))] };
}

export function relatePaths(a: RulePaths, b: RulePaths): PathRelation {
  if (!mayMeetByPrefix(a, b)) return { kind: 'apart', folded: false };
  const folded = findOverlap(a.folded, b.folded);
  if (folded.overlap) return { kind: 'meet', examples: commonExamples(a, b, folded.witness) };
  return { kind: 'apart', folded: findOverlap(a.everySpelling, b.everySpelling).overlap };
}

/** A folded path need not be one of an allow; then one is looked for that both cover as it is written. */
function commonExamples(a: RulePaths, b: RulePaths, folded: string): readonly string[] {
  if (matchesPath(a.own, folded) && matchesPath(b.own, folded)) return [folded];
  return overlapExamples(a.exact, b.exact);
}

/** True only when each path of `inner`, in every spelling that it covers, is covered by `outer`. */
export function coversPaths(outer: RulePaths, inner: RulePaths): boolean {
  if (outer.own.fold) return findOutside(inner.own.fold ? inner.own : inner.everySpelling, outer.own).subset;
  if (inner.own.fold) return false;
  const included = compilePathSet({ include: outer.include }, { fold: false });
  const excepted = compilePathSet({ include: outer.except }, { fold: true });
  return findOutside(inner.own, included).subset && !findOverlap(inner.everySpelling, excepted).overlap;
}

/** True when it is proved that the exceptions leave none of the paths. */
export const coversNothing = (paths: RulePaths): boolean => !findOverlap(paths.own, paths.own).overlap;

/** A path that the rule covers, in its own spelling, if one is found. */
export function examplePaths(paths: RulePaths): readonly string[] {
  return overlapExamples(paths.own, paths.own);
}

/** Paths of the rule that match one of the patterns, where some are found. */
export function examplesMatching(paths: RulePaths | null, patterns: readonly string[]): readonly string[] {
  return patterns.flatMap((pattern) => {
    const set = tryCompile(pattern, paths?.own.fold ?? false);
    return set === null ? [] : overlapExamples(set, paths?.own ?? set);
  });
}

function tryCompile(pattern: string, fold: boolean): PathSet | null {
  try {
    return compilePathSet({ include: [pattern] }, { fold });
  } catch {
    // The text of a condition need not be a pattern; then it gives no example.
    return null;
  }
}

/** Paths of `inner` that `outer` does not cover, where they are compared in one way and one is found. */
export function examplesOutside(inner: RulePaths, outer: RulePaths): readonly string[] {
  const [a, b] = inner.own.fold === outer.own.fold ? [inner.own, outer.own] : [inner.folded, outer.folded];
  const outside = findOutside(a, b);
  return outside.subset || outside.witness === '' ? [] : [outside.witness];
}

function overlapExamples(a: PathSet, b: PathSet): readonly string[] {
  const overlap = findOverlap(a, b);
  return overlap.overlap && overlap.witness !== '' ? [overlap.witness] : [];
}

/** False only when two sets have no path in common because all their patterns begin differently. */
export function mayMeetByPrefix(a: RulePaths, b: RulePaths): boolean {
  return a.prefixes.some((left) => b.prefixes.some((right) => isWithin(left, right) || isWithin(right, left)));
}

const isWithin = (path: string, prefix: string): boolean => prefix === '' || path === prefix || path.startsWith(`${prefix}/`);

/** Private use: where a pattern has it too, it becomes a wildcard, which only widens the pattern more. */
const ANY_ONE = '\u{f8ff}';

/**
 * A pattern that covers, folded, whatever the given one covers exactly: folding can turn one character into two, and
 * what `[!a]` leaves out is less when it is compared exactly.
 */
function widen(pattern: string): readonly string[] {
  const marked = comparisonKey(pattern, false).replaceAll(/\[!?.[^\]/]*\]|\?/gu, ANY_ONE);
  const widened = marked.replaceAll(/\*?(\u{f8ff}\*?)+/gu, '*');
  // A class of one character is literal text, so the pattern may be a bare name, which covers what is below it.
  return widened === pattern || widened.endsWith('/') ? [widened] : [widened, `${widened}/**`];
}

import type { EffectivePolicy } from '../layer.js';
import { findOutsideCeiling } from './ceiling.js';
import { byStrictness, compareClosed, compareRules } from './compare-rules.js';
import { mayMeetByPrefix } from './paths.js';
import { pointsOf, prepareRules, type PreparedRule } from './prepare-rule.js';
import { CONFLICT_LIMIT, SEARCHED_PAIR_LIMIT, type AnalysisDependencies, type ConflictReport, type RuleConflict, type RuleFinding } from './results.js';
import { findRuleFindings, findUnmatchedPaths, judgeWeaker } from './rule-findings.js';
import { PATH_POINTS } from '../point.js';
import { pointBits } from './prepare-rule.js';

/**
 * Looks for rules that contradict each other, with a request that shows it, and for rules that do nothing. A policy with
 * conflicts is not wrong, because the strictest rule wins; but its author should know. Throws INVALID_GLOB.
 */
export function findConflicts(policy: EffectivePolicy, dependencies: AnalysisDependencies): ConflictReport {
  const rules = prepareRules(policy, dependencies.compile);
  const search = new PairSearch(dependencies);
  rules.forEach((a, index) => {
    for (let other = index + 1; other < rules.length; other += 1) search.look(a, rules[other] as PreparedRule);
  });
  const findings = [...findRuleFindings(rules), ...search.findings, ...findOutsideCeiling(policy, rules, dependencies)];
  return { conflicts: search.conflicts, findings, counts: { rules: rules.length, ...search.counts } };
}

/** The finding `matches-no-file` for each pattern that covers none of the files under version control. Throws INVALID_GLOB. */
export function findPathsWithoutFiles(policy: EffectivePolicy, dependencies: AnalysisDependencies, files: readonly string[]): readonly RuleFinding[] {
  return findUnmatchedPaths(prepareRules(policy, dependencies.compile), files);
}

const NOT_ONLY_PATHS = ~pointBits([...PATH_POINTS]);

class PairSearch {
  readonly conflicts: RuleConflict[] = [];
  readonly counts = { pairs: 0, disjoint: 0, conflict: 0, possible: 0, notSearched: 0 };
  private readonly dependencies: AnalysisDependencies;
  private readonly overruled = new Map<PreparedRule, RuleFinding>();
  private searched = 0;

  constructor(dependencies: AnalysisDependencies) {
    this.dependencies = dependencies;
  }

  get findings(): readonly RuleFinding[] {
    return [...this.overruled.values()];
  }

  look(a: PreparedRule, b: PreparedRule): void {
    if (a.rule.effect === b.rule.effect) return;
    this.counts.pairs += 1;
    if (areApartAtFirstSight(a, b)) this.counts.disjoint += 1;
    else if (this.searched >= SEARCHED_PAIR_LIMIT) this.counts.notSearched += 1;
    else this.search(a, b);
  }

  private search(a: PreparedRule, b: PreparedRule): void {
    this.searched += 1;
    const compared = compareRules(a, b, this.dependencies);
    this.counts[compared.verdict] += 1;
    if (compared.verdict === 'disjoint') return;
    const [stricter, weaker] = byStrictness(a, b);
    if (this.conflicts.length < CONFLICT_LIMIT) {
      const witness = compared.verdict === 'conflict' ? compared.witness : null;
      this.conflicts.push({ verdict: compared.verdict, stricter: stricter.reference, weaker: weaker.reference, points: pointsOf(a.points & b.points), witness, sentence: compared.sentence });
    }
    if (this.overruled.has(weaker)) return;
    const overruled = judgeWeaker(stricter, weaker);
    if (overruled !== null) this.overruled.set(weaker, overruled);
  }
}

/** Costs next to nothing: nearly all pairs of a big policy end here. */
function areApartAtFirstSight(a: PreparedRule, b: PreparedRule): boolean {
  if (compareClosed(a, b) !== null) return true;
  if (a.paths === null || b.paths === null || (a.points & b.points & NOT_ONLY_PATHS) !== 0) return false;
  return !mayMeetByPrefix(a.paths, b.paths);
}

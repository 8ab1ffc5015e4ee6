import { quote } from '../../kernel/ids.js';
import { compilePathSet, matchesPath } from '../../glob/path-set.js';
import { PATH_POINTS } from '../point.js';
import { solvePair } from './conditions/solve.js';
import { ALWAYS } from './conditions/normal-form.js';
import { coversRule } from './covers.js';
import { coversNothing } from './paths.js';
import { pointsOf, type PreparedRule } from './prepare-rule.js';
import type { FindingKind, RuleFinding } from './results.js';
import { nameOf } from './sentences.js';

/** What can be said of each rule alone, and of rules that say the same. */
export function findRuleFindings(rules: readonly PreparedRule[]): readonly RuleFinding[] {
  return [...rules.flatMap(unreadable), ...rules.flatMap(neverMatches), ...findDuplicates(rules)];
}

function unreadable(prepared: PreparedRule): readonly RuleFinding[] {
  if (prepared.problem === null) return [];
  return [finding('unreadable', { rule: prepared }, `The condition of ${nameOf(prepared)} can't be read: ${prepared.problem}. Nothing was proved about it.`)];
}

function neverMatches(prepared: PreparedRule): readonly RuleFinding[] {
  const reason = whyNever(prepared);
  return reason === null ? [] : [finding('never-matches', { rule: prepared }, `${nameOf(prepared)} can never match: ${reason}.`)];
}

function whyNever(prepared: PreparedRule): string | null {
  const { rule, paths } = prepared;
  if (rule.on.length === 0) return 'it names no point';
  for (const list of ['agents', 'roles', 'labels', 'skills', 'tasks'] as const) {
    if (rule[list]?.length === 0) return `its list of ${list} is empty`;
  }
  if (paths !== null && rule.on.every((point) => PATH_POINTS.has(point)) && coversNothing(paths)) return rule.paths?.length === 0 ? 'its list of paths is empty' : 'its exceptions leave none of its paths';
  if (solvePair(prepared.holds, ALWAYS, 'both-true').excluded) return `its condition ${quote(rule.when ?? '')} is never true`;
  return null;
}

function findDuplicates(rules: readonly PreparedRule[]): readonly RuleFinding[] {
  const first = new Map<string, PreparedRule>();
  const findings: RuleFinding[] = [];
  for (const prepared of rules) {
    const key = `${prepared.layerIndex} ${matchKey(prepared)}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, prepared);
    else findings.push(finding('duplicate', { rule: prepared, other: known }, `${nameOf(prepared)} says the same as ${nameOf(known)}: one of them can go.`));
  }
  return findings;
}

/** Equal for rules that have one effect and match the same by their words alone, whatever the order in their lists. */
export function matchKey({ rule }: PreparedRule): string {
  const sorted = (list: readonly string[] | null): readonly string[] | null => list?.toSorted() ?? null;
  const lists = [rule.on, rule.agents, rule.roles, rule.labels, rule.skills, rule.tasks, rule.paths, rule.except, rule.command?.any ?? null].map(sorted);
  return JSON.stringify([rule.effect, rule.when, rule.command?.starts ?? null, ...lists]);
}

/** What a pair that meets says about the weaker rule: that it has no effect of its own. */
export function judgeWeaker(stricter: PreparedRule, weaker: PreparedRule): RuleFinding | null {
  if (!coversRule(stricter, weaker)) return null;
  const isAllow = weaker.rule.effect === 'allow';
  const sentence = `${nameOf(weaker)} has no effect: whatever it matches, ${nameOf(stricter)} says ${stricter.rule.effect}${isAllow ? '' : ', which is stricter'}.`;
  return finding(isAllow ? 'allow-overridden' : 'shadowed', { rule: weaker, other: stricter }, sentence);
}

export function finding(kind: FindingKind, { rule, other = null }: { readonly rule: PreparedRule; readonly other?: PreparedRule | null }, sentence: string): RuleFinding {
  return { kind, rule: rule.reference, other: other?.reference ?? null, sentence };
}

/**
 * Patterns of rules that cover none of the files, which are those under version control: most often a mistyped name.
 * Exceptions are looked at as well.
 */
export function findUnmatchedPaths(rules: readonly PreparedRule[], files: readonly string[]): readonly RuleFinding[] {
  const known = new Map<string, boolean>();
  return rules.flatMap((prepared) => {
    if (!pointsOf(prepared.points).some((point) => PATH_POINTS.has(point))) return [];
    const patterns = [...new Set([...(prepared.rule.paths ?? []), ...prepared.rule.except])];
    return patterns.filter((pattern) => !matchesSome(pattern, files, known)).map((pattern) => finding('matches-no-file', { rule: prepared }, `${quote(pattern)} of ${nameOf(prepared)} matches no tracked file.`));
  });
}

function matchesSome(pattern: string, files: readonly string[], known: Map<string, boolean>): boolean {
  const before = known.get(pattern);
  if (before !== undefined) return before;
  const set = compilePathSet({ include: [pattern] }, { fold: true });
  const matched = files.some((file) => matchesPath(set, file));
  known.set(pattern, matched);
  return matched;
}

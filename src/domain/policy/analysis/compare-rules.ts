import { EFFECTS } from '../effect.js';
import { PATH_POINTS, type PolicyPoint } from '../point.js';
import { findCommonCommand } from './commands.js';
import { solvePair, type PairSolution } from './conditions/solve.js';
import { findWitness } from './find-witness.js';
import { examplePaths, relatePaths, type PathRelation, type RulePaths } from './paths.js';
import { pointsOf, type PreparedRule } from './prepare-rule.js';
import type { AnalysisDependencies, Dimension, PairVerdict } from './results.js';
import { conflictSentence, disjointSentence, possibleSentence } from './sentences.js';
import { agentsMeet } from './subject.js';

/** Where two rules may meet. */
export interface Common {
  readonly points: readonly PolicyPoint[];
  /** null when neither speaks of paths. */
  readonly paths: readonly string[] | null;
}

interface Apart {
  readonly because: Dimension;
  readonly spellingAside: boolean;
}

type Structure = { readonly kind: 'apart'; readonly apart: Apart } | { readonly kind: 'meet'; readonly common: Common };

/** What the evaluator is asked, and when. */
export type PairDependencies = Pick<AnalysisDependencies, 'matches' | 'nowMs'>;

/** Tells two rules apart, or finds a request that matches both. Symmetric. */
export function compareRules(a: PreparedRule, b: PreparedRule, dependencies: PairDependencies): PairVerdict {
  const structure = compareStructure(a, b);
  if (structure.kind === 'apart') return { verdict: 'disjoint', ...structure.apart, sentence: disjointSentence(a, b, structure.apart.because) };
  const solution = solveConditions(a, b);
  if (solution.excluded) return { verdict: 'disjoint', because: 'when', spellingAside: false, sentence: disjointSentence(a, b, 'when') };
  const question = { rules: [a, b], ...structure.common, models: solution.models, nowMs: dependencies.nowMs };
  const witness = findWitness(question, (request) => [a, b].every(({ rule }) => dependencies.matches(rule, request) === 'match'));
  return witness === null ? { verdict: 'possible', sentence: possibleSentence(a, b) } : { verdict: 'conflict', witness, sentence: conflictSentence(a, b, witness) };
}

/** The first thing that keeps two rules apart at all their points, as far as it can be told without their conditions. */
export function compareStructure(a: PreparedRule, b: PreparedRule): Structure {
  const closed = compareClosed(a, b);
  if (closed !== null) return apart(closed);
  const shared = pointsOf(a.points & b.points);
  const path = a.paths === null || b.paths === null ? null : pathsOnDemand(a.paths, b.paths);
  const reasons = shared.map((point) => keptApartAt(point, { a, b, path }));
  const points = shared.filter((_, index) => reasons[index] === null);
  if (points.length === 0) return { kind: 'apart', apart: reasons.find((reason) => reason?.spellingAside) ?? reasons[0] ?? { because: 'points', spellingAside: false } };
  return { kind: 'meet', common: { points, paths: commonPaths(a, b, path) } };
}

const apart = (because: Dimension): Structure => ({ kind: 'apart', apart: { because, spellingAside: false } });

/** What is the same at every point. Cheap: it is asked for each pair of rules. */
export function compareClosed(a: PreparedRule, b: PreparedRule): Dimension | null {
  if ((a.points & b.points) === 0) return 'points';
  if (!agentsMeet(a.rule, b.rule)) return 'agents';
  if (!listsMeet(a.rule.tasks, b.rule.tasks)) return 'tasks';
  return isNever(a) || isNever(b) ? 'never' : null;
}

/** True when a list that must be met is empty. */
const isNever = ({ rule }: PreparedRule): boolean => rule.labels?.length === 0 || rule.skills?.length === 0;

const listsMeet = (a: readonly string[] | null, b: readonly string[] | null): boolean => (a === null || b === null ? a?.length !== 0 && b?.length !== 0 : a.some((value) => b.includes(value)));

type PathRelationOnDemand = () => PathRelation;

function pathsOnDemand(a: RulePaths, b: RulePaths): PathRelationOnDemand {
  let known: PathRelation | null = null;
  return () => (known ??= relatePaths(a, b));
}

function keptApartAt(point: PolicyPoint, pair: { readonly a: PreparedRule; readonly b: PreparedRule; readonly path: PathRelationOnDemand | null }): Apart | null {
  const { a, b, path } = pair;
  if (path !== null && PATH_POINTS.has(point)) {
    const relation = path();
    if (relation.kind === 'apart') return { because: 'paths', spellingAside: relation.folded };
  }
  if (point === 'command.run' && a.rule.command !== null && b.rule.command !== null && findCommonCommand(a.rule.command, b.rule.command) === null) return { because: 'command', spellingAside: false };
  return point === 'skill.run' && !listsMeet(a.rule.skills, b.rule.skills) ? { because: 'skills', spellingAside: false } : null;
}

function commonPaths(a: PreparedRule, b: PreparedRule, path: PathRelationOnDemand | null): readonly string[] | null {
  const relation = path?.();
  if (relation !== undefined) return relation.kind === 'meet' ? relation.examples : [];
  const only = a.paths ?? b.paths;
  return only === null ? null : examplePaths(only);
}

/** A deny or an ask also takes effect where it can't be evaluated, so an allow is apart from it only where it can. */
export function solveConditions(a: PreparedRule, b: PreparedRule): PairSolution {
  if (a.rule.effect === 'allow' && b.rule.effect !== 'allow') return solvePair(a.holds, b.holds, 'second-may-fail');
  if (b.rule.effect === 'allow' && a.rule.effect !== 'allow') return solvePair(b.holds, a.holds, 'second-may-fail');
  return solvePair(a.holds, b.holds, 'both-true');
}

/** The stricter one first. */
export function byStrictness(a: PreparedRule, b: PreparedRule): readonly [stricter: PreparedRule, weaker: PreparedRule] {
  return EFFECTS.indexOf(a.rule.effect) >= EFFECTS.indexOf(b.rule.effect) ? [a, b] : [b, a];
}

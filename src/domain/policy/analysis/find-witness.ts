import { PATH_POINTS, type PolicyPoint } from '../point.js';
import type { DecisionRequest } from '../request.js';
import { buildCandidate } from './candidate.js';
import type { Model } from './conditions/solve.js';
import { asText } from './subject.js';
import { examplePaths, examplesMatching } from './paths.js';
import type { PreparedRule } from './prepare-rule.js';

/** Requests that are tried before an example is given up. */
export const CANDIDATE_LIMIT = 24;

export interface WitnessQuestion {
  readonly rules: readonly PreparedRule[];
  readonly points: readonly PolicyPoint[];
  readonly models: readonly Model[];
  /** Paths that all rules cover; null when no rule speaks of paths. */
  readonly paths: readonly string[] | null;
  readonly nowMs: number;
}

/** Requests that should match all rules, the most plausible first, each made only when it is asked for. */
export function* candidates(question: WitnessQuestion): Generator<DecisionRequest> {
  for (const { model, point, path } of combinations(question).slice(0, CANDIDATE_LIMIT)) {
    const request = buildCandidate({ rules: question.rules.map(({ rule }) => rule), point, model, path, nowMs: question.nowMs });
    if (request !== null) yield request;
  }
}

function combinations(question: WitnessQuestion): { readonly model: Model; readonly point: PolicyPoint; readonly path: string | null }[] {
  return question.models.flatMap((model) => question.points.flatMap((point) => pathsFor(question, point, model).map((path) => ({ model, point, path }))));
}

/** The first request that the check accepts, or null. */
export function findWitness(question: WitnessQuestion, accepts: (request: DecisionRequest) => boolean): DecisionRequest | null {
  for (const request of candidates(question)) {
    if (accepts(request)) return request;
  }
  return null;
}

const PLAIN_PATH = 'README.md';

function pathsFor(question: WitnessQuestion, point: PolicyPoint, model: Model): readonly (string | null)[] {
  if (!PATH_POINTS.has(point)) return [null];
  const wanted = asText(model.facts.path);
  const patterned = model.pathPatterns.length === 0 ? [] : question.rules.flatMap(({ paths }) => examplesMatching(paths, model.pathPatterns));
  const known = [...patterned, ...(wanted === null ? [] : [wanted]), ...(question.paths ?? [])];
  if (known.length > 0) return [...new Set(known)];
  // A task may have no paths at all; a change is always one of some path.
  return point.startsWith('task.') ? [null, PLAIN_PATH] : [PLAIN_PATH];
}

/** Requests that one rule should match. */
export function candidatesOfRule(prepared: PreparedRule, models: readonly Model[], question: Pick<WitnessQuestion, 'points' | 'nowMs'>): Generator<DecisionRequest> {
  return candidates({ ...question, rules: [prepared], models, paths: prepared.paths === null ? null : examplePaths(prepared.paths) });
}

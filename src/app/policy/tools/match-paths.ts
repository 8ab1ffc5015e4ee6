import { compilePathSet, matchesPath } from '../../../domain/glob/path-set.js';
import type { Decision } from '../../../domain/policy/decision.js';
import type { Effect } from '../../../domain/policy/effect.js';
import { comparePath } from '../../../domain/policy/evaluate/request-path.js';
import type { LayerName, PolicyLayer, Rule } from '../../../domain/policy/layer.js';
import { PATH_POINTS, type PolicyPoint } from '../../../domain/policy/point.js';
import type { AppDeps } from '../../deps.js';
import { loadPolicy } from '../load-policy.js';
import { createEvaluator } from './evaluator.js';
import { askQuestion, type QuestionDeps } from './questions.js';
import { trackedFiles } from './validate-policy.js';

export type MatchDeps = QuestionDeps & Pick<AppDeps, 'sha256' | 'policyFiles' | 'changes'>;

export interface MatchInput {
  readonly paths: readonly string[];
  readonly agent: string | null;
  readonly counts: boolean;
}

export interface CoveringRule {
  readonly id: string;
  readonly layer: LayerName;
  readonly effect: Effect;
  readonly at: string;
  /** Those of its points that are about paths. */
  readonly points: readonly PolicyPoint[];
  /** Other terms than paths that decide as well: agents, labels, a condition. */
  readonly terms: readonly string[];
}

export interface PathMatch {
  readonly path: string;
  /** Why it can't be judged; null for a plain path within the repository. */
  readonly unsafe: string | null;
  readonly rules: readonly CoveringRule[];
  /** What `path.write` by this subject comes to. */
  readonly decision: Decision;
}

export interface RuleCount {
  readonly id: string;
  readonly layer: LayerName;
  readonly at: string;
  readonly files: number;
}

export interface MatchedPaths {
  readonly matches: readonly PathMatch[];
  /** Tracked files that the paths of each rule cover; null when nobody asked or there is no repository. */
  readonly counts: readonly RuleCount[] | null;
}

/** Which rules cover each path, and what would be decided if it were written. Throws INVALID_POLICY, AGENT_NOT_FOUND. */
export async function matchPaths(deps: MatchDeps, input: MatchInput): Promise<MatchedPaths> {
  const { policy } = await loadPolicy(deps, { agent: input.agent, task: null, commit: null });
  const evaluator = await createEvaluator(deps, policy);
  const question = await askQuestion(deps, { point: 'path.write', agent: input.agent, task: null, paths: [], command: null, skill: null, facts: [] });
  const matches = input.paths.map((path): PathMatch => {
    const { unsafe } = comparePath(path);
    const decision = evaluator.explain({ ...question, resource: { kind: 'path', id: path, digest: null }, paths: [{ path, kind: null, mode: null }], facts: { ...question.facts, 'change.count': 1 } });
    return { path, unsafe, rules: policy.layers.flatMap((layer) => coveringRules(layer, path)), decision };
  });
  const files = input.counts ? await trackedFiles(deps) : null;
  return { matches, counts: files === null ? null : policy.layers.flatMap((layer) => countFiles(layer, files)) };
}

function coveringRules({ layer, rules }: PolicyLayer, path: string): CoveringRule[] {
  return rules.filter((rule) => isAboutPaths(rule) && covers(rule, path)).map((rule) => ({ id: rule.id, layer, effect: rule.effect, at: rule.at, points: rule.on.filter((point) => PATH_POINTS.has(point)), terms: otherTerms(rule) }));
}

/** A rule without paths is listed where every request is about one. */
const isAboutPaths = (rule: Rule): boolean => rule.on.some((point) => (rule.paths === null ? ALWAYS_PATHS : PATH_POINTS).has(point));
const ALWAYS_PATHS: ReadonlySet<PolicyPoint> = new Set<PolicyPoint>(['path.read', 'path.write', 'commit']);

function covers(rule: Rule, path: string): boolean {
  const set = setOf(rule);
  const { unsafe } = comparePath(path);
  // A path that can't be judged fits every deny and ask that speaks of paths, and no allow.
  if (unsafe !== null) return rule.effect !== 'allow';
  return set === null || matchesPath(set, path.replace(/\/$/, ''));
}

const setOf = (rule: Rule): ReturnType<typeof compilePathSet> | null => (rule.paths === null ? null : compilePathSet({ include: rule.paths, except: rule.except }, { fold: rule.effect !== 'allow' }));

function otherTerms(rule: Rule): string[] {
  const lists = (['agents', 'roles', 'labels', 'skills', 'tasks'] as const).flatMap((name) => (rule[name] === null ? [] : [`${name}: ${rule[name].join(', ')}`]));
  return rule.when === null ? lists : [...lists, `when: ${rule.when}`];
}

function countFiles({ layer, rules }: PolicyLayer, files: readonly string[]): RuleCount[] {
  return rules.flatMap((rule) => {
    const set = setOf(rule);
    return set === null ? [] : [{ id: rule.id, layer, at: rule.at, files: files.filter((file) => matchesPath(set, file)).length }];
  });
}

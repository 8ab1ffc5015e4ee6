import { FINDINGS_LIMIT, type PathFinding } from '../decision.js';
import { stricter, type Effect } from '../effect.js';
import type { DecisionRequest, RequestPath } from '../request.js';
import { coverCommands } from './cover-commands.js';
import type { CompiledPoint } from './compile-policy.js';
import { coversNames } from './path-index.js';
import { asksAboutPatterns, compileDeclared, coversPattern, type DeclaredPattern } from './match-pattern.js';
import { comparePath, type ComparedPath } from './request-path.js';
import type { RuleAnswer, RuleState } from './rule-state.js';
import { decideLayers, type Verdict } from './verdict.js';

export interface Case {
  readonly point: CompiledPoint;
  readonly request: DecisionRequest;
  /** In the order of `point.rules`. */
  readonly states: readonly RuleState[];
}

/** What rules and defaults come to, before approvals. */
export interface Judgement extends Verdict {
  readonly findings: readonly PathFinding[];
  readonly findingCount: number;
}

/** A request without paths. */
export function judgeOnce(subject: Case): Judgement {
  const verdict = judgeHits(subject, askOnce(subject));
  return { ...verdict, findings: [], findingCount: 0 };
}

/** Each path has its own effect; the strictest is that of the request. The paths are in a fixed order. */
export function judgePaths(subject: Case, paths: readonly RequestPath[]): Judgement {
  const shared = askOnce(subject);
  const everyPath = subject.states.filter((state) => state.isPerPath && !state.hasPaths);
  const uncomparable = subject.states.filter((state) => state.isPerPath && state.hasPaths && !state.compiled.isAllow);
  const broken = uncomparable.filter((state) => state.compiled.paths.kind === 'broken');
  const findings: PathFinding[] = [];
  let worst: Verdict | null = null;
  let findingCount = 0;
  const arePatterns = asksAboutPatterns(subject.request);
  for (const path of paths) {
    const compared = arePatterns ? compareDeclared(path.path) : comparePath(path.path);
    const hits = [...shared, ...everyPath.filter((state) => counts(state.askFor(path)))];
    if (compared.unsafe === null) hits.push(...('declared' in compared ? hitsByPattern(subject, path, compared.declared) : hitsByPath(subject, path, compared)), ...broken.filter((state) => counts(state.askForUncomparable(path, brokenPatterns(state)))));
    else hits.push(...uncomparable.filter((state) => counts(state.askForUncomparable(path, `the path can't be judged: ${compared.unsafe ?? ''}`))));
    const verdict = judgeHits(subject, hits);
    worst = worst === null || stricter(worst.effect, verdict.effect) !== worst.effect ? verdict : worst;
    if (verdict.effect === 'allow') continue;
    findingCount += 1;
    if (findings.length < FINDINGS_LIMIT) findings.push(toFinding(path.path, verdict.effect, hits));
  }
  return { ...(worst ?? judgeHits(subject, shared)), findings, findingCount };
}

const counts = (answer: RuleAnswer): boolean => answer !== 'no';
const brokenPatterns = (state: RuleState): string => (state.compiled.paths.kind === 'broken' ? state.compiled.paths.message : '');

/** Rules whose answer is the same for every path, and which matched. */
function askOnce(subject: Case): readonly RuleState[] {
  const matched = subject.states.filter((state) => !state.isPerPath && counts(state.askOnce()));
  return subject.request.point === 'command.run' ? coverCommands(matched, subject.request) : matched;
}

function hitsByPath({ point, states }: Case, path: RequestPath, compared: ComparedPath): readonly RuleState[] {
  const numbers = [...point.guards.find(compared.folded), ...point.allows.find([compared.exact])];
  return numbers.map((number) => states[number] as RuleState).filter((state) => state.isPerPath && !state.leavesOut(compared, coversNames) && counts(state.askFor(path)));
}

type Declared = { readonly unsafe: null; readonly declared: DeclaredPattern } | { readonly unsafe: string };

function compareDeclared(pattern: string): Declared {
  const declared = compileDeclared(pattern);
  return declared === null ? { unsafe: 'it is no path pattern' } : { unsafe: null, declared };
}

function hitsByPattern({ states }: Case, path: RequestPath, declared: DeclaredPattern): readonly RuleState[] {
  return states.filter((state) => state.isPerPath && state.hasPaths && coversPattern(state.compiled, declared) && counts(state.askFor(path)));
}

function judgeHits({ point, request }: Case, hits: readonly RuleState[]): Verdict {
  const effects: (Effect | null)[] = point.layers.map(() => null);
  const inForce = hits.filter((state) => state.override === null);
  for (const { compiled } of inForce) {
    const before = effects[compiled.layerIndex] ?? null;
    effects[compiled.layerIndex] = before === null ? compiled.rule.effect : stricter(before, compiled.rule.effect);
  }
  const verdict = decideLayers(point.layers, effects, request.point);
  for (const state of inForce) state.madeEffect ||= state.compiled.rule.effect === verdict.effect;
  return verdict;
}

function toFinding(path: string, effect: Effect, hits: readonly RuleState[]): PathFinding {
  const rules = hits.filter((state) => state.override === null && state.compiled.rule.effect === effect).map(({ compiled }) => ({ id: compiled.rule.id, layer: compiled.layer, at: compiled.rule.at, why: compiled.rule.why, rank: compiled.layerIndex }));
  return { path, effect, rules: rules.toSorted((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1)).map(({ id, layer, at, why }) => ({ id, layer, at, why })) };
}

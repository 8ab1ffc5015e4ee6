import type { Decision, RuleTrace } from '../decision.js';
import type { Effect } from '../effect.js';
import type { FactName, FactValue } from '../facts.js';
import type { LayerName } from '../layer.js';
import type { DecisionRequest } from '../request.js';
import type { CompiledPolicy } from './compile-policy.js';
import type { CompiledRule } from './compiled-rule.js';
import { messageOf } from './compiled-rule.js';
import { decide, evaluate } from './decide.js';
import { FactReader } from './fact-reader.js';
import { list, listMisfits, type Misfit } from './match-fields.js';
import { coversNames } from './path-index.js';
import { comparePath } from './request-path.js';
import { requestChanges } from './request-changes.js';
import { pathsOf, type RuleState } from './rule-state.js';

export interface RuleExplanation {
  readonly id: string;
  readonly layer: LayerName;
  readonly at: string;
  readonly effect: Effect;
  readonly result: RuleTrace['result'];
  /** What did not fit; empty for a rule that matched. */
  readonly misfits: readonly Misfit[];
}

/** One field or fact which, if it were otherwise, would change the effect. It was tried. */
export interface NearestChange {
  readonly field: string;
  readonly from: string;
  readonly to: string;
  /** What the effect would be then. */
  readonly effect: Effect;
}

export interface Explanation {
  readonly decision: Decision;
  readonly rules: readonly RuleExplanation[];
  /** Null when no single change of those tried makes a difference. */
  readonly nearest: NearestChange | null;
}

const SHOWN_PATHS = 3;

/** Why a decision is what it is: every rule of the point with what did not fit, and the nearest thing that would change it. */
export function explainDecision(compiled: CompiledPolicy, request: DecisionRequest): Explanation {
  const decision = decide(compiled, request, { trace: 'all' });
  const { states } = evaluate(compiled, request, { trace: 'all' });
  const traces = new Map(decision.rules.map((rule) => [`${rule.layer}:${rule.id}`, rule]));
  const rules = states.map((state) => ({ state, misfits: state.answer === 'no' ? misfitsOf(state, request) : [] }));
  const explained = rules.map(({ state: { compiled: { rule, layer } }, misfits }) => ({ id: rule.id, layer, at: rule.at, effect: rule.effect, result: traces.get(`${layer}:${rule.id}`)?.result ?? 'no', misfits }));
  return { decision, rules: explained, nearest: findNearest(compiled, decision.effect, requestChanges(rules, request)) };
}

function findNearest(compiled: CompiledPolicy, effect: Effect, changes: ReturnType<typeof requestChanges>): NearestChange | null {
  for (const { field, from, to, request } of changes) {
    const other = decide(compiled, request).effect;
    if (other !== effect) return { field, from, to, effect: other };
  }
  return null;
}

function misfitsOf(state: RuleState, request: DecisionRequest): readonly Misfit[] {
  const { compiled } = state;
  const lists = listMisfits(compiled.rule, request);
  const fitsLists = lists.length === 0;
  return [
    ...lists,
    ...(fitsLists && !state.fits ? [commandMisfit(compiled, request)] : []),
    ...(state.hasPaths && !coversSome(compiled, request) ? [pathMisfit(compiled, request)] : []),
    ...conditionMisfit(compiled, request),
  ];
}

function commandMisfit({ rule }: CompiledRule, { command }: DecisionRequest): Misfit {
  const wanted = rule.command === null ? 'a command that can be read' : [...rule.command.starts, ...(rule.command.any.length === 0 ? [] : [`(${rule.command.any.join(' | ')})`])].join(' ');
  return { field: 'command', wanted, had: command === null ? 'none' : command.kind === 'plain' ? command.text : `${command.text} (unreadable: ${command.reason})` };
}

function pathMisfit({ rule }: CompiledRule, request: DecisionRequest): Misfit {
  const paths = pathsOf(request).map((entry) => entry.path);
  const more = paths.length - SHOWN_PATHS;
  const except = rule.except.length === 0 ? '' : ` except ${rule.except.join(', ')}`;
  return { field: 'paths', wanted: `${list(rule.paths ?? [])}${except}`, had: `${list(paths.slice(0, SHOWN_PATHS))}${more > 0 ? ` and ${more} more` : ''}` };
}

function coversSome(rule: CompiledRule, request: DecisionRequest): boolean {
  const { paths } = rule;
  if (paths.kind !== 'ready') return false;
  return pathsOf(request).some(({ path }) => {
    const compared = comparePath(path);
    if (compared.unsafe !== null) return !rule.isAllow;
    const isLeftOut = paths.exceptions !== null && compared.folded.some((names) => paths.exceptions !== null && coversNames(paths.exceptions, names));
    return !isLeftOut && (rule.isAllow ? [compared.exact] : compared.folded).some((names) => coversNames(paths.set, names));
  });
}

function conditionMisfit({ condition, rule }: CompiledRule, request: DecisionRequest): readonly Misfit[] {
  if (condition.kind !== 'ready') return [];
  const seen = new Map<FactName, FactValue | null>();
  const [path = null] = pathsOf(request);
  try {
    if (condition.condition.evaluate(new FactReader(request.facts).reading(path, seen))) return [];
  } catch (error) {
    return [{ field: 'when', wanted: rule.when ?? '', had: messageOf(error) }];
  }
  return [{ field: 'when', wanted: rule.when ?? '', had: list([...seen].map(([name, value]) => `${name} = ${JSON.stringify(value)}`)) }];
}

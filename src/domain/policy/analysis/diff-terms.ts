import { EFFECTS, type Effect } from '../effect.js';
import type { EffectivePolicy, Override } from '../layer.js';
import { compareDecimals } from '../layers/decimal.js';
import { strictestDefault } from '../layers/defaults.js';
import { effectiveLimits } from '../layers/limits.js';
import { effectiveTeams, requiredEvidence } from '../layers/requirements.js';
import { POLICY_POINTS, type PolicyPoint } from '../point.js';
import type { DecisionRequest } from '../request.js';
import { ALWAYS } from './conditions/normal-form.js';
import { solvePair, type Model } from './conditions/solve.js';
import type { DiffDependencies, DraftChange } from './diff-results.js';
import type { Side } from './diff-sides.js';
import { candidates, candidatesOfRule } from './find-witness.js';
import { pointsOf } from './prepare-rule.js';

type Direction = DraftChange['direction'];

const NOWHERE = { layer: null, at: null, candidates: (): Iterable<DecisionRequest> => [] };

/** What layers, defaults, limits, evidence, teams and overrides may change. */
export function diffTerms(old: Side, next: Side, dependencies: DiffDependencies): readonly DraftChange[] {
  return [
    ...diffEngine(old.policy, next.policy),
    ...diffLayers(old, next),
    ...diffDefaults(old, next, dependencies),
    ...diffLimits(old.policy, next.policy, dependencies),
    ...diffEvidence(old.policy, next.policy),
    ...diffTeams(old, next),
    ...diffOverrides(old, next, dependencies),
  ];
}

function diffEngine(old: EffectivePolicy, next: EffectivePolicy): readonly DraftChange[] {
  if (old.engine === next.engine) return [];
  return BOTH.map((direction) => ({ ...NOWHERE, kind: 'engine', direction, name: next.engine, what: `The engine changed from ${old.engine} to ${next.engine}`, certain: false }));
}

const BOTH: readonly Direction[] = ['wider', 'narrower'];

/** What a layer says is compared part by part; a layer by itself says nothing. */
function diffLayers(old: Side, next: Side): readonly DraftChange[] {
  const shared = (side: Side, other: Side): string => side.slots.filter((slot) => other.slots.includes(slot)).join();
  if (shared(old, next) === shared(next, old)) return [];
  return BOTH.map((direction) => ({ ...NOWHERE, kind: 'layer', direction, name: 'order', what: 'The layers are in another order', certain: false }));
}

function diffDefaults(old: Side, next: Side, { nowMs }: DiffDependencies): readonly DraftChange[] {
  const slots = [...new Set([...old.slots, ...next.slots])];
  return slots.flatMap((slot) =>
    POLICY_POINTS.flatMap((point) => {
      const [before, after] = [rangeOf(old, slot, point), rangeOf(next, slot, point)];
      if (before.said === after.said) return [];
      const layer = (next.layerOf(slot) ?? old.layerOf(slot))?.layer ?? null;
      const what = `The default of ${point} changed from ${before.said ?? 'nothing'} to ${after.said ?? 'nothing'}`;
      const draft = { kind: 'default' as const, name: point, layer, at: null, what, certain: false, candidates: () => plainRequests([point], nowMs) };
      return [...(isLess(after.low, before.high) ? [{ ...draft, direction: 'wider' as const }] : []), ...(isLess(before.low, after.high) ? [{ ...draft, direction: 'narrower' as const }] : [])];
    }),
  );
}

/** A layer that says nothing about a point holds what it does not allow to the layers above, if it allows anything there. */
function rangeOf(side: Side, slot: string, point: PolicyPoint): { readonly said: Effect | null; readonly low: Effect; readonly high: Effect } {
  const said = side.layerOf(slot)?.defaults[point] ?? null;
  if (said !== null) return { said, low: said, high: said };
  return { said, low: 'allow', high: strictestDefault(side.policy.layers.slice(0, Math.max(side.slots.indexOf(slot), 0)), point) };
}

const isLess = (a: Effect, b: Effect): boolean => EFFECTS.indexOf(a) < EFFECTS.indexOf(b);

/** Requests that hardly any rule is about, and ordinary ones. */
function* plainRequests(points: readonly PolicyPoint[], nowMs: number, facts: Model['facts'] = {}): Generator<DecisionRequest> {
  const model: Model = { facts, absent: [], certain: true, pathPatterns: [] };
  for (const paths of [null, ['no-rule/is-about/this']]) yield* candidates({ rules: [], points, models: [model], paths, nowMs });
}

const COST_POINTS: readonly PolicyPoint[] = ['task.claim', 'task.execute', 'tool.use'];
/** Beyond every limit that a person would set, for a limit that is gone. */
const VERY_MUCH = 1_000_000_000;

function diffLimits(old: EffectivePolicy, next: EffectivePolicy, { nowMs }: DiffDependencies): readonly DraftChange[] {
  const [before, after] = [effectiveLimits(old), effectiveLimits(next)];
  const limits = [
    ['run.usd', 'run.costUsd', before.run.usd, after.run.usd],
    ['run.minutes', 'run.minutes', before.run.minutes, after.run.minutes],
    ['run.tool_calls', 'run.toolCalls', before.run.toolCalls, after.run.toolCalls],
    ['day.usd', 'cost.dayUsd', before.day.usd, after.day.usd],
  ] as const;
  return limits.flatMap(([name, fact, was, is]) => {
    const order = compareLimits(was, is);
    if (order === 0) return [];
    const between = (Math.min(limitValue(was), limitValue(is)) + Math.max(Math.min(limitValue(was), VERY_MUCH), Math.min(limitValue(is), VERY_MUCH))) / 2;
    const facts = { [fact]: name === 'run.tool_calls' ? Math.ceil(between) : between };
    return [{ ...NOWHERE, kind: 'limit' as const, direction: order < 0 ? ('wider' as const) : ('narrower' as const), name, what: `The limit ${name} changed from ${was ?? 'none'} to ${is ?? 'none'}`, certain: true, candidates: () => plainRequests(COST_POINTS, nowMs, facts) }];
  });
}

const limitValue = (limit: string | number | null): number => (limit === null ? VERY_MUCH : Number(limit));

/** Negative when the second one lets more through. */
function compareLimits(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return typeof a === 'string' && typeof b === 'string' ? compareDecimals(a, b) : Number(a) - Number(b);
}

function diffEvidence(old: EffectivePolicy, next: EffectivePolicy): readonly DraftChange[] {
  const [before, after] = [requiredEvidence(old), requiredEvidence(next)];
  const make = (direction: Direction, name: string, what: string): DraftChange => ({ ...NOWHERE, kind: 'evidence', direction, name, what, certain: true });
  return [
    ...before.filter((kind) => !after.includes(kind)).map((kind) => make('wider', kind, `The evidence ${kind} is not required any more`)),
    ...after.filter((kind) => !before.includes(kind)).map((kind) => make('narrower', kind, `The evidence ${kind} is required now`)),
  ];
}

/** Who may approve. A team without members is a change both ways: nobody in it can approve, and an ask of nobody may be one of anybody. */
function diffTeams(old: Side, next: Side): readonly DraftChange[] {
  const [before, after] = [effectiveTeams(old.policy), effectiveTeams(next.policy)];
  return [...new Set([...before.keys(), ...after.keys()])].filter((team) => isAsked(team, old) && isAsked(team, next)).flatMap((team) => {
    const [was, is] = [before.get(team) ?? [], after.get(team) ?? []];
    const [added, removed] = [is.filter((name) => !was.includes(name)), was.filter((name) => !is.includes(name))];
    const make = (direction: Direction, what: string): DraftChange => ({ ...NOWHERE, kind: 'team', direction, name: team, what, certain: true });
    return [
      ...(added.length > 0 ? [make('wider', `${added.join(', ')} may approve for the team ${team} now`)] : []),
      ...(removed.length > 0 ? [make('narrower', `${removed.join(', ')} may not approve for the team ${team} any more`)] : []),
      ...(removed.length > 0 && is.length === 0 ? [make('wider', `The team ${team} has no members any more`)] : []),
    ];
  });
}

const isAsked = (team: string, side: Side): boolean => side.rules.some((rule) => rule.rule.approval?.from.includes(`team:${team}`));

function diffOverrides(old: Side, next: Side, dependencies: DiffDependencies): readonly DraftChange[] {
  const [before, after] = [overridesOf(old), overridesOf(next)];
  const missing = (from: readonly Override[], other: readonly Override[]): readonly Override[] => from.filter((override) => !other.some((known) => keyOf(known) === keyOf(override)));
  return [
    ...missing(after, before).map((override) => overrideDraft(override, { direction: 'wider', side: next, what: 'was added' }, dependencies)),
    ...missing(before, after).map((override) => overrideDraft(override, { direction: 'narrower', side: old, what: 'is gone' }, dependencies)),
  ];
}

const overridesOf = (side: Side): readonly Override[] => side.policy.layers.flatMap((layer) => layer.overrides.filter((override) => override.layer === layer.layer));
const keyOf = (override: Override): string => JSON.stringify([override.rule, override.layer, override.expiresAtMs]);

function overrideDraft(override: Override, about: { readonly direction: Direction; readonly side: Side; readonly what: string }, { nowMs }: DiffDependencies): DraftChange {
  const times = [nowMs, override.expiresAtMs - 1];
  const rules = about.side.rules.filter(({ rule }) => rule.id === override.rule);
  const requests = (): Iterable<DecisionRequest> => rules.flatMap((rule) => times.flatMap((time) => [...candidatesOfRule(rule, solvePair(rule.holds, ALWAYS, 'both-true').models, { points: pointsOf(rule.points), nowMs: time })]));
  return { kind: 'override', direction: about.direction, name: override.rule, layer: override.layer, at: override.at, what: `The override of ${override.rule} (${override.at}) ${about.what}`, certain: false, candidates: requests };
}

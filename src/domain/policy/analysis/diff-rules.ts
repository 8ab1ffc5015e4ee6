import { EFFECTS } from '../effect.js';
import type { DecisionRequest } from '../request.js';
import { compareTerms, type Directions } from './approval-terms.js';
import { solvePair } from './conditions/solve.js';
import { compareStructure, solveConditions } from './compare-rules.js';
import { ALWAYS } from './conditions/normal-form.js';
import { coversRule } from './covers.js';
import type { ChangeKind, DiffDependencies, DraftChange } from './diff-results.js';
import type { Side } from './diff-sides.js';
import { candidates, candidatesOfRule } from './find-witness.js';
import { examplesOutside } from './paths.js';
import { pointsOf, type PreparedRule } from './prepare-rule.js';
import { matchKey } from './rule-findings.js';
import { nameOf } from './sentences.js';
import { variantsOutside } from './variants.js';

/** What rules that are not on both sides may change, each in the directions that could not be ruled out. */
export class RuleDiff {
  private readonly old: Side;
  private readonly next: Side;
  private readonly dependencies: DiffDependencies;

  constructor(old: Side, next: Side, dependencies: DiffDependencies) {
    this.old = old;
    this.next = next;
    this.dependencies = dependencies;
  }

  drafts(): readonly DraftChange[] {
    const gone = this.old.rules.flatMap((rule) => this.leaves(rule));
    const come = this.next.rules.flatMap((rule) => this.arrives(rule));
    return [...gone, ...come];
  }

  private leaves(rule: PreparedRule): readonly DraftChange[] {
    const successor = this.next.find(this.old.nameOf(rule));
    if (successor !== null && saysTheSame(rule, successor)) return this.compareExtras(rule, successor);
    const effects = this.effectsOf(rule, { own: this.old, other: this.next, counterpart: successor });
    // What its arrival would do, its going undoes.
    const directions = { wider: effects.narrower, narrower: effects.wider };
    const firmness = successor === null ? [] : firmnessDrafts(rule, successor);
    return [...firmness, ...this.toDrafts({ kind: successor === null ? 'rule-removed' : 'rule-changed', rule, counterpart: successor }, directions)];
  }

  private arrives(rule: PreparedRule): readonly DraftChange[] {
    const predecessor = this.old.find(this.next.nameOf(rule));
    if (predecessor !== null && saysTheSame(predecessor, rule)) return [];
    const directions = this.effectsOf(rule, { own: this.next, other: this.old, counterpart: predecessor });
    return this.toDrafts({ kind: predecessor === null ? 'rule-added' : 'rule-changed', rule, counterpart: predecessor }, directions);
  }

  /** Which way a policy goes when it gets the rule. The other side is the policy without it. */
  private effectsOf(rule: PreparedRule, sides: Sides): Directions {
    return {
      narrower: (rule.rule.effect !== 'allow' && !this.isMadeUpFor(rule, sides)) || this.speaksUp(rule, sides),
      wider: (this.outranksDefault(rule) && !isSpokenFor(rule, sides)) || this.mixesTerms(rule, sides.own),
    };
  }

  private toDrafts(of: { readonly kind: ChangeKind; readonly rule: PreparedRule; readonly counterpart: PreparedRule | null }, directions: Directions): readonly DraftChange[] {
    return [...(directions.wider ? [this.draft({ ...of, direction: 'wider' })] : []), ...(directions.narrower ? [this.draft({ ...of, direction: 'narrower' })] : [])];
  }

  /** A layer that allows something at a point holds everything else there to the defaults of the layers above: its first allow does both. */
  private speaksUp(rule: PreparedRule, { own, other }: Sides): boolean {
    if (rule.rule.effect !== 'allow' || !this.outranksDefault(rule)) return false;
    const others = other.rules.filter((known) => known.rule.effect === 'allow' && other.slotOf(known) === own.slotOf(rule));
    return pointsOf(rule.points).some((point) => !others.some((known) => known.rule.on.includes(point)));
  }

  /** An ask brings its approvers to those of the asks that it meets, and its terms in place of those of a default. */
  private mixesTerms(rule: PreparedRule, side: Side): boolean {
    if (rule.rule.effect !== 'ask') return false;
    const terms = rule.rule.approval ?? this.dependencies.defaultApproval;
    if (compareTerms(this.dependencies.defaultApproval, terms).wider && pointsOf(rule.points).some((point) => side.strictestDefault(point) !== 'allow')) return true;
    return side.rules.some((other) => {
      const from = other.rule.approval?.from ?? [];
      if (other === rule || other.rule.effect !== 'ask' || from.length === 0 || terms.from.every((name) => from.includes(name))) return false;
      return compareStructure(rule, other).kind === 'meet' && !solveConditions(rule, other).excluded;
    });
  }

  /** Rules that match the same can still ask for other approvals, or be firmer. */
  private compareExtras(old: PreparedRule, next: PreparedRule): readonly DraftChange[] {
    const terms = old.rule.effect === 'ask' ? this.compareTermsOf(old, next) : { wider: false, narrower: false };
    const make = (direction: 'wider' | 'narrower'): DraftChange => ({ ...this.draft({ kind: 'approval', direction, rule: next, counterpart: null }), what: `The approval that ${nameOf(next)} asks for changed`, certain: true });
    return [...(terms.wider ? [make('wider')] : []), ...(terms.narrower ? [make('narrower')] : []), ...firmnessDrafts(old, next)];
  }

  private compareTermsOf(old: PreparedRule, next: PreparedRule): Directions {
    return compareTerms(old.rule.approval ?? this.dependencies.defaultApproval, next.rule.approval ?? this.dependencies.defaultApproval);
  }

  /** Proved: without the rule, the other policy is not less strict where the rule takes effect. */
  private isMadeUpFor(rule: PreparedRule, { other, counterpart }: Sides): boolean {
    return other.rules.some((cover) => {
      if (EFFECTS.indexOf(cover.rule.effect) < EFFECTS.indexOf(rule.rule.effect) || other.isOverridden(cover.rule.id)) return false;
      if (cover.rule.effect === 'ask' && this.compareTermsOf(rule, cover).wider) return false;
      return (cover === counterpart || isAsFirm(cover, rule)) && coversRule(cover, rule);
    });
  }

  /** In its layer a rule counts instead of the default. Where no default is stricter than the rule, that takes nothing away. */
  private outranksDefault(rule: PreparedRule): boolean {
    return pointsOf(rule.points).some((point) => [this.old, this.next].some((side) => EFFECTS.indexOf(side.strictestDefault(point)) > EFFECTS.indexOf(rule.rule.effect)));
  }

  private draft(of: { readonly kind: ChangeKind; readonly direction: 'wider' | 'narrower'; readonly rule: PreparedRule; readonly counterpart: PreparedRule | null }): DraftChange {
    const { kind, direction, rule, counterpart } = of;
    return { kind, direction, name: rule.rule.id, layer: rule.layer, at: rule.rule.at, what: `${nameOf(rule)} ${WHAT_HAPPENED.get(kind) ?? 'changed'}`, certain: false, candidates: () => candidatesOf(rule, counterpart, this.dependencies) };
  }
}

/** A rule that only one of the policies has. */
interface Sides {
  /** The policy that has the rule. */
  readonly own: Side;
  readonly other: Side;
  /** The rule of the same name on the other side. */
  readonly counterpart: PreparedRule | null;
}

/** Proved: wherever the rule takes effect, another one of its layer does so too in the other policy, so no default counts there. */
function isSpokenFor(rule: PreparedRule, { own, other }: Sides): boolean {
  return other.rules.some((cover) => other.slotOf(cover) === own.slotOf(rule) && !other.isOverridden(cover.rule.id) && coversRule(cover, rule));
}

const WHAT_HAPPENED: ReadonlyMap<ChangeKind, string> = new Map([
  ['rule-added', 'was added'],
  ['rule-removed', 'was removed'],
]);

const saysTheSame = (a: PreparedRule, b: PreparedRule): boolean => matchKey(a) === matchKey(b);

/** Requests of the rule, first those that its counterpart does not match. */
function* candidatesOf(rule: PreparedRule, counterpart: PreparedRule | null, { nowMs, compile }: DiffDependencies): Generator<DecisionRequest> {
  const { models } = solvePair(rule.holds, ALWAYS, 'both-true');
  if (counterpart !== null) {
    const { models: outside } = solvePair(rule.holds, counterpart.fails, 'both-true');
    const all = [...outside, ...models];
    if (rule.paths !== null && counterpart.paths !== null) yield* candidates({ rules: [rule], points: pointsOf(rule.points), models: all, paths: examplesOutside(rule.paths, counterpart.paths), nowMs });
    yield* candidatesOfRule(rule, outside, { points: pointsOf(rule.points), nowMs });
    for (const variant of variantsOutside(rule, counterpart, compile)) yield* candidatesOfRule(variant, models, { points: pointsOf(variant.points), nowMs });
  }
  yield* candidatesOfRule(rule, models, { points: pointsOf(rule.points), nowMs });
}

function isAsFirm(a: PreparedRule, b: PreparedRule): boolean {
  return (a.rule.locked || !b.rule.locked) && a.rule.overridable.every((layer) => b.rule.overridable.includes(layer));
}

function firmnessDrafts(old: PreparedRule, next: PreparedRule): readonly DraftChange[] {
  const make = (kind: 'locked' | 'overridable', direction: 'wider' | 'narrower', what: string): DraftChange => ({ kind, direction, name: next.rule.id, layer: next.layer, at: next.rule.at, what: `${nameOf(next)} ${what}`, certain: true, candidates: () => [] });
  const added = next.rule.overridable.filter((layer) => !old.rule.overridable.includes(layer));
  const removed = old.rule.overridable.filter((layer) => !next.rule.overridable.includes(layer));
  return [
    ...(old.rule.locked && !next.rule.locked ? [make('locked', 'wider', 'is not locked any more')] : []),
    ...(!old.rule.locked && next.rule.locked ? [make('locked', 'narrower', 'is locked now')] : []),
    ...(added.length > 0 ? [make('overridable', 'wider', `can be overridden by ${added.join(', ')} now`)] : []),
    ...(removed.length > 0 ? [make('overridable', 'narrower', `can't be overridden by ${removed.join(', ')} any more`)] : []),
  ];
}

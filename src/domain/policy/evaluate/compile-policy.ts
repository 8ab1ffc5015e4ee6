import { AiError } from '../../kernel/errors.js';
import { quote } from '../../kernel/ids.js';
import type { CompileCondition } from '../condition.js';
import type { Effect } from '../effect.js';
import type { EffectivePolicy, LayerName, PolicyLayer } from '../layer.js';
import { policyJson, type Sha256 } from '../layers/digest.js';
import { strictestDefault } from '../layers/defaults.js';
import { POLICY_POINTS, type PolicyPoint } from '../point.js';
import { CompiledRule } from './compiled-rule.js';
import { PathIndex } from './path-index.js';

/** A policy ready for questions. Path sets, indexes and conditions are compiled when a point is first asked. */
export interface CompiledPolicy {
  readonly policy: EffectivePolicy;
  /** Null when no hash was given: then no approval counts. */
  readonly sha256: Sha256 | null;
  at(point: PolicyPoint): CompiledPoint;
  /** Canonical JSON of the policy, made once. */
  json(): string;
  /** Its SHA-256, computed once for each hash function. */
  digest(sha256: Sha256): string;
  /** The same without the commits that it was read from: what an approval is bound to lasts as long as the words do. */
  contentDigest(sha256: Sha256): string;
}

export interface CompiledPoint {
  readonly rules: readonly CompiledRule[];
  readonly layers: readonly LayerAtPoint[];
  /** Numbers of `rules` whose paths cover a path: denies and asks folded, allows exactly. */
  readonly guards: NumberedIndex;
  readonly allows: NumberedIndex;
}

export interface LayerAtPoint {
  readonly layer: LayerName;
  readonly source: string;
  readonly ownDefault: Effect | null;
  readonly hasAllow: boolean;
  /** The strictest default of this layer and all above. */
  readonly ceiling: Effect;
}

export interface CompileOptions {
  /** Needed for approvals to count: they are bound to digests. */
  readonly sha256?: Sha256;
  /** Conditions of these points are compiled at once; of all, when left out. The rest waits until its point is asked. */
  readonly points?: readonly PolicyPoint[];
}

/** Throws INVALID_POLICY when a `when` of the given points does not compile. One that is compiled later and fails is an evaluation error. */
export function compilePolicy(policy: EffectivePolicy, compile: CompileCondition, options: CompileOptions = {}): CompiledPolicy {
  const compiled = new LazyPolicy(policy, compile, options.sha256 ?? null);
  const points = new Set(options.points ?? POLICY_POINTS);
  for (const rule of compiled.rules) {
    if (rule.rule.on.some((point) => points.has(point))) refuseBrokenCondition(rule);
  }
  return compiled;
}

function refuseBrokenCondition(rule: CompiledRule): void {
  if (rule.condition.kind !== 'broken') return;
  throw new AiError({ code: 'INVALID_POLICY', message: `${rule.rule.at}: the condition of the rule ${quote(rule.rule.id)} can't be used: ${rule.condition.message}`, hint: rule.condition.hint ?? 'Correct the expression after when:.' });
}

class LazyPolicy implements CompiledPolicy {
  readonly policy: EffectivePolicy;
  readonly sha256: Sha256 | null;
  readonly rules: readonly CompiledRule[];
  private readonly points = new Map<PolicyPoint, CompiledPoint>();
  private readonly digests = new Map<Sha256, string>();
  private readonly contentDigests = new Map<Sha256, string>();
  private text: string | undefined;

  constructor(policy: EffectivePolicy, compile: CompileCondition, sha256: Sha256 | null) {
    this.policy = policy;
    this.sha256 = sha256;
    this.rules = policy.layers.flatMap((layer, layerIndex) => layer.rules.map((rule) => new CompiledRule({ rule, layer: layer.layer, layerIndex }, compile)));
  }

  at(point: PolicyPoint): CompiledPoint {
    const known = this.points.get(point);
    if (known !== undefined) return known;
    const rules = this.rules.filter((rule) => rule.rule.on.includes(point));
    const layers = this.policy.layers.map((layer, index) => layerAtPoint(layer, this.policy.layers.slice(0, index + 1), point));
    const compiled = { rules, layers, guards: new NumberedIndex(rules, (rule) => !rule.isAllow), allows: new NumberedIndex(rules, (rule) => rule.isAllow) };
    this.points.set(point, compiled);
    return compiled;
  }

  json(): string {
    this.text ??= policyJson(this.policy);
    return this.text;
  }

  digest(sha256: Sha256): string {
    const digest = this.digests.get(sha256) ?? sha256(this.json());
    this.digests.set(sha256, digest);
    return digest;
  }

  contentDigest(sha256: Sha256): string {
    const digest = this.contentDigests.get(sha256) ?? sha256(policyJson(contentOf(this.policy)));
    this.contentDigests.set(sha256, digest);
    return digest;
  }
}

function contentOf(policy: EffectivePolicy): EffectivePolicy {
  return { ...policy, layers: policy.layers.map((layer) => ({ ...layer, revision: null })) };
}

function layerAtPoint(layer: PolicyLayer, upToHere: readonly PolicyLayer[], point: PolicyPoint): LayerAtPoint {
  const hasAllow = layer.rules.some((rule) => rule.effect === 'allow' && rule.on.includes(point));
  return { layer: layer.layer, source: layer.source, ownDefault: layer.defaults[point] ?? null, hasAllow, ceiling: strictestDefault(upToHere, point) };
}

/** An index over those rules that have paths and fulfil a condition. */
export class NumberedIndex {
  private readonly numbers: readonly number[];
  private readonly index: PathIndex;

  constructor(rules: readonly CompiledRule[], wanted: (rule: CompiledRule) => boolean) {
    const chosen = rules.flatMap((rule, number) => (wanted(rule) && rule.paths.kind === 'ready' ? [{ number, set: rule.paths.set }] : []));
    this.numbers = chosen.map(({ number }) => number);
    this.index = new PathIndex(chosen.map(({ set }) => set));
  }

  /** Numbers of the rules that cover one of the forms of a path. */
  find(forms: readonly (readonly string[])[]): readonly number[] {
    if (this.numbers.length === 0) return [];
    const found = new Set<number>();
    for (const names of forms) this.index.find(names, found);
    return Array.from(found, (position) => this.numbers[position] ?? 0);
  }
}


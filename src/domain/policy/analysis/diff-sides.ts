import type { CompileCondition } from '../condition.js';
import type { Effect } from '../effect.js';
import type { EffectivePolicy } from '../layer.js';
import { strictestDefault } from '../layers/defaults.js';
import type { PolicyPoint } from '../point.js';
import { prepareRules, type PreparedRule } from './prepare-rule.js';

/** One of the two policies, with its rules by name. A slot is a layer by its name, numbered where there are several. */
export class Side {
  readonly policy: EffectivePolicy;
  readonly rules: readonly PreparedRule[];
  readonly slots: readonly string[];
  private readonly byName: ReadonlyMap<string, PreparedRule>;
  private readonly overridden: ReadonlySet<string>;

  constructor(policy: EffectivePolicy, compile: CompileCondition) {
    this.policy = policy;
    this.rules = prepareRules(policy, compile);
    this.slots = policy.layers.map(({ layer }, index) => `${layer} ${policy.layers.slice(0, index).filter((before) => before.layer === layer).length}`);
    this.byName = new Map(this.rules.map((rule) => [this.nameOf(rule), rule]));
    this.overridden = new Set(policy.layers.flatMap((layer) => layer.overrides.map((override) => override.rule)));
  }

  slotOf(rule: PreparedRule): string {
    return this.slots[rule.layerIndex] ?? '';
  }

  nameOf(rule: PreparedRule): string {
    return `${this.slotOf(rule)} ${rule.rule.id}`;
  }

  find(name: string): PreparedRule | null {
    return this.byName.get(name) ?? null;
  }

  isOverridden(id: string): boolean {
    return this.overridden.has(id);
  }

  /** The strictest default of all layers, and of the product. */
  strictestDefault(point: PolicyPoint): Effect {
    return strictestDefault(this.policy.layers, point);
  }

  layerOf(slot: string): EffectivePolicy['layers'][number] | null {
    return this.policy.layers[this.slots.indexOf(slot)] ?? null;
  }
}

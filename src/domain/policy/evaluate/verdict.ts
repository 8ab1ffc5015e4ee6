import { stricter, type Effect } from '../effect.js';
import { builtinDefault } from '../layers/defaults.js';
import type { PolicyPoint } from '../point.js';
import type { LayerAtPoint } from './compile-policy.js';

/** The strictest effect of the matching rules of each layer, by the number of the layer; null where none matched. */
export type LayerEffects = readonly (Effect | null)[];

/** Whose default made the effect; null when a rule or the product's own default did. */
export interface Verdict {
  readonly effect: Effect;
  readonly byDefaultOf: LayerAtPoint | null;
  /** No layer had an opinion. */
  readonly unspoken: boolean;
}

/** Each layer speaks for itself, and the strictest opinion counts: a lower layer can take away, never give. */
export function decideLayers(layers: readonly LayerAtPoint[], effects: LayerEffects, point: PolicyPoint): Verdict {
  let strictest: Verdict | null = null;
  for (const [index, layer] of layers.entries()) {
    const byRule = effects[index] ?? null;
    const opinion = byRule ?? layer.ownDefault ?? (layer.hasAllow ? layer.ceiling : null);
    if (opinion === null || (strictest !== null && stricter(strictest.effect, opinion) === strictest.effect)) continue;
    strictest = { effect: opinion, byDefaultOf: byRule === null ? layer : null, unspoken: false };
  }
  return strictest ?? { effect: builtinDefault(point), byDefaultOf: null, unspoken: true };
}

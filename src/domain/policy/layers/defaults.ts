import { stricter, type Effect } from '../effect.js';
import type { PolicyLayer } from '../layer.js';
import type { PolicyPoint } from '../point.js';

/** What a point answers when no layer says anything about it. */
export const builtinDefault = (point: PolicyPoint): Effect => (point === 'policy.change' ? 'ask' : 'allow');

/** The strictest default of these layers and of the product for a point. */
export function strictestDefault(layers: readonly PolicyLayer[], point: PolicyPoint): Effect {
  return layers.reduce<Effect>((effect, layer) => stricter(effect, layer.defaults[point] ?? 'allow'), builtinDefault(point));
}

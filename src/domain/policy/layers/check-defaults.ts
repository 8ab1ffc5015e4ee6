import { stricter } from '../effect.js';
import { POLICY_POINTS } from '../point.js';
import type { LayerView } from './layer-view.js';
import { strictestDefault } from './defaults.js';
import { layerProblem, type LayerProblem } from './problem.js';

/** A lower layer may only tighten a default. */
export function checkDefaults(view: LayerView): readonly LayerProblem[] {
  return POLICY_POINTS.flatMap((point) => {
    const own = view.layer.defaults[point];
    const above = strictestDefault(view.above, point);
    if (own === undefined || stricter(own, above) === own) return [];
    const message = `the default of ${point} is ${above} above this layer, and ${own} would weaken it.`;
    return [layerProblem(view.layer, { code: 'default-weakened', at: null, message, hint: `Write ${above} or something stricter, or leave the default of ${point} out.` })];
  });
}

import { ENGINE, LAYER_NAMES, type EffectivePolicy, type LayerName, type PolicyLayer } from '../layer.js';
import { checkApprovers, checkTeams } from './check-teams.js';
import { checkDefaults } from './check-defaults.js';
import { checkLimits } from './check-limits.js';
import { checkOverrides } from './check-overrides.js';
import { checkRuleIds } from './check-rule-ids.js';
import type { LayerView } from './layer-view.js';
import { layerProblem, type LayerProblem } from './problem.js';

const CHECKS: readonly ((view: LayerView) => readonly LayerProblem[])[] = [checkRepeatedLayer, checkRuleIds, checkDefaults, checkOverrides, checkTeams, checkApprovers, checkLimits];

/**
 * Puts layers in their order and checks that none does what it may not: weaken a default, override what is not open to it,
 * repeat a rule id, add to a team of a layer above, set a limit that is no amount. Every problem is an error: with one of
 * them the policy must not be used, though evaluating it would not let a lower layer widen anything.
 */
export function combineLayers(layers: readonly PolicyLayer[], nowMs: number): { readonly policy: EffectivePolicy; readonly problems: readonly LayerProblem[] } {
  const ordered = layers.toSorted((a, b) => rankOf(a.layer) - rankOf(b.layer));
  const problems = ordered.flatMap((layer, index) => CHECKS.flatMap((check) => check({ layer, above: ordered.slice(0, index), nowMs })));
  return { policy: { engine: ENGINE, layers: ordered }, problems };
}

const rankOf = (layer: LayerName): number => LAYER_NAMES.indexOf(layer);

function checkRepeatedLayer(view: LayerView): readonly LayerProblem[] {
  const other = view.above.find((above) => above.layer === view.layer.layer);
  if (other === undefined) return [];
  return [layerProblem(view.layer, { code: 'layer-repeated', at: null, message: `there are two ${view.layer.layer} layers: ${other.source} and ${view.layer.source}.`, hint: 'Keep one of the two files.' })];
}

import { LAYER_NAMES, type LayerName, type Override, type PolicyLayer, type Rule } from '../layer.js';

const rankOf = (layer: LayerName): number => LAYER_NAMES.indexOf(layer);

/** True when rules of the first layer lie above the second. */
export const isAbove = (upper: LayerName, lower: LayerName): boolean => rankOf(upper) < rankOf(lower);

/** Whether the layer may override the rule at all, whatever the time and the reason. */
export function mayOverride(rule: Rule, of: LayerName, by: LayerName): boolean {
  return isAbove(of, by) && !rule.locked && rule.overridable.includes(by);
}

/** The override that is in force against a rule at this time (ms since epoch), or null. */
export function overrideInForce(rule: { readonly rule: Rule; readonly layer: LayerName }, layers: readonly PolicyLayer[], nowMs: number): Override | null {
  for (const layer of layers) {
    if (!mayOverride(rule.rule, rule.layer, layer.layer)) continue;
    const found = layer.overrides.find((override) => override.rule === rule.rule.id && override.layer === layer.layer && nowMs < override.expiresAtMs);
    if (found !== undefined) return found;
  }
  return null;
}

import { quote } from '../../kernel/ids.js';
import type { LayerName, Override, Rule } from '../layer.js';
import type { LayerView } from './layer-view.js';
import { mayOverride } from './overrides.js';
import { layerProblem, type LayerProblem, type LayerProblemCode } from './problem.js';

export const OVERRIDE_DAYS = 366;
const DAY_MS = 86_400_000;

interface Finding {
  readonly code: LayerProblemCode;
  readonly message: string;
  readonly hint: string;
}

export function checkOverrides(view: LayerView): readonly LayerProblem[] {
  return view.layer.overrides.flatMap((override) =>
    [checkRule(view, override), checkSpeaker(view, override), checkReason(override), checkExpiry(override, view.nowMs)]
      .filter((finding) => finding !== null)
      .map((finding) => layerProblem(view.layer, { ...finding, at: override.at })),
  );
}

function checkRule(view: LayerView, override: Override): Finding | null {
  const found = findAbove(view, override.rule);
  if (found === undefined) {
    return { code: 'override-unknown-rule', message: `it overrides ${quote(override.rule)}, and no layer above has a rule of that id.`, hint: 'Write the id of a rule of a layer above, or delete the override.' };
  }
  const { rule, layer } = found;
  if (mayOverride(rule, layer, view.layer.layer)) return null;
  const reason = rule.locked ? 'is locked' : 'does not say that this layer may override it';
  const hint = rule.locked ? 'Delete the override: a locked rule has no exceptions.' : `Delete the override, or write overridable: [${view.layer.layer}] in the rule at ${rule.at}.`;
  return { code: 'override-not-permitted', message: `it overrides the rule ${quote(rule.id)} of the ${layer} layer, which ${reason} (${rule.at}).`, hint };
}

function findAbove(view: LayerView, id: string): { readonly rule: Rule; readonly layer: LayerName } | undefined {
  return view.above.flatMap((layer) => layer.rules.map((rule) => ({ rule, layer: layer.layer }))).find(({ rule }) => rule.id === id);
}

function checkSpeaker(view: LayerView, override: Override): Finding | null {
  if (override.layer === view.layer.layer) return null;
  return { code: 'override-wrong-layer', message: `an override of the ${override.layer} layer stands in the ${view.layer.layer} layer.`, hint: `Move it to the ${override.layer} layer: a layer speaks for itself only.` };
}

function checkReason(override: Override): Finding | null {
  if (override.reason.trim() !== '') return null;
  return { code: 'override-without-reason', message: `the override of ${quote(override.rule)} has no reason.`, hint: 'Write why the rule does not apply for now: the record shows it.' };
}

function checkExpiry(override: Override, nowMs: number): Finding | null {
  if (override.expiresAtMs <= nowMs + OVERRIDE_DAYS * DAY_MS) return null;
  return { code: 'override-too-long', message: `the override of ${quote(override.rule)} expires in more than ${OVERRIDE_DAYS} days.`, hint: `Let it expire within ${OVERRIDE_DAYS} days, or change the rule itself.` };
}

import { quote } from '../../kernel/ids.js';
import type { Rule } from '../layer.js';
import type { LayerView } from './layer-view.js';
import { layerProblem, type LayerProblem } from './problem.js';

/** An id names one rule of the whole policy: overrides and records refer to it. */
export function checkRuleIds(view: LayerView): readonly LayerProblem[] {
  const seen = new Map<string, Rule>(view.above.flatMap((layer) => layer.rules.map((rule) => [rule.id, rule])));
  const problems: LayerProblem[] = [];
  for (const rule of view.layer.rules) {
    const first = seen.get(rule.id);
    if (first === undefined) seen.set(rule.id, rule);
    else {
      const message = `the rule id ${quote(rule.id)} is taken: ${first.at} has a rule of that id.`;
      problems.push(layerProblem(view.layer, { code: 'rule-repeated', at: rule.at, message, hint: 'Give the rule another id. To switch off the other rule, write an override.' }));
    }
  }
  return problems;
}

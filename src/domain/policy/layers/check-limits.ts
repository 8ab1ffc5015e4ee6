import { quote } from '../../kernel/ids.js';
import type { LayerView } from './layer-view.js';
import { isDecimal } from './decimal.js';
import { layerProblem, type LayerProblem } from './problem.js';

export function checkLimits(view: LayerView): readonly LayerProblem[] {
  const { run, day } = view.layer.limits;
  const amounts = [['run.usd', run.usd], ['day.usd', day.usd]] as const;
  const numbers = [['run.minutes', run.minutes], ['run.tool_calls', run.toolCalls]] as const;
  return [
    ...amounts.filter(([, value]) => value !== null && !isDecimal(value)),
    ...numbers.filter(([, value]) => value !== null && !(Number.isFinite(value) && value >= 0)),
  ].map(([name, value]) => layerProblem(view.layer, { code: 'limit-invalid', at: null, message: `the limit ${name} is ${quote(String(value))}, which is no amount.`, hint: 'Write a number that is not negative, such as 4 or 0.50.' }));
}

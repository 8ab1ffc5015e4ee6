import { EFFECTS, type Effect } from '../../../domain/policy/effect.js';
import { evaluate } from '../../../domain/policy/evaluate/decide.js';
import type { RuleState } from '../../../domain/policy/evaluate/rule-state.js';
import type { RuleExample } from '../../../ports/policy-files.js';
import type { Evaluator } from './evaluator.js';
import { exampleRequest } from './example-request.js';

/** One example after it was run. */
export interface ExampleResult {
  /** null for one of a separate file: it is about the whole policy. */
  readonly rule: string | null;
  /** `file:line:column`. */
  readonly at: string;
  readonly expect: RuleExample['expect'];
  readonly ok: boolean;
  /** What is the case, one sentence. */
  readonly message: string;
}

/**
 * Runs an example of a rule through the evaluator. `none`: the rule does not match. The rule's own effect: it does.
 * Another effect: the whole policy decides so. A condition that can't be evaluated fails the example: it would hold for any request.
 */
export function runRuleExample(evaluator: Evaluator, example: RuleExample): ExampleResult {
  const found = evaluator.compiled.policy.layers.flatMap((layer) => layer.rules).find((rule) => rule.id === example.rule);
  if (found === undefined) return failed(example, `there is no rule ${example.rule} in force`);
  const request = exampleRequest(example.facts, found.on, evaluator.nowMs);
  const { decision, states } = evaluate(evaluator.compiled, request, { trace: 'all' });
  const state = states.find(({ compiled }) => compiled.rule.id === example.rule);
  const error = conditionError(state);
  if (error !== null) return failed(example, `its condition can't be evaluated: ${error}. State the fact in the example`);
  const matched = (state?.answer ?? 'no') !== 'no';
  if (example.expect === 'none') return matched ? failed(example, `the rule matches${pathOf(state)}, and is expected not to`) : passed(example);
  if (example.expect === found.effect) return matched ? passed(example) : failed(example, `the rule does not match, and is expected to (${example.expect})`);
  return judgeEffect(example, decision.effect, decision.message);
}

/** Runs an example of a separate file: `none` means that no rule matches, an effect is that of the whole policy. */
export function runPolicyExample(evaluator: Evaluator, example: RuleExample): ExampleResult {
  const request = exampleRequest(example.facts, [], evaluator.nowMs);
  const decision = evaluator.explain(request);
  const matching = decision.rules.filter(({ result }) => result !== 'no').map(({ id }) => id);
  const anyOf = { ...example, rule: null };
  if (example.expect !== 'none') return judgeEffect(anyOf, decision.effect, decision.message);
  return matching.length === 0 ? passed(anyOf) : failed(anyOf, `${matching.join(', ')} ${matching.length === 1 ? 'matches' : 'match'}, and no rule is expected to`);
}

type Told = Omit<RuleExample, 'rule'> & { readonly rule: string | null };

function judgeEffect(example: Told, effect: Effect, message: string): ExampleResult {
  return effect === example.expect ? passed(example) : failed(example, `expected ${EFFECTS.find((known) => known === example.expect) ?? example.expect}, decided ${effect}: ${message.replace(/\.$/, '')}`);
}

/** Not of what could not be told about a command or a path: that is what such an example may be about. */
function conditionError(state: RuleState | undefined): string | null {
  if (state === undefined || state.error !== null) return null;
  return state.explainCondition()?.error ?? null;
}

const pathOf = (state: RuleState | undefined): string => (state?.path == null ? '' : ` ${state.path}`);
const passed = ({ rule, at, expect }: Told): ExampleResult => ({ rule, at, expect, ok: true, message: expect === 'none' ? 'does not match' : `is ${expect}` });
const failed = ({ rule, at, expect }: Told, message: string): ExampleResult => ({ rule, at, expect, ok: false, message: `${message}.` });

import { compilePathSet, matchesPath, type PathSet } from '../../../../../src/domain/glob/path-set.js';
import type { CompileCondition, Expression } from '../../../../../src/domain/policy/condition.js';
import type { Decision } from '../../../../../src/domain/policy/decision.js';
import { stricter, type Effect } from '../../../../../src/domain/policy/effect.js';
import type { Facts, FactValue } from '../../../../../src/domain/policy/facts.js';
import { emptyLayer, ENGINE, type ApprovalTerms, type EffectivePolicy, type PolicyLayer, type Rule } from '../../../../../src/domain/policy/layer.js';
import { PATH_POINTS, type PolicyPoint } from '../../../../../src/domain/policy/point.js';
import type { DecisionRequest, RequestPath } from '../../../../../src/domain/policy/request.js';

/** A second, simple evaluator, written from the description of the semantics, to check the analysis against. */

export const DEFAULT_APPROVAL: ApprovalTerms = { count: 1, from: [], ttlMs: 86_400_000 };

/** true, false, or null where it can't be evaluated: then CEL's `&&` and `||` still answer when the other side decides. */
type Truth = boolean | null;

const negate = (value: Truth): Truth => (value === null ? null : !value);

export function holds(expression: Expression, facts: Facts): Truth {
  switch (expression.kind) {
    case 'not':
      return negate(holds(expression.of, facts));
    case 'and': {
      const both = [holds(expression.left, facts), holds(expression.right, facts)];
      return both.includes(false) ? false : both.includes(null) ? null : true;
    }
    case 'or': {
      const both = [holds(expression.left, facts), holds(expression.right, facts)];
      return both.includes(true) ? true : both.includes(null) ? null : false;
    }
    case 'call':
      return callHolds(expression, facts);
    case 'compare':
      return compareHolds(expression, facts);
    default: {
      const value = valueOf(expression, facts);
      return typeof value === 'boolean' ? value : null;
    }
  }
}

function valueOf(expression: Expression, facts: Facts): FactValue | readonly FactValue[] | null {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind === 'fact') return facts[expression.name] ?? null;
  if (expression.kind === 'list') return expression.items.map((item) => valueOf(item, facts) as FactValue);
  return null;
}

function callHolds(call: Extract<Expression, { kind: 'call' }>, facts: Facts): Truth {
  const [subject, other] = call.args;
  if (call.name === 'has') return subject?.kind === 'fact' && facts[subject.name] !== undefined;
  const [text, part] = [valueOf(subject!, facts), valueOf(other!, facts)];
  if (typeof text !== 'string' || typeof part !== 'string') return null;
  if (call.name === 'startsWith') return text.startsWith(part);
  if (call.name === 'endsWith') return text.endsWith(part);
  return matchesPath(compilePathSet({ include: [part] }, { fold: false }), text);
}

function compareHolds({ left, operator, right }: Extract<Expression, { kind: 'compare' }>, facts: Facts): Truth {
  const [a, b] = [valueOf(left, facts), valueOf(right, facts)];
  if (a === null || b === null) return null;
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case 'in':
      return (b as readonly FactValue[]).includes(a as FactValue);
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

/** Conditions of tests are written as the JSON of their expression. */
export const compile: CompileCondition = (text) => {
  const expression = JSON.parse(text) as Expression;
  return { ok: true, condition: { text, expression, facts: [], evaluate: () => false } };
};

const conditions = new Map<string, Expression>();
function conditionOf(text: string): Expression {
  const known = conditions.get(text) ?? (JSON.parse(text) as Expression);
  if (conditions.size > 5_000) conditions.clear();
  conditions.set(text, known);
  return known;
}

type Answer = 'match' | 'no' | 'error';

/** One rule at a request of at most one path, one command. */
export function matches(rule: Rule, request: DecisionRequest): Answer {
  const [path = null] = request.paths;
  return rule.on.includes(request.point) && fitsLists(rule, request) && fitsCommand(rule, request) && fitsPaths(rule, path, request.point) ? askWhen(rule, request, path) : 'no';
}

function fitsLists(rule: Rule, { subject, taskLabels, skills, taskType }: DecisionRequest): boolean {
  const isNamed = (selector: string): boolean => {
    if (selector === '*') return subject.agent !== null;
    if (selector === 'user:*') return subject.agent === null;
    if (selector.startsWith('role:')) return subject.roles.includes(selector.slice(5));
    return selector.startsWith('label:') ? subject.labels.includes(selector.slice(6)) : selector === subject.agent;
  };
  const some = (wanted: readonly string[] | null, had: readonly string[]): boolean => wanted === null || wanted.some((value) => had.includes(value));
  return (rule.agents === null || rule.agents.some(isNamed)) && some(rule.roles, subject.roles) && some(rule.labels, taskLabels) && some(rule.skills, skills) && some(rule.tasks, taskType === null ? [] : [taskType]);
}

function fitsCommand(rule: Rule, { point, command }: DecisionRequest): boolean {
  if (rule.command === null) return true;
  if (point !== 'command.run') return rule.effect !== 'allow';
  const { starts, any } = rule.command;
  return command!.commands.some(({ words }) => starts.every((word, index) => words[index] === word) && (any.length === 0 || words.slice(1).some((word) => word !== null && any.includes(word))));
}

function fitsPaths(rule: Rule, path: RequestPath | null, point: PolicyPoint): boolean {
  if (rule.paths === null) return true;
  if (path === null) return !PATH_POINTS.has(point) && rule.effect !== 'allow';
  const { set, exceptions } = pathSetsOf(rule);
  return matchesPath(set, path.path) && !(rule.effect === 'allow' && matchesPath(exceptions, path.path));
}

interface PathSets {
  readonly set: PathSet;
  readonly exceptions: PathSet;
}

const pathSets = new WeakMap<Rule, PathSets>();
function pathSetsOf(rule: Rule): PathSets {
  const known = pathSets.get(rule) ?? { set: compilePathSet({ include: rule.paths ?? [], except: rule.except }, { fold: rule.effect !== 'allow' }), exceptions: compilePathSet({ include: rule.except }, { fold: true }) };
  pathSets.set(rule, known);
  return known;
}

function askWhen(rule: Rule, request: DecisionRequest, path: RequestPath | null): Answer {
  if (rule.when === null) return 'match';
  const own = path === null ? {} : { path: path.path, ...(path.kind === null ? {} : { 'change.kind': path.kind }) };
  const truth = holds(conditionOf(rule.when), { ...request.facts, ...own });
  return truth === null ? (rule.effect === 'allow' ? 'no' : 'error') : truth ? 'match' : 'no';
}

/** Each layer has an opinion, and the strictest one counts. */
export function decide(policy: EffectivePolicy, request: DecisionRequest): Decision {
  const { point } = request;
  const opinions: Effect[] = [];
  const asking: Rule[] = [];
  let ceiling: Effect = point === 'policy.change' ? 'ask' : 'allow';
  for (const layer of policy.layers) {
    ceiling = stricter(ceiling, layer.defaults[point] ?? 'allow');
    const matched = layer.rules.filter((rule) => matches(rule, request) !== 'no' && !isOverridden(rule, layer, { policy, nowMs: request.nowMs }));
    asking.push(...matched.filter((rule) => rule.effect === 'ask'));
    const allows = layer.rules.some((rule) => rule.effect === 'allow' && rule.on.includes(point));
    const opinion = matched.length > 0 ? matched.map((rule) => rule.effect).reduce(stricter) : (layer.defaults[point] ?? (allows ? ceiling : null));
    if (opinion !== null) opinions.push(opinion);
  }
  const effect = opinions.length === 0 ? (point === 'policy.change' ? 'ask' : 'allow') : opinions.reduce(stricter);
  return { effect, code: 'default', message: '', fix: null, rules: [], considered: 0, findings: [], findingCount: 0, facts: {}, limits: [], approval: effect === 'ask' ? mergeTerms(asking) : null, approvals: [] };
}

function isOverridden(rule: Rule, of: PolicyLayer, by: { readonly policy: EffectivePolicy; readonly nowMs: number }): boolean {
  if (rule.locked) return false;
  const below = by.policy.layers.slice(by.policy.layers.indexOf(of) + 1);
  return below.some(({ layer, overrides }) => rule.overridable.includes(layer) && overrides.some((override) => override.rule === rule.id && by.nowMs < override.expiresAtMs));
}

function mergeTerms(asking: readonly Rule[]): ApprovalTerms {
  const terms = asking.map((rule) => rule.approval ?? DEFAULT_APPROVAL);
  const [first = DEFAULT_APPROVAL] = terms;
  return terms.reduce((a, b) => ({ count: Math.max(a.count, b.count), from: [...new Set([...a.from, ...b.from])], ttlMs: Math.min(a.ttlMs, b.ttlMs) }), first);
}

export const rule = (parts: Partial<Rule> & Pick<Rule, 'id'>): Rule => ({
  effect: 'allow',
  on: ['path.write'],
  agents: null,
  roles: null,
  labels: null,
  paths: null,
  except: [],
  command: null,
  skills: null,
  tasks: null,
  when: null,
  approval: null,
  why: null,
  locked: false,
  overridable: [],
  at: `policy.yaml:${parts.id.length}:3`,
  ...parts,
});

export const layerOf = (rules: readonly Rule[], parts: Partial<PolicyLayer> = {}): PolicyLayer => ({ ...emptyLayer(parts.layer ?? 'project', '.ai/policy.yaml'), rules, ...parts });
export const policyOf = (...layers: readonly PolicyLayer[]): EffectivePolicy => ({ engine: ENGINE, layers });

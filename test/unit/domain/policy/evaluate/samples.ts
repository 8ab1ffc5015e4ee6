import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { CompileCondition, Expression, ReadFact } from '../../../../../src/domain/policy/condition.js';
import { readCommand } from '../../../../../src/domain/policy/command/read-command.js';
import { EFFECTS } from '../../../../../src/domain/policy/effect.js';
import { FACT_TYPES, type FactName } from '../../../../../src/domain/policy/facts.js';
import { emptyLayer, ENGINE, LAYER_NAMES, type EffectivePolicy, type LayerName, type PolicyLayer, type Rule } from '../../../../../src/domain/policy/layer.js';
import { POLICY_POINTS, type PolicyPoint } from '../../../../../src/domain/policy/point.js';
import type { DecisionRequest, RequestPath } from '../../../../../src/domain/policy/request.js';

export const NOW = 1_800_000_000_000;
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Conditions of this folder's tests: `fact == "text"`, `fact > 1`, `fact`, `!fact`, joined by ` || `. An absent fact is an error. */
export const compile: CompileCondition = (text) => {
  const atoms = text.split(' || ').map((atom) => /^(!?)([A-Za-z.]+)(?: (==|>) (.+))?$/.exec(atom));
  if (atoms.some((atom) => atom === null || !Object.hasOwn(FACT_TYPES, atom[2]!))) return { ok: false, problem: { message: `no condition: ${text}`, offset: 0, hint: null } };
  const parts = atoms.map((atom) => ({ not: atom![1] === '!', name: atom![2] as FactName, operator: atom![3] as '==' | '>' | undefined, literal: atom![4] === undefined ? true : (JSON.parse(atom![4]) as string | number) }));
  const expression = parts.map(toExpression).reduce((left, right) => ({ kind: 'or', left, right }));
  const evaluate = (read: ReadFact): boolean =>
    parts.some(({ not, name, operator, literal }) => {
      const value = read(name);
      if (value === undefined) throw new Error(`${name} is absent`);
      return (operator === '>' ? value > literal : value === literal) !== not;
    });
  return { ok: true, condition: { text, expression, facts: parts.map((part) => part.name), evaluate } };
};

function toExpression({ not, name, operator, literal }: { not: boolean; name: FactName; operator: '==' | '>' | undefined; literal: string | number | boolean }): Expression {
  const fact: Expression = { kind: 'fact', name };
  const type = typeof literal === 'string' ? 'string' : typeof literal === 'number' ? 'int' : 'bool';
  const atom: Expression = operator === undefined ? fact : { kind: 'compare', operator, left: fact, right: { kind: 'literal', value: literal, type } };
  return not ? { kind: 'not', of: atom } : atom;
}

export const rule = (fields: Partial<Rule> & Pick<Rule, 'id' | 'effect' | 'on'>): Rule => ({
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
  at: `policy.yaml:1:${fields.id.length}`,
  ...fields,
});

export const layer = (name: LayerName, fields: Partial<PolicyLayer>): PolicyLayer => ({ ...emptyLayer(name, `${name}.yaml`), ...fields });
export const policyOf = (...layers: PolicyLayer[]): EffectivePolicy => ({ engine: ENGINE, layers });
export const file = (path: string, kind: RequestPath['kind'] = 'modified'): RequestPath => ({ path, kind, mode: 'file' });

export const request = (point: PolicyPoint, fields: Partial<DecisionRequest> = {}): DecisionRequest => ({
  point,
  subject: { agent: 'coder-1', roles: ['coder'], labels: ['fast'], user: 'ann', session: null, run: 'r-000001', task: 't-000001' },
  action: { name: 'edit', tool: null, toolCall: null },
  resource: { kind: 'path', id: 'x', digest: null },
  paths: [],
  command: null,
  skills: [],
  taskType: null,
  taskLabels: [],
  facts: {},
  nowMs: NOW,
  approvals: [],
  ...fields,
});

export const commandRequest = (text: string, fields: Partial<DecisionRequest> = {}): DecisionRequest => request('command.run', { command: readCommand(text), resource: { kind: 'command', id: text, digest: null }, ...fields });

const pathTexts = fc.oneof(
  fc.constantFrom('src/a.ts', 'src/b/c.ts', 'SRC/a.ts', 'docs/x.md', '.git/hooks/pre-commit', '.GIT/config', 'git~1/x', '.git./x', '../x', '/etc/passwd', 'src//a', 'src/./a', 'src\\a', 'C:x', '~/x', '', '.', 'a\0b', '.g\u200bit/x', 'cafe\u0301', 'caf\u00e9', '\ud800', 'src/', '__proto__', '.ai/policy.yaml'),
  fc.string({ maxLength: 8 }),
);
const patterns = fc.constantFrom('src/**', 'src/a.ts', 'docs', '**', '**/*.ts', '*', '.git/**', '.ai/**', 'caf\u00e9', '{src,docs}/**', '[!s]*/**', 'a**b');
const conditions = fc.constantFrom('task.risk == "high"', 'task.risk == "low" || run.unattended', '!run.unattended', 'run.costUsd > 1', 'path == "src/a.ts"', 'change.kind == "added"', 'change.count > 3', 'command.text == "x"');
const optionalList = (...values: string[]) => fc.option(fc.subarray(values, { minLength: 1 }), { nil: null });
const somePoints = fc.subarray(['path.write', 'command.run', 'commit', 'tool.use', 'policy.change'] as PolicyPoint[], { minLength: 1 });
const commandTexts = fc.constantFrom('git push --force', 'git status', 'npm test', 'npm test && git status', '$X', 'git $X', 'ls | xargs git push', '', 'sudo git push -f', 'a; b; c');

const ruleFields = fc.record({
  effect: fc.constantFrom(...EFFECTS),
  on: somePoints,
  agents: optionalList('coder-1', 'role:coder', 'label:fast', '*', 'user:*', 'other'),
  roles: optionalList('coder', 'writer'),
  labels: optionalList('money', 'ui'),
  paths: fc.option(fc.array(patterns, { minLength: 1, maxLength: 3 }), { nil: null }),
  except: fc.array(patterns.filter((pattern) => pattern !== 'a**b'), { maxLength: 1 }),
  command: fc.option(fc.constantFrom({ starts: ['git', 'push'], any: [] }, { starts: ['git'], any: ['--force', '-f'] }, { starts: ['npm'], any: [] }, { starts: ['git', 'status'], any: [] }), { nil: null }),
  skills: fc.option(fc.constant(['notes']), { nil: null, freq: 1 }),
  tasks: fc.option(fc.constant(['fix']), { nil: null, freq: 1 }),
  when: fc.option(conditions, { nil: null }),
  approval: fc.option(fc.record({ count: fc.integer({ min: 1, max: 3 }), from: fc.subarray(['team:owners', 'user:ann']), ttlMs: fc.integer({ min: 1_000, max: 1_000_000 }) }), { nil: null }),
});

/** Rules with most fields empty, so that many of them match. */
const sparseRules = fc.tuple(ruleFields, fc.subarray(['agents', 'roles', 'labels', 'paths', 'command', 'skills', 'tasks', 'when'] as const, { maxLength: 3 })).map(([fields, kept]) => ({
  ...Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, ['effect', 'on', 'except', 'approval'].includes(key) || kept.includes(key as 'when') ? value : null])),
}) as typeof fields);

export const rulesFor = (prefix: string): fc.Arbitrary<Rule[]> => fc.array(sparseRules, { maxLength: 5 }).map((rules) => rules.map((fields, index) => rule({ ...fields, id: `${prefix}-${index}`, at: `${prefix}.yaml:${index + 1}:1` })));

export const layers = (name: LayerName): fc.Arbitrary<PolicyLayer> =>
  fc.record({ rules: rulesFor(name), defaults: fc.dictionary(fc.constantFrom('path.write', 'command.run', 'commit', 'policy.change'), fc.constantFrom(...EFFECTS), { maxKeys: 2 }) }).map(({ rules, defaults }) => layer(name, { rules, defaults: { ...defaults } }));

export const policies: fc.Arbitrary<EffectivePolicy> = fc.subarray(['global', 'project', 'agent', 'task'] as LayerName[]).chain((names) => fc.tuple(...names.map(layers))).map((made) => policyOf(...made.toSorted((a, b) => LAYER_NAMES.indexOf(a.layer) - LAYER_NAMES.indexOf(b.layer))));

export const requests: fc.Arbitrary<DecisionRequest> = fc
  .record({
    point: fc.oneof(fc.constantFrom('path.write', 'command.run', 'commit', 'policy.change', 'tool.use' as PolicyPoint), fc.constantFrom(...POLICY_POINTS)),
    agent: fc.constantFrom('coder-1', 'other', null),
    paths: fc.array(fc.tuple(pathTexts, fc.constantFrom('added', 'modified', null)), { maxLength: 4 }),
    command: fc.option(commandTexts, { nil: null }),
    skills: fc.subarray(['notes', 'x']),
    taskType: fc.constantFrom('fix', 'feature', null),
    taskLabels: fc.subarray(['money', 'ui', '__proto__']),
    facts: fc.record({ 'task.risk': fc.constantFrom('low', 'high'), 'run.unattended': fc.boolean(), 'run.costUsd': fc.constantFrom(0, 2, Number.NaN, Number.POSITIVE_INFINITY), 'change.count': fc.nat(6), path: pathTexts }, { requiredKeys: [] }),
  })
  .map(({ agent, paths, command, ...rest }) => {
    const base = request(rest.point);
    return { ...base, ...rest, subject: { ...base.subject, agent }, paths: paths.map(([path, kind]) => ({ path, kind, mode: null })), command: command === null ? null : readCommand(command) };
  });


import fc from 'fast-check';
import type { Expression } from '../../../../../src/domain/policy/condition.js';
import type { FactName, Facts } from '../../../../../src/domain/policy/facts.js';
import type { PolicyLayer, Rule } from '../../../../../src/domain/policy/layer.js';
import type { DecisionRequest } from '../../../../../src/domain/policy/request.js';
import { layerOf, rule } from './reference.js';

/** A small world, so that rules and requests meet often. */

const literal = (value: string | number | boolean): Expression => ({ kind: 'literal', value, type: typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : Number.isInteger(value) ? 'int' : 'double' });
const fact = (name: FactName): Expression => ({ kind: 'fact', name });
const call = (name: string, args: readonly Expression[]): Expression => ({ kind: 'call', name, args, text: `${name} ${JSON.stringify(args)}` });
const operators = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const compare = (left: Expression, operator: string, right: Expression): Expression => ({ kind: 'compare', operator: operator as '==', left, right });

const risks = fc.constantFrom('low', 'medium', 'high', 'lower');
const atoms: fc.Arbitrary<Expression> = fc.oneof(
  fc.tuple(fc.constantFrom('==', '!='), risks, fc.boolean()).map(([operator, risk, flip]) => (flip ? compare(literal(risk), operator, fact('task.risk')) : compare(fact('task.risk'), operator, literal(risk)))),
  fc.uniqueArray(risks, { maxLength: 3 }).map((items) => compare(fact('task.risk'), 'in', { kind: 'list', items: items.map(literal) })),
  fc.constantFrom('l', 'lo', 'low', 'h', '').map((prefix) => call('startsWith', [fact('task.risk'), literal(prefix)])),
  fc.tuple(operators, fc.constantFrom(0, 1, 2, 3, 2.5), fc.boolean()).map(([operator, value, flip]) => (flip ? compare(literal(value), operator, fact('task.attempt')) : compare(fact('task.attempt'), operator, literal(value)))),
  fc.tuple(operators, fc.constantFrom(0.5, 1, 1.5, 2)).map(([operator, value]) => compare(fact('run.costUsd'), operator, literal(value))),
  fc.constant(fact('run.unattended')),
  fc.boolean().map((value) => compare(fact('run.unattended'), '!=', literal(value))),
  fc.constantFrom('ui', 'risk:low').map((label) => compare(literal(label), 'in', fact('task.labels'))),
  fc.constantFrom<FactName>('change.kind', 'task.risk').map((name) => call('has', [fact(name)])),
  fc.constantFrom('src/', 'src/a', 'docs').map((prefix) => call('startsWith', [fact('path'), literal(prefix)])),
  fc.constantFrom('**/*.ts', 'src/**').map((glob) => call('matchesGlob', [fact('path'), literal(glob)])),
  fc.constantFrom('bug', 'x').map((end) => call('endsWith', [fact('task.title'), literal(end)])),
  fc.tuple(operators, fc.boolean()).map(([operator, flip]) => (flip ? compare(fact('run.minutes'), operator, fact('run.costUsd')) : compare(fact('run.costUsd'), operator, fact('run.minutes')))),
  fc.boolean().map(literal),
);

export const expressions: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 3, arbitrary: atoms },
    { weight: 1, arbitrary: tie('tree').map((of): Expression => ({ kind: 'not', of })) },
    { weight: 2, arbitrary: fc.tuple(tie('tree'), tie('tree'), fc.constantFrom('and', 'or')).map(([left, right, kind]): Expression => ({ kind: kind as 'and', left, right })) },
  ),
})).tree;

const orNull = <T>(values: fc.Arbitrary<T>, weight = 2): fc.Arbitrary<T | null> => fc.oneof({ weight, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: values });
const someOf = (...values: readonly string[]): fc.Arbitrary<readonly string[] | null> => orNull(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }));
const globs = fc.constantFrom('src/**', 'src/*.ts', 'docs', '**/*.ts', 'src/a.ts', 'SRC/a.ts', '**', '[!a]*', 'src/?.ts', 'docs/**', '{src,docs}/b*', 'README.md', 'readme.md');

export const rules: fc.Arbitrary<Rule> = fc
  .record({
    effect: fc.constantFrom('allow', 'ask', 'deny'),
    on: fc.uniqueArray(fc.constantFrom('path.write', 'task.claim', 'command.run', 'skill.run', 'policy.change', 'tool.use'), { minLength: 1, maxLength: 3 }),
    agents: someOf('claude', 'codex', 'role:coder', 'label:fast', '*', 'user:*'),
    roles: someOf('coder', 'reviewer'),
    labels: someOf('ui', 'risk:low'),
    paths: orNull(fc.uniqueArray(globs, { minLength: 1, maxLength: 2 }), 1),
    except: fc.uniqueArray(globs, { maxLength: 1 }),
    command: orNull(fc.record({ starts: fc.constantFrom(['git'], ['git', 'push'], ['git', 'pull'], ['npm'], []), any: fc.uniqueArray(fc.constantFrom('--force', '-f', 'main'), { maxLength: 2 }) })),
    skills: someOf('deploy', 'review'),
    tasks: someOf('bug', 'feature'),
    when: orNull(
      expressions.map((expression) => JSON.stringify(expression)),
      1,
    ),
    approval: orNull(fc.record({ count: fc.constantFrom(1, 2), from: fc.uniqueArray(fc.constantFrom('team:a', 'user:b'), { maxLength: 2 }), ttlMs: fc.constantFrom(1_000, 200_000_000) })),
    locked: fc.boolean(),
    overridable: fc.uniqueArray(fc.constantFrom('task', 'agent'), { maxLength: 1 }),
  })
  .map((parts) => rule({ ...(parts as Partial<Rule>), id: 'r' }));

const facts: fc.Arbitrary<Facts> = fc.record(
  {
    'task.risk': fc.constantFrom('low', 'medium', 'high', 'lower', 'other', ''),
    'task.attempt': fc.integer({ min: -1, max: 4 }),
    'run.costUsd': fc.constantFrom(0, 0.5, 0.75, 1, 1.25, 1.5, 2, 3),
    'run.minutes': fc.constantFrom(0, 1, 2),
    'run.unattended': fc.boolean(),
    'task.labels': fc.uniqueArray(fc.constantFrom('ui', 'risk:low', 'z')),
    'task.title': fc.constantFrom('a bug', 'x', 'y'),
  },
  { requiredKeys: [] },
);

const words = fc.tuple(fc.constantFrom('git', 'npm'), fc.constantFrom('push', 'pull', 'test'), fc.uniqueArray(fc.constantFrom('--force', '-f', 'main'))).map(([program, verb, rest]) => [program, verb, ...rest]);
const paths = fc.constantFrom('src/a.ts', 'SRC/a.ts', 'src/A.ts', 'src/b/c.ts', 'src/b.ts', 'docs', 'docs/b', 'b', 'a', 'Abc', 'README.md', 'readme.md', 'x.TS', 'src/bb.js');

export const requests: fc.Arbitrary<DecisionRequest> = fc
  .record({
    point: fc.constantFrom('path.write', 'task.claim', 'command.run', 'skill.run', 'policy.change', 'tool.use'),
    agent: fc.constantFrom('claude', 'codex', 'other', null),
    roles: fc.uniqueArray(fc.constantFrom('coder', 'reviewer')),
    labels: fc.uniqueArray(fc.constantFrom('fast')),
    path: paths,
    kind: fc.constantFrom('added', 'modified', null),
    hasPath: fc.boolean(),
    words,
    skills: fc.uniqueArray(fc.constantFrom('deploy', 'review', 'other')),
    taskType: fc.constantFrom('bug', 'feature', 'chore', null),
    taskLabels: fc.uniqueArray(fc.constantFrom('ui', 'risk:low')),
    facts,
    nowMs: fc.constantFrom(0, 50, 150),
  })
  .map((parts): DecisionRequest => {
    const { point } = parts;
    const isChange = point === 'path.write' || point === 'policy.change';
    return {
      point: point,
      subject: { agent: parts.agent, roles: parts.roles, labels: parts.labels, user: 'u', session: null, run: null, task: null },
      action: { name: point, tool: null, toolCall: null },
      resource: { kind: 'task', id: '', digest: null },
      paths: isChange || (point === 'task.claim' && parts.hasPath) ? [{ path: parts.path, kind: parts.kind, mode: null }] : [],
      command: point === 'command.run' ? { kind: 'plain', text: parts.words.join(' '), commands: [{ words: parts.words, writes: [] }] } : null,
      skills: point === 'skill.run' ? parts.skills.slice(0, 1) : parts.skills,
      taskType: parts.taskType,
      taskLabels: parts.taskLabels,
      facts: parts.facts,
      nowMs: parts.nowMs,
      approvals: [],
    };
  });

const effects = fc.constantFrom('allow', 'ask', 'deny');

/** A layer of some rules; their ids tell them apart. */
export const layers = (layer: PolicyLayer['layer'], maxRules = 3): fc.Arbitrary<PolicyLayer> =>
  fc
    .record({
      rules: fc.array(rules, { maxLength: maxRules }),
      defaults: fc.dictionary(fc.constantFrom('path.write', 'policy.change', 'command.run'), effects, { maxKeys: 2, noNullPrototype: true }),
      overrides: fc.array(fc.record({ rule: fc.constantFrom(`${layer}-0`, 'global-0', 'global-1'), expiresAtMs: fc.constantFrom(40, 100) }), { maxLength: 1 }),
    })
    .map((parts) =>
      layerOf(
        parts.rules.map((made, index) => ({ ...made, id: `${layer}-${index}` })),
        { layer, defaults: parts.defaults, overrides: parts.overrides.map((override) => ({ ...override, id: 'o-1', layer, reason: 'r', by: 'u', at: 'p:1:1' })) },
      ),
    );

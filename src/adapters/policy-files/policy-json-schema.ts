import { EFFECTS } from '../../domain/policy/effect.js';
import { FACT_TYPES, type FactType } from '../../domain/policy/facts.js';
import { EVIDENCE_KINDS } from '../../domain/policy/layer.js';
import { POLICY_POINTS } from '../../domain/policy/point.js';
import { EXAMPLE_WORDS } from './keys.js';
import { POLICY_FILE_LIMITS } from './limits.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

const { items: LIST_ITEMS, words: WORDS, rules, sets, teams, overrides, examples, whyCharacters, nameCharacters, approvers } = POLICY_FILE_LIMITS;
const NAME = '^[a-z][a-z0-9-]{0,63}$';

const object = (description: string, properties: JsonSchema, required: readonly string[] = []): JsonSchema => ({ type: 'object', description, properties, ...(required.length === 0 ? {} : { required }), additionalProperties: false });
const list = (description: string, item: JsonSchema, maxItems: number): JsonSchema => ({ type: 'array', description, items: item, minItems: 1, maxItems, uniqueItems: true });
const text = (description: string, more: JsonSchema = {}): JsonSchema => ({ type: 'string', description, minLength: 1, ...more });
const oneOf = (description: string, values: readonly string[]): JsonSchema => ({ description, enum: [...values] });
const named = (description: string, item: JsonSchema, maxProperties: number): JsonSchema => ({ type: 'object', description, propertyNames: { pattern: NAME }, additionalProperties: item, maxProperties });

const points = { enum: [...POLICY_POINTS] };
const word = { type: 'string', minLength: 1, maxLength: nameCharacters };
const pattern = { type: 'string', minLength: 1, maxLength: 1_024 };
const money = (description: string): JsonSchema => ({ description, anyOf: [{ type: 'number', minimum: 0 }, { type: 'string', pattern: '^\\d{1,9}(\\.\\d{1,6})?$' }] });

const FACT_SCHEMAS: Readonly<Record<FactType, JsonSchema>> = { string: { type: 'string', minLength: 1 }, bool: { type: 'boolean' }, int: { type: 'integer' }, double: { type: 'number' }, 'list<string>': { type: 'array', items: { type: 'string' }, minItems: 1 } };

const example = (): JsonSchema =>
  object('A request, and what the rule says to it.', { expect: oneOf('What the rule gives; none: it does not match.', [...EFFECTS, 'none']), ...Object.fromEntries(Object.entries({ ...FACT_TYPES, ...EXAMPLE_WORDS }).map(([name, type]) => [name, FACT_SCHEMAS[type]])) }, ['expect']);

const approval = (): JsonSchema =>
  object('Who has to approve, of an ask.', {
    count: { type: 'integer', minimum: 1, maximum: approvers, description: 'How many different people; 1 without it.' },
    from: list('Whose approval counts: team:NAME or user:NAME. Any person without it.', { type: 'string', pattern: '^(team|user):.+$' }, LIST_ITEMS),
    ttl: text('How long an approval is good, such as 30m; 1h without it.', { pattern: '^(\\d{1,9}(\\.\\d{1,3})?(ms|s|m|h|d))+$' }),
  });

const rule = (): JsonSchema =>
  object(
    'One rule. All that it says has to fit; of several rules that fit, deny wins over ask, and ask over allow.',
    {
      id: text('Names the rule in records and overrides.', { pattern: NAME }),
      effect: oneOf('What happens to a request that fits.', EFFECTS),
      on: list('Where it applies.', points, POLICY_POINTS.length),
      agents: list('Agent ids, role:NAME, label:NAME, "*" (every agent) or user:* (every person); one of them has to fit.', word, WORDS),
      roles: list('Roles, of which the agent has to have one.', word, WORDS),
      labels: list('Labels of the task, of which one has to be there.', word, WORDS),
      paths: list('Path patterns from the root of the repository, or "@set".', pattern, LIST_ITEMS),
      except: list('Paths that are left out.', pattern, LIST_ITEMS),
      command: object('A command line, at command.run only.', { starts: list('Its first words.', { type: 'string', minLength: 1 }, WORDS), any: list('One of these is among its words.', { type: 'string', minLength: 1 }, WORDS) }),
      skills: list('Skills, of which one has to be meant.', word, WORDS),
      tasks: list('Types of the task, of which one has to fit.', word, WORDS),
      when: text('A condition in CEL over the facts, such as task.risk == "high".', { maxLength: 2_048 }),
      approval: approval(),
      why: text('The reason, which people see when the rule stops them.', { maxLength: whyCharacters }),
      locked: { type: 'boolean', description: 'No layer below can override it.' },
      overridable: list('Layers below that may override it, with a reason and an expiry.', { enum: ['project', 'agent', 'task'] }, 3),
      examples: { type: 'array', description: 'Requests with what the rule says to them; run whenever the policy is loaded.', items: example(), minItems: 1, maxItems: examples },
    },
    ['id', 'effect', 'on'],
  );

/** The JSON Schema (draft 2020-12) of a policy file, for editors. The reader checks more than a schema can say. */
export function policyJsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Policy of ai',
    ...object(
      'What agents may do in this repository.',
      {
        policy: { const: 1, description: 'Version of the format.' },
        name: text('What the policy is called.', { maxLength: nameCharacters }),
        sets: named('Named sets of paths; "@name" in paths or except stands for them.', list('Path patterns.', { ...pattern, not: { pattern: '^@' } }, LIST_ITEMS), sets),
        teams: named('Named groups of users who can approve.', list('Names of users.', word, LIST_ITEMS), teams),
        defaults: object('What happens at a point when no rule fits.', Object.fromEntries(POLICY_POINTS.map((point) => [point, oneOf(`When no rule fits at ${point}.`, EFFECTS)]))),
        rules: { type: 'array', description: 'Their order means nothing.', items: rule(), minItems: 1, maxItems: rules },
        override: list('Rules of the layers above that do not apply here for a while; each has to be overridable.', override(), overrides),
        limits: limits(),
        evidence: object('What has to be there before something counts as done.', { 'task.done': list('Before a task is done.', { enum: [...EVIDENCE_KINDS] }, EVIDENCE_KINDS.length) }),
      },
      ['policy'],
    ),
  };
}

const override = (): JsonSchema =>
  object(
    'One rule, switched off for a while.',
    {
      rule: text('Its id.', { pattern: NAME }),
      reason: text('Why; goes into every record that it changes.', { maxLength: whyCharacters }),
      expires: text('A day (its beginning, in UTC) or a moment, within a year.', { pattern: '^20\\d\\d-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d)?Z)?$' }),
    },
    ['rule', 'reason', 'expires'],
  );

const limits = (): JsonSchema =>
  object('What may be used up. The lowest of all layers counts.', {
    run: object('Of one run.', {
      usd: money('US dollars.'),
      minutes: { type: 'number', minimum: 0, description: 'Minutes from start to end.' },
      tool_calls: { type: 'integer', minimum: 0, description: 'Calls of tools.' },
    }),
    day: object('Of one day, in UTC, over all runs.', { usd: money('US dollars.') }),
  });

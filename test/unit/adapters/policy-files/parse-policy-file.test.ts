import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { createConditionCompiler } from '../../../../src/adapters/cel/condition-compiler.js';
import { parsePolicyFile, type ParsedPolicyFile, type PolicyFileInput } from '../../../../src/adapters/policy-files/parse-policy-file.js';
import type { PolicyProblem } from '../../../../src/adapters/policy-files/problem.js';
import { isAiError } from '../../../../src/domain/kernel/errors.js';

const compile = createConditionCompiler();
const parse = (text: string, more: Partial<PolicyFileInput> = {}): ParsedPolicyFile => parsePolicyFile({ text, source: 'policy.yaml', revision: null, layer: 'project', ...more }, compile);

function problemsOf(text: string, more: Partial<PolicyFileInput> = {}): readonly PolicyProblem[] {
  try {
    parse(text, more);
  } catch (error) {
    if (isAiError(error, 'INVALID_POLICY')) return error.details['problems'] as readonly PolicyProblem[];
    throw error;
  }
  throw new Error('it was read');
}

const STOREFRONT = `policy: 1
name: storefront
sets:
  money: ["src/billing/**", "db/migrations/**"]
teams:
  owners: [anna, ben]
defaults:
  network.use: deny
rules:
  - id: coder-area
    effect: allow
    on: [path.write]
    agents: [role:coder]
    paths: ["src/**", "test/**"]
    except: ["@money"]
  - id: money-needs-owner
    effect: ask
    on: [path.write, task.claim]
    paths: ["@money"]
    when: 'task.risk != "low" || run.unattended'
    approval: { count: 1, from: [team:owners], ttl: 30m }
    why: An owner reads every change to money code.
    overridable: [task]
    examples:
      - { expect: ask,  path: src/billing/tax.ts, task.risk: high }
      - { expect: none, path: src/cart/view.ts,   task.risk: high }
  - id: no-rewrite-history
    effect: deny
    locked: true
    on: [command.run]
    command: { starts: [git, push], any: ["--force", "-f"] }
    examples: [{ expect: deny, command: git push -f, run.minutes: 1.5, task.attempt: 2, run.unattended: true, roles: [coder] }]
override:
  - { rule: global-rule, reason: Until the migration is done, expires: 2030-06-30 }
limits:
  run: { usd: 4.00, minutes: 40, tool_calls: 300 }
  day: { usd: "30.50" }
evidence:
  task.done: [transcript, diff, checks]
`;

describe('a whole policy', () => {
  const { layer, examples, warnings } = parse(STOREFRONT, { revision: 'abc' });

  it('becomes a layer with nothing left to look up', () => {
    expect(warnings).toEqual([]);
    expect(layer).toMatchObject({ layer: 'project', name: 'storefront', source: 'policy.yaml', revision: 'abc', defaults: { 'network.use': 'deny' }, teams: { owners: ['anna', 'ben'] }, evidence: ['diff', 'checks', 'transcript'] });
    expect(layer.limits).toEqual({ run: { usd: '4', minutes: 40, toolCalls: 300 }, day: { usd: '30.5' } });
    expect(layer.overrides).toEqual([{ id: 'global-rule', rule: 'global-rule', layer: 'project', reason: 'Until the migration is done', expiresAtMs: Date.UTC(2030, 5, 30), by: 'policy.yaml', at: 'policy.yaml:34:5' }]);
    expect(layer.rules[1]).toEqual({
      id: 'money-needs-owner', effect: 'ask', on: ['task.claim', 'path.write'], agents: null, roles: null, labels: null,
      paths: ['src/billing/**', 'db/migrations/**'], except: [], command: null, skills: null, tasks: null,
      when: 'task.risk != "low" || run.unattended', approval: { count: 1, from: ['team:owners'], ttlMs: 1_800_000 },
      why: 'An owner reads every change to money code.', locked: false, overridable: ['task'], at: 'policy.yaml:16:5',
    });
    expect(layer.rules[0]).toMatchObject({ paths: ['src/**', 'test/**'], except: ['src/billing/**', 'db/migrations/**'], agents: ['role:coder'] });
    expect(layer.rules[2]).toMatchObject({ command: { starts: ['git', 'push'], any: ['--force', '-f'] }, locked: true });
  });

  it('keeps the examples apart', () => {
    expect(examples.map(({ rule, at, expect: wanted, facts }) => ({ rule, at, wanted, facts: { ...facts } }))).toEqual([
      { rule: 'money-needs-owner', at: 'policy.yaml:25:9', wanted: 'ask', facts: { path: 'src/billing/tax.ts', 'task.risk': 'high' } },
      { rule: 'money-needs-owner', at: 'policy.yaml:26:9', wanted: 'none', facts: { path: 'src/cart/view.ts', 'task.risk': 'high' } },
      { rule: 'no-rewrite-history', at: 'policy.yaml:32:16', wanted: 'deny', facts: { command: 'git push -f', 'run.minutes': 1.5, 'task.attempt': 2, 'run.unattended': true, roles: ['coder'] } },
    ]);
  });

  it('is JSON, and the same in every formatting', () => {
    const plain = JSON.parse(JSON.stringify(layer)) as object;
    expect(plain).toEqual({ ...layer, teams: { ...layer.teams } });
    const rewritten = STOREFRONT.replaceAll('    on: [path.write, task.claim]', '    on:   # comment\n      - task.claim\n      - path.write').replace('usd: 4.00', 'usd: "4"').replace('minutes: 40', 'minutes: 40.0').replaceAll('\n', '\r\n');
    const withoutPlaces = (parsed: ParsedPolicyFile): string => JSON.stringify(parsed.layer).replaceAll(/"at":"[^"]*"/g, '"at":""');
    expect(withoutPlaces(parse(`\ufeff---\r\n# first\r\n${rewritten}`, { revision: 'abc' }))).toBe(withoutPlaces(parse(STOREFRONT, { revision: 'abc' })));
  });

  it('is small when it says little', () => {
    expect(parse('policy: 1').layer).toMatchObject({ name: null, rules: [], defaults: {}, evidence: [], overrides: [], limits: { run: { usd: null, minutes: null, toolCalls: null }, day: { usd: null } } });
  });
});

/** A rule with more lines, as a policy. */
const rule = (lines: string): string => `policy: 1\nrules:\n  - id: a\n    effect: ask\n    on: [path.write]\n${lines.replaceAll(/^/gm, '    ')}\n`;

describe('mistakes', () => {
  it('are all told, each with its place and what to write instead', () => {
    const problems = problemsOf('policy: 1\nnmae: x\nrules:\n  - id: Bad Id\n    effect: dney\n    on: [path.wirte]\n    pahts: ["a"]\n');
    expect(problems).toEqual([
      { at: 'policy.yaml:2:1', message: 'the policy has no key "nmae"', hint: 'Did you mean name?' },
      { at: 'policy.yaml:7:5', message: 'the rule has no key "pahts"', hint: 'Did you mean paths?' },
      { at: 'policy.yaml:4:9', message: 'the rule is called "Bad Id"', hint: 'Write bad-id: a name has 1 to 64 of a-z, 0-9 and -, and begins with a letter.' },
      { at: 'policy.yaml:5:13', message: 'effect is "dney", which does not exist', hint: 'Did you mean deny?' },
      { at: 'policy.yaml:6:10', message: 'on has "path.wirte", which does not exist', hint: 'Did you mean path.write?' },
    ]);
  });

  it('stand in the message, the first five of them', () => {
    const text = `policy: 1\n${Array.from({ length: 9 }, (_, index) => `x${index}: 1`).join('\n')}`;
    expect(() => parse(text)).toThrow(/^policy\.yaml:2:1: the policy has no key "x0"\n(.*\n){4}\.\.\. and 4 more$/);
  });

  it.each([
    ['policy: 2', '1:9', 'reads policy: 1 only'],
    ['policy: "1"', '1:9', 'reads policy: 1 only'],
    ['policy: 1.0', '1:9', 'reads policy: 1 only'],
    ['policy: 0x1', '1:9', 'reads policy: 1 only'],
    ['name: x', '1:1', 'does not begin with policy: 1'],
    ['- a', '1:1', 'the policy is a list; it has to be a map'],
    ['text', '1:1', 'the policy is the text "text"; it has to be a map'],
    ['policy: 1\nrules: []', '2:8', 'rules is an empty list'],
    ['policy: 1\nrules: {}', '2:8', 'rules is a map; it has to be a list'],
    ['policy: 1\nrules:', '2:7', 'rules is empty; it has to be a list'],
    ['policy: 1\nrules: [a]', '2:9', 'the rule is the text "a"; it has to be a map'],
    ['policy: 1\nrules: [{id: a}]', '2:9', 'the rule has no effect and no on'],
    ['policy: 1\nrules: [{id: a, effect: ask, on: [commit]}, {id: a, effect: ask, on: [commit]}]', '2:45', 'the id "a" stands at policy.yaml:2:9 already'],
    [rule('on: [commit]'), '6:5', 'the key "on" stands twice in the rule'],
    [rule('paths: src/**'), '6:12', 'paths is the text "src/**"; it has to be a list'],
    [rule('paths: ["../a"]'), '6:13', 'it has the path segment ".."'],
    [rule('paths: ["a**b"]'), '6:13', '"**" stands beside other characters'],
    [rule('paths: ["/etc"]'), '6:13', 'it is an absolute path'],
    [rule('paths: ["a", "a"]'), '6:18', '"a" stands twice in paths'],
    [rule('paths: [1]'), '6:13', 'an item of paths is the number "1"; it has to be a text'],
    [rule('except: ["a"]'), '6:5', 'except stands without paths'],
    [rule('command: {starts: [git]}'), '6:5', 'command says nothing at path.write'],
    [rule('agents: [rol:coder]'), '6:14', '"rol:coder" names no agent'],
    [rule('agents: [user:anna]'), '6:14', '"user:anna" names no agent'],
    [rule('agents: ["role: coder"]'), '6:14', '"role: coder" names no agent'],
    [rule('agents: [Coder]'), '6:14', '"Coder" is no agent'],
    [rule('agents: ["role:\u0441oder"]'), '6:14', 'mixes letters of several alphabets'],
    [rule('roles: ["\u0430dmin"]'), '6:13', 'mixes letters of several alphabets'],
    [rule('why: yes it is\nlocked: yes'), '7:13', 'locked is the text "yes"; it has to be true or false'],
    [rule('why: true'), '6:10', 'why is the value "true"; it has to be a text'],
    [rule('why: ""'), '6:10', 'why is empty'],
    [rule('why: "a\\u200bb"'), '6:10', 'why has the invisible character U+200B'],
    [rule('locked: true\noverridable: [task]'), '7:5', 'the rule is locked and overridable'],
    [rule('overridable: [project]'), '6:19', 'overridable (of a rule in the project layer) has "project"'],
    [rule('approval: {count: 0}'), '6:23', 'count is "0"'],
    [rule('approval: {count: 17}'), '6:23', 'count is 17 and the limit is 16'],
    [rule('approval: {from: [owners]}'), '6:23', '"owners" can\'t approve'],
    [rule('approval: {ttl: 30}'), '6:21', 'ttl is the number "30"; it has to be a text'],
    [rule('approval: {ttl: 30x}'), '6:21', '"30x" is not a duration'],
    [rule('examples: [{path: a}]'), '6:16', 'the example does not say what to expect'],
    [rule('examples: [{expect: ask, task.riks: a}]'), '6:30', 'an example has no key "task.riks"'],
    [rule('examples: [{expect: ask, task.attempt: 1.5}]'), '6:44', 'task.attempt is "1.5"'],
    [rule('examples: [{expect: ask, run.unattended: "true"}]'), '6:46', 'run.unattended is the text "true"; it has to be true or false'],
    [rule('examples: [{expect: ask, on: commit}]'), '6:34', 'on is "commit", which does not exist'],
    ['policy: 1\nrules: [{id: a, effect: deny, on: [commit], approval: {count: 1}}]', '2:45', 'approval says nothing in a rule whose effect is deny'],
    ['policy: 1\nrules: [{id: a, effect: deny, on: [commit, command.run], paths: [a]}]', '2:58', 'paths says nothing at command.run'],
    ['policy: 1\nrules: [{id: a, effect: deny, on: [command.run], command: {}}]', '2:59', 'command says nothing'],
    ['policy: 1\ndefaults: {path.wirte: deny}', '2:12', 'defaults has no key "path.wirte"'],
    ['policy: 1\ndefaults: {path.write: no}', '2:24', 'path.write is "no", which does not exist'],
    ['policy: 1\nevidence: {task.done: [tests]}', '2:24', 'task.done has "tests", which does not exist'],
    ['policy: 1\nteams: {owners: [an na]}', '2:18', '"an na" is no user'],
    ['policy: 1\noverride: [{rule: a, reason: b}]', '2:12', 'the override has no expires'],
    ['policy: 1\noverride: [{rule: a, reason: b, expires: 9999-01-01}]', '2:42', 'no day of this century'],
    ['policy: 1\noverride: [{rule: a, reason: b, expires: 2030-02-30}]', '2:42', 'no day of this century'],
    ['policy: 1\noverride: [{rule: a, reason: b, expires: never}]', '2:42', 'no day of this century'],
    ['policy: 1\noverride: [{rule: a, reason: b, expires: 2030-01-01}, {rule: a, reason: c, expires: 2030-01-01}]', '2:55', '"a" is overridden twice'],
    ['policy: 1\nroles: {admin: [me]}', '2:1', 'the policy has no key "roles"'],
  ])('%j', (text, place, message) => {
    const problems = problemsOf(text);
    expect(problems.map(({ at }) => at)).toContain(`policy.yaml:${place}`);
    expect(problems.find(({ at }) => at === `policy.yaml:${place}`)?.message).toContain(message);
  });

  it.each(['-1', '+1', '1e2', '.inf', '-.inf', '.nan', 'NaN', 'Infinity', '1e309', '-0', '0x10', '1_000', '1.1234567', '1234567890', 'true', 'null', '""', '" 1"', '"1e2"'])('limits of %s are refused', (amount) => {
    const text = `policy: 1\nlimits:\n  run: { usd: ${amount}, minutes: ${amount}, tool_calls: ${amount} }\n  day: { usd: ${amount} }\n`;
    expect(problemsOf(text)).toHaveLength(4);
    for (const { hint } of problemsOf(text)) expect(hint).toMatch(/^Write /);
  });

  it('keeps the digits of money', () => {
    for (const [written, kept] of [
      ['0', '0'], ['0.10', '0.1'], ['"0.1"', '0.1'], ['1.10', '1.1'], ['007', '7'], ['4.000000', '4'], ['0.000001', '0.000001'], ['999999999.999999', '999999999.999999']]) expect(parse(`policy: 1\nlimits: { day: { usd: ${written} } }`).layer.limits.day.usd).toBe(kept);
  });

  it('points into a condition wherever it stands', () => {
    const place = (lines: string): string | undefined => problemsOf(rule(lines)).map(({ at }) => at)[0];
    expect(place('when: task.riks == "low"')).toBe('policy.yaml:6:11');
    expect(place('when: path == "a" && task.riks == "low"')).toBe('policy.yaml:6:26');
    expect(place("when: 'path == \"a\" && task.riks == \"low\"'")).toBe('policy.yaml:6:27');
    expect(place('when: "path == \'a\' && task.riks == \'low\'"')).toBe('policy.yaml:6:27');
    expect(place('when: |\n  path == "a"\n    || task.riks == "low"')).toBe('policy.yaml:8:12');
    expect(place('when: "path == \\"a\\" && task.riks == 1"')).toBe('policy.yaml:6:11');
    expect(place('when: >\n  path == "a"\n  || task.riks == "low"')).toBe('policy.yaml:6:11');
    expect(problemsOf(rule('when: path == "a" && task.riks == "low"'))[0]).toEqual({ at: 'policy.yaml:6:26', message: 'when: there is no fact "task.riks"\n    path == "a" && task.riks == "low"\n                   ^', hint: 'Did you mean task.risk?' });
    const [long] = problemsOf(rule(`when: '${'path == "a" || '.repeat(60)}task.riks == "low"'`));
    expect(long?.message.split('\n').every((line) => line.length < 90)).toBe(true);
    expect(long?.message).toMatch(/task\.riks.*\n +\^$/);
  });

  it('knows sets by name', () => {
    const text = (use: string): string => `policy: 1\nsets: { money: [a], toString: [b] }\nrules: [{ id: a, effect: ask, on: [commit], paths: ["${use}"] }]`;
    expect(problemsOf(text('@mony'))).toContainEqual({ at: 'policy.yaml:3:53', message: 'there is no set "mony"', hint: 'Did you mean @money?' });
    expect(problemsOf(text('@valueOf'))).toContainEqual(expect.objectContaining({ message: 'there is no set "valueOf"' }));
    expect(problemsOf('policy: 1\nsets: { a: [b], c: ["@a"] }')).toEqual([expect.objectContaining({ at: 'policy.yaml:2:21', message: 'the set has the set "@a" in it' })]);
  });

  it('overrides nothing from above all, nor for ever', () => {
    const text = 'policy: 1\noverride: [{ rule: a, reason: b, expires: 2031-01-01 }]';
    expect(problemsOf(text, { layer: 'global' })).toEqual([expect.objectContaining({ at: 'policy.yaml:2:1' })]);
    expect(problemsOf(text, { nowMs: Date.UTC(2029, 0, 1) })).toEqual([expect.objectContaining({ message: 'expires is "2031-01-01", more than a year ahead' })]);
    expect(parse(text, { nowMs: Date.UTC(2030, 6, 1) }).warnings).toEqual([]);
    expect(parse(text, { nowMs: Date.UTC(2031, 0, 1) }).warnings).toEqual([expect.objectContaining({ at: 'policy.yaml:2:43' })]);
    expect(parse(text.replace('2031-01-01', '2031-01-01T08:30Z')).layer.overrides[0]?.expiresAtMs).toBe(Date.UTC(2031, 0, 1, 8, 30));
  });
});

describe('warnings', () => {
  it.each([
    ['{id: a, effect: deny, on: [commit], paths: [x]}', 'has no examples'],
    ['{id: a, effect: ask, on: [commit], paths: ["**"]}', 'matches everything at commit'],
    ['{id: a, effect: allow, on: [commit]}', 'matches everything at commit'],
    ['{id: a, effect: ask, on: [commit], paths: [x, y], except: [y, x]}', 'can never match'],
    ['{id: a, effect: ask, on: [commit], approval: {from: [team:onwers]}}', 'asks the team "onwers"'],
  ])('%s', (written, message) => {
    expect(parse(`policy: 1\nteams: {owners: [anna]}\nrules: [${written}]`).warnings).toEqual([expect.objectContaining({ at: 'policy.yaml:3:9', message: expect.stringContaining(message) as string })]);
  });

  it.each(['{id: a, effect: ask, on: [commit]}', '{id: a, effect: allow, on: [commit], agents: [role:coder]}', '{id: a, effect: ask, on: [commit], paths: ["**"], except: [x]}', '{id: a, effect: ask, on: [commit], paths: ["**"], when: run.unattended}'])('none for %s', (written) => {
    expect(parse(`policy: 1\nrules: [${written}]`).warnings).toEqual([]);
  });
});

describe('names that objects have already', () => {
  it('are names like others, or refused for their form', () => {
    const text = 'policy: 1\nsets: { constructor: [a] }\nteams: { constructor: [anna] }\nrules:\n  - { id: constructor, effect: ask, on: [commit], paths: ["@constructor"], roles: [__proto__, toString], approval: { from: [team:constructor] } }\n';
    const { layer } = parse(text);
    expect(layer.rules[0]).toMatchObject({ id: 'constructor', paths: ['a'], roles: ['__proto__', 'toString'] });
    expect(Object.keys(layer.teams)).toEqual(['constructor']);
    expect('toString' in layer.teams).toBe(false);
    expect('constructor' in parse('policy: 1').layer.teams).toBe(false);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '<<'])('%s is no key', (key) => {
    const places = [`policy: 1\n${key}: 1`, `policy: 1\nrules: [{ id: a, effect: ask, on: [commit], ${key}: 1 }]`, `policy: 1\nlimits: { ${key}: 1 }`, `policy: 1\ndefaults: { ${key}: deny }`, `policy: 1\nevidence: { ${key}: [diff] }`, `policy: 1\nrules: [{ id: a, effect: ask, on: [commit], examples: [{ expect: ask, ${key}: x }] }]`];
    for (const text of places) expect(problemsOf(text)).toHaveLength(1);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each(['__proto__', 'toString', 'Money', 'a b', 'a_b', '1a', '-a', 'a'.repeat(65), 'm\u00f6ney'])('%s names no rule, set or team', (name) => {
    expect(problemsOf(`policy: 1\nsets: { "${name}": [a] }\nteams: { "${name}": [anna] }\nrules: [{ id: "${name}", effect: ask, on: [commit] }]`)).toHaveLength(3);
  });
});

describe('any policy', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
  const words = fc.uniqueArray(fc.stringMatching(/^[A-Za-z][A-Za-z0-9.-]{0,6}$/), { minLength: 1, maxLength: 3 });
  const policy = fc.record(
    {
      name: fc.stringMatching(/^[A-Za-z][A-Za-z :#'"{},-]{0,12}[a-z]$/),
      rules: fc.uniqueArray(
        fc.record(
          { id: name, effect: fc.constantFrom('allow', 'ask', 'deny'), on: fc.uniqueArray(fc.constantFrom('path.write', 'commit', 'task.merge'), { minLength: 1 }), paths: words, roles: words, labels: words, why: fc.stringMatching(/^[A-Za-z][A-Za-z :#'"|>%@&*!?-]{0,20}[a-z]$/), locked: fc.boolean() },
          { requiredKeys: ['id', 'effect', 'on'] },
        ),
        { minLength: 1, maxLength: 4, selector: ({ id }) => id },
      ),
    },
    { requiredKeys: ['rules'] },
  );

  it('comes through in block and in flow form, quoted or not', () => {
    fc.assert(
      fc.property(policy, (written) => {
        const content = { policy: 1, ...written };
        const forms = [stringify(content, { lineWidth: 0 }), stringify(content, { lineWidth: 40, indent: 4 }), JSON.stringify(content, null, 1), stringify(content, { defaultStringType: 'QUOTE_SINGLE', collectionStyle: 'flow', lineWidth: 0 })];
        const [first, ...others] = forms.map((text) => JSON.stringify(parse(text).layer).replaceAll(/"at":"[^"]*"/g, '"at":""'));
        for (const other of others) expect(other).toBe(first);
        expect(JSON.parse(first!)).toMatchObject({ rules: written.rules.map(({ id, effect, why, paths }) => ({ id, effect, why: why ?? null, paths: paths ?? null })) });
      }),
      { numRuns: 150 },
    );
  });
});

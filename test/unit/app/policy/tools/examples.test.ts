import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExampleFile, isExampleFile } from '../../../../../src/app/policy/tools/example-file.js';
import { exampleRequest } from '../../../../../src/app/policy/tools/example-request.js';
import { testPolicy } from '../../../../../src/app/policy/tools/test-policy.js';
import { isAiError } from '../../../../../src/domain/kernel/errors.js';
import { POLICY_POINTS } from '../../../../../src/domain/policy/point.js';
import { createPolicyWorld, POLICY, type PolicyWorld } from './policy-world.js';

const TEXT = `policy: 1
rules:
  - id: money
    effect: ask
    on: [path.write]
    agents: [role:coder]
    paths: ["src/billing/**"]
    when: 'task.risk != "low"'
    examples:
      - { expect: ask, path: src/billing/tax.ts, task.risk: high, roles: [coder] }
      - { expect: none, path: src/billing/tax.ts, task.risk: low, roles: [coder] }
      - { expect: none, path: src/app.ts, task.risk: high, roles: [coder] }
      - { expect: allow, path: src/app.ts, task.risk: high }
      - { expect: none, path: src/billing/tax.ts, task.risk: high, agent: writer }
  - id: no-force
    effect: deny
    on: [command.run]
    command: { starts: [git, push], any: ["--force"] }
    examples:
      - { expect: deny, command: git push --force }
      - { expect: deny, command: 'git push $FLAGS' }
      - { expect: none, command: git push }
`;

let world: PolicyWorld;
beforeAll(async () => {
  world = await createPolicyWorld({ [POLICY]: TEXT });
});
afterAll(() => world.close());

const failures = async (source: string, text: string): Promise<string[]> => (await testPolicy(world.deps, [{ source, text }])).filter(({ ok }) => !ok).map(({ at, message }) => `${at} ${message}`);
const INDENTS = 6;

describe('examples inside of rules', () => {
  it('are run through the evaluator, at the first point of the rule', async () => {
    const results = await testPolicy(world.deps, []);
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(results).toHaveLength(8);
  });

  it('fail with the place and the reason', async () => {
    const wrong = TEXT.replace('expect: ask, path: src/billing/tax.ts, task.risk: high', 'expect: none, path: src/billing/tax.ts, task.risk: high').replace('{ expect: none, command: git push }', '{ expect: deny, command: git push }');
    expect(await failures('draft.yaml', wrong)).toEqual(['draft.yaml:10:9 the rule matches src/billing/tax.ts, and is expected not to.', 'draft.yaml:22:9 the rule does not match, and is expected to (deny).']);
  });

  it('fail when the condition reads a fact that is not stated: any request would do', async () => {
    const [failure] = await failures('draft.yaml', TEXT.replace('expect: ask, path: src/billing/tax.ts, task.risk: high', 'expect: ask, path: src/billing/tax.ts'));
    expect(failure).toMatch(/^draft\.yaml:10:9 its condition can't be evaluated: .*task\.risk.*State the fact in the example\.$/);
  });
});

describe('a file of examples', () => {
  it('is put to the whole policy, the point told by the words', async () => {
    const text = '# what holds here\n- { expect: deny, command: "git push --force" }\n- { expect: ask, path: src/billing/tax.ts, task.risk: high, roles: [coder] }\n- { expect: none, path: src/app.ts, task.risk: high }\n- expect: ask\n  on: path.write\n  path: .github/workflows/x.yml\n  agent: coder\n- { expect: none, path: .github/workflows/x.yml }\n';
    expect(await failures('cases.yaml', text)).toEqual([]);
    expect(await failures('cases.yaml', text.replace('expect: none', 'expect: deny'))).toEqual([expect.stringMatching(/^cases\.yaml:4:3 expected deny, decided allow: No rule matches/)]);
  });

  it.each([
    ['an unknown word', '- { expect: ask, pathh: x }\n', /^cases\.yaml:1:18: an example has no key "pathh"$/m],
    ['no expectation', '\n\n- { path: x }\n', /^cases\.yaml:3:3: the example does not say what to expect$/m],
    ['a point that does not exist', '- expect: ask\n  on: path.writes\n', /^cases\.yaml:2:7: on is "path\.writes", which does not exist$/m],
    ['an anchor', '- &a { expect: ask }\n', /^cases\.yaml:1:3: /m],
  ])('tells the place of %s in the file itself', async (_name, text, message) => {
    const files = await world.deps.policyFiles();
    const error = await readExampleFile(files, 'cases.yaml', text).catch((reason: unknown) => reason);
    expect(isAiError(error, 'INVALID_POLICY') && error.message).toMatch(message);
  });

  it('is told from a policy by its top', () => {
    for (const text of ['- { expect: ask }', '# note\n\n- expect: ask', '---\n- expect: ask', '[{ expect: ask }]', '\ufeff- a']) expect(isExampleFile(text), text).toBe(true);
    for (const text of [TEXT, '', '# only a comment', '---\npolicy: 1', 'policy: 1\nrules:\n  - id: x']) expect(isExampleFile(text), text).toBe(false);
  });

  it('keeps every place through any blank lines and comments', async () => {
    const files = await world.deps.policyFiles();
    const filler = fc.array(fc.constantFrom('', '# note', '   ', '#'), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(filler, { minLength: 1, maxLength: 5 }), async (gaps) => {
        const lines = gaps.flatMap((gap) => [...gap, '- { expect: none, path: a }']);
        const expected = lines.flatMap((line, index) => (line.startsWith('-') ? [`f.yaml:${index + 1}:3`] : []));
        expect((await readExampleFile(files, 'f.yaml', lines.join('\n'))).map(({ at }) => at)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the request of an example', () => {
  const anyWords = fc.dictionary(fc.constantFrom('path', 'command', 'skill', 'agent', 'on', 'task.risk', 'user.name', 'network.host'), fc.string({ maxLength: 12 }));

  it('is complete whatever words there are', () => {
    fc.assert(
      fc.property(anyWords, fc.integer({ min: 0, max: INDENTS * 1_000 }), (words, nowMs) => {
        const request = exampleRequest(words, [], nowMs);
        expect(POLICY_POINTS).toContain(request.point);
        expect(request.nowMs).toBe(nowMs);
        expect(request.command === null).toBe(request.point !== 'command.run' || words['command'] === undefined);
      }),
    );
  });

  it('is of a person unless an agent is named, by whatever word', () => {
    expect(exampleRequest({ path: 'a' }, ['commit'], 0)).toMatchObject({ point: 'commit', subject: { agent: null }, resource: { kind: 'tree' } });
    expect(exampleRequest({ 'user.name': 'anna' }, [], 0).subject).toMatchObject({ agent: null, user: 'anna' });
    expect(exampleRequest({ labels: ['fast'] }, [], 0).subject).toMatchObject({ agent: 'some-agent', labels: ['fast'] });
    expect(exampleRequest({ agent: 'writer', roles: ['docs'] }, [], 0)).toMatchObject({ subject: { agent: 'writer', roles: ['docs'] }, facts: { 'agent.id': 'writer', 'agent.role': 'docs' } });
    expect(exampleRequest({ path: 'src/**' }, ['task.claim'], 0).resource.kind).toBe('task');
  });
});

import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../../../src/domain/policy/evaluate/compile-policy.js';
import { decide } from '../../../../../src/domain/policy/evaluate/decide.js';
import { explainDecision } from '../../../../../src/domain/policy/evaluate/explain.js';
import { builtinFloor } from '../../../../../src/domain/policy/floor/builtin-floor.js';
import type { EffectivePolicy, Rule } from '../../../../../src/domain/policy/layer.js';
import { actionDigest, askingRules } from '../../../../../src/domain/policy/record/action-digest.js';
import type { DecisionRequest } from '../../../../../src/domain/policy/request.js';
import { commandRequest, compile, file, layer, NOW, policyOf, request, rule, sha256 } from './samples.js';

const project = (...rules: Rule[]): EffectivePolicy => policyOf(layer('project', { rules }));
const answer = (policy: EffectivePolicy, question: DecisionRequest) => decide(compilePolicy(policy, compile, { sha256 }), question);
const write = (...paths: string[]): DecisionRequest => request('path.write', { paths: paths.map((path) => file(path)) });

const money = rule({ id: 'money', effect: 'ask', on: ['path.write'], paths: ['src/billing/**'], approval: { count: 2, from: ['team:owners'], ttlMs: 1_000 }, why: 'An owner reads it' });
const area = rule({ id: 'area', effect: 'allow', on: ['path.write'], agents: ['role:coder'], paths: ['src/**'], except: ['src/Secret/**'] });
const noForce = rule({ id: 'no-force', effect: 'deny', on: ['command.run'], command: { starts: ['git', 'push'], any: ['--force', '-f'] } });

describe('effects and defaults', () => {
  it('says when nothing was checked', () => {
    expect(answer(policyOf(), write('a'))).toMatchObject({ effect: 'allow', code: 'no-rule', considered: 0, fix: null });
    expect(answer(policyOf(), request('policy.change'))).toMatchObject({ effect: 'ask', code: 'no-rule', approval: { count: 1, from: [], ttlMs: 86_400_000 } });
    expect(answer(project(money), write('a'))).toMatchObject({ effect: 'allow', code: 'default', considered: 1 });
  });

  it('names the rule, its why, its place and the path', () => {
    const decision = answer(project(money, area), write('src/a.ts', 'src/billing/tax.ts'));
    expect(decision).toMatchObject({ effect: 'ask', code: 'rule-ask', approval: { count: 2, from: ['team:owners'], ttlMs: 1_000 }, findingCount: 1, findings: [{ path: 'src/billing/tax.ts', effect: 'ask', rules: [{ id: 'money' }] }] });
    expect(decision.message).toBe('Needs an approval: path.write of "src/billing/tax.ts" by the rule "money" of the project layer (policy.yaml:1:5): An owner reads it.');
    expect(decision.rules.map(({ id, result, decisive, path }) => [id, result, decisive, path])).toEqual([['area', 'match', false, 'src/a.ts'], ['money', 'match', true, 'src/billing/tax.ts']]);
  });

  it('a layer that allows something leaves the rest to the ceiling above it', () => {
    const strict = layer('global', { defaults: { 'path.write': 'deny' }, rules: [rule({ id: 'wide', effect: 'allow', on: ['path.write'], paths: ['src/**', 'docs/**'] })] });
    const policy = policyOf(strict, layer('project', { rules: [area] }));
    expect(answer(policy, write('src/a.ts')).code).toBe('rule-allow');
    expect(answer(policy, write('docs/a.md'))).toMatchObject({ effect: 'deny', code: 'default' });
    expect(answer(policy, write('lib/a.ts'))).toMatchObject({ effect: 'deny', code: 'default', findingCount: 1 });
  });

  it('an exception of an allow holds in every spelling', () => {
    const policy = policyOf(layer('project', { rules: [area], defaults: { 'path.write': 'deny' } }));
    expect(answer(policy, write('src/Secret/a')).effect).toBe('deny');
    expect(answer(policy, write('src/secret/a')).effect).toBe('deny');
    expect(answer(policy, write('SRC/a')).effect).toBe('deny');
    expect(answer(policy, write('src/a')).effect).toBe('allow');
  });

  it('merges the terms of all asks to the strictest', () => {
    const other = rule({ id: 'other', effect: 'ask', on: ['path.write'], approval: { count: 1, from: ['user:ann'], ttlMs: 500 } });
    expect(answer(project(money, other), write('src/billing/a')).approval).toEqual({ count: 2, from: ['team:owners', 'user:ann'], ttlMs: 500 });
  });
});

describe('what can not be evaluated', () => {
  it.each([['deny', 'deny', 'rule-error'], ['ask', 'ask', 'rule-error'], ['allow', 'deny', 'default']] as const)('an error in an %s gives %s', (effect, result, code) => {
    const policy = policyOf(layer('project', { defaults: { 'tool.use': result }, rules: [rule({ id: 'x', effect, on: ['tool.use'], when: 'task.risk == "low"' })] }));
    expect(answer(policy, request('tool.use'))).toMatchObject({ effect: result, code, facts: { 'task.risk': null } });
  });

  it('a condition that does not compile is refused when it is asked for, and an error when not', () => {
    const policy = project(rule({ id: 'x', effect: 'deny', on: ['tool.use'], when: 'nonsense' }));
    expect(() => compilePolicy(policy, compile)).toThrow(expect.objectContaining({ code: 'INVALID_POLICY' }));
    expect(decide(compilePolicy(policy, compile, { points: ['commit'] }), request('tool.use'))).toMatchObject({ effect: 'deny', code: 'rule-error' });
  });

  it('a number that is none is absent', () => {
    const policy = project(rule({ id: 'x', effect: 'deny', on: ['tool.use'], when: 'run.costUsd > 5' }));
    for (const cost of [Number.NaN, Number.POSITIVE_INFINITY, 9]) expect(answer(policy, request('tool.use', { facts: { 'run.costUsd': cost } })).effect).toBe('deny');
    expect(answer(policy, request('tool.use', { facts: { 'run.costUsd': 1 } })).effect).toBe('allow');
  });

  it.each(['src/../.ai/policy.yaml', './src/a', 'src//a', 'src/%2e%2e/x', 'src\\..\\x', 'C:x', '\\\\?\\x', '~/x', 'src/a\0', 'src/a\nb', '/src/a', 'src/.', 'src/.. /x', 'src/\u200ba', 'src/\ud800', ''])('the path %j fits no allow and every deny', (path) => {
    const allowed = policyOf(layer('project', { defaults: { 'path.write': 'deny' }, rules: [rule({ id: 'all', effect: 'allow', on: ['path.write'], paths: ['**', 'src/**'] })] }));
    expect(answer(allowed, write(path)).effect).toBe('deny');
    expect(answer(project(rule({ id: 'elsewhere', effect: 'deny', on: ['path.write'], paths: ['elsewhere/x'] })), write(path))).toMatchObject({ effect: 'deny', code: 'rule-error' });
  });
});

describe('commands', () => {
  it.each([['git push --force', 'rule-deny'], ['git push $X', 'rule-error'], ['git $X', 'rule-error'], ['$X push', 'rule-error'], ['git -c alias.p=push p -f', 'rule-error'], ['git push', 'default'], ['git -c a=b status', 'default'], ['npm run $X', 'default']])('%j: %s', (text, code) => {
    expect(answer(project(noForce), commandRequest(text)).code).toBe(code);
  });

  it('an allow is for every command of a line, or for none', () => {
    const policy = policyOf(layer('project', { defaults: { 'command.run': 'deny' }, rules: [rule({ id: 'npm', effect: 'allow', on: ['command.run'], command: { starts: ['npm', 'test'], any: [] } }), rule({ id: 'status', effect: 'allow', on: ['command.run'], command: { starts: ['git', 'status'], any: [] } })] }));
    for (const text of ['npm test', 'npm test && git status', 'env A=1 npm test -- x', 'npm test $X']) expect(answer(policy, commandRequest(text)).effect, text).toBe('allow');
    for (const text of ['npm', 'npm test; rm x', 'npm test $(rm x)', '/tmp/npm test', 'git -c core.pager=x status', 'sudo npm test', 'npm test; $X', 'PATH=. npm test', '']) expect(answer(policy, commandRequest(text)).effect, text).toBe('deny');
    expect(answer(policy, request('command.run')).effect).toBe('deny');
  });
});

describe('overrides', () => {
  const guarded = (overridable: Rule['overridable'], locked = false) => layer('global', { rules: [rule({ id: 'guard', effect: 'deny', on: ['commit'], overridable, locked })] });
  const override = (expiresAtMs: number) => layer('project', { overrides: [{ id: 'o-1', rule: 'guard', layer: 'project', reason: 'release', expiresAtMs, by: 'user:ann', at: 'p:1:1' }] });

  it('switch a rule off only where it says so, and in time', () => {
    expect(answer(policyOf(guarded(['project']), override(NOW + 1)), request('commit'))).toMatchObject({ effect: 'allow', rules: [{ result: 'overridden', override: 'o-1', decisive: false }] });
    for (const policy of [policyOf(guarded(['project']), override(NOW)), policyOf(guarded(['task']), override(NOW + 1)), policyOf(guarded(['project'], true), override(NOW + 1))]) expect(answer(policy, request('commit')).effect).toBe('deny');
  });
});

describe('approvals', () => {
  const policy = project(money);
  const compiled = compilePolicy(policy, compile, { sha256 });
  const question = write('src/billing/tax.ts');
  const digest = actionDigest({ request: question, policyDigest: compiled.digest(sha256), rules: askingRules(decide(compiled, question)) }, sha256);
  const granted = (fields = {}) => ({ id: 'a-1', actionDigest: digest, by: ['user:ann'], expiresAtMs: NOW + 1, ...fields });
  const withApproval = (fields: Partial<DecisionRequest>, approval = granted()) => ({ ...question, ...fields, approvals: [approval] });

  it('turn an ask into an allow, also in a later run', () => {
    const later = withApproval({ subject: { ...question.subject, run: 'r-000002', session: 's' }, facts: { 'run.costUsd': 3 }, action: { ...question.action, toolCall: 'c2' } });
    for (const approved of [withApproval({}), later]) expect(decide(compiled, approved)).toMatchObject({ effect: 'allow', code: 'approved', approvals: ['a-1'], approval: null, findingCount: 0 });
  });

  it.each([
    ['expired', withApproval({}, granted({ expiresAtMs: NOW }))],
    ['of another action', withApproval({}, granted({ actionDigest: sha256('x') }))],
    ['for other paths', withApproval({ paths: [file('src/billing/other.ts')] })],
    ['for other content', withApproval({ resource: { ...question.resource, digest: 'f' } })],
    ['for another agent', withApproval({ subject: { ...question.subject, agent: 'other' } })],
    ['with broken text', withApproval({ taskType: '\ud800' })],
  ])('not one that is %s', (_, other) => {
    expect(decide(compiled, other)).toMatchObject({ effect: 'ask', approvals: [] });
  });

  it('not for another policy, not without a hash, and never against a deny', () => {
    const stricter = project(money, rule({ id: 'another', effect: 'ask', on: ['path.write'] }));
    expect(answer(stricter, withApproval({})).effect).toBe('ask');
    expect(decide(compilePolicy(policy, compile), withApproval({})).effect).toBe('ask');
    expect(answer(project(money, rule({ id: 'deny', effect: 'deny', on: ['path.write'] })), withApproval({})).effect).toBe('deny');
  });
});

describe('explainDecision', () => {
  it('shows what did not fit, and the nearest change', () => {
    const risky = rule({ id: 'risky', effect: 'deny', on: ['path.write'], paths: ['src/**'], when: 'task.risk == "high"' });
    const high = { ...write('src/a.ts'), facts: { 'task.risk': 'high' } };
    expect(explainDecision(compilePolicy(project(risky), compile), high)).toMatchObject({ decision: { effect: 'deny' }, nearest: { field: 'task.risk', from: '"high"', to: '"other"', effect: 'allow' } });
    const elsewhere = explainDecision(compilePolicy(project(money), compile), write('lib/a'));
    expect(elsewhere.rules).toMatchObject([{ id: 'money', result: 'no', misfits: [{ field: 'paths', wanted: 'src/billing/**', had: 'lib/a' }] }]);
    expect(elsewhere.nearest).toMatchObject({ field: 'paths', effect: 'ask' });
    expect(explainDecision(compilePolicy(project(noForce), compile), commandRequest('ls')).nearest).toMatchObject({ field: 'command', to: 'git push --force', effect: 'deny' });
    expect(explainDecision(compilePolicy(policyOf(), compile), write('a')).nearest).toBeNull();
  });
});

describe('size', () => {
  it('decides 10,000 paths by 100 rules, and lists a bounded number of findings', () => {
    const rules = Array.from({ length: 100 }, (_, index) => rule({ id: `r-${index}`, effect: (['deny', 'ask', 'allow'] as const)[index % 3]!, on: ['commit'], paths: [`src/m${index}/**`, `**/*.k${index}`, `docs/{a,b}${index}/*.md`], when: 'task.risk == "high"' }));
    const paths = Array.from({ length: 10_000 }, (_, index) => file(`src/m${index % 200}/part/file-${index}.ts`));
    const decision = answer(policyOf(builtinFloor(), ...project(...rules).layers), request('commit', { paths, facts: { 'task.risk': 'high' } }));
    expect(decision).toMatchObject({ effect: 'deny', findingCount: 3_350, considered: 105 });
    expect(decision.findings).toHaveLength(1_000);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePathSet, matchesPath } from '../../../../../src/domain/glob/path-set.js';
import { compilePolicy } from '../../../../../src/domain/policy/evaluate/compile-policy.js';
import { decide } from '../../../../../src/domain/policy/evaluate/decide.js';
import type { DecisionRequest } from '../../../../../src/domain/policy/request.js';
import { compile, layer, policyOf, request, rule, sha256 } from './samples.js';

const claim = (patterns: readonly string[], fields: Partial<DecisionRequest> = {}): DecisionRequest =>
  request('task.claim', { resource: { kind: 'task', id: 't-000001', digest: null }, paths: patterns.map((path) => ({ path, kind: null, mode: null })), ...fields });
const decideWith = (rules: Parameters<typeof rule>[0][], asked: DecisionRequest, defaults = {}) => decide(compilePolicy(policyOf(layer('project', { rules: rules.map(rule), defaults })), compile, { sha256 }), asked);

describe('a task is judged by what its locks cover', () => {
  const deny = { id: 'money', effect: 'deny', on: ['task.claim'], paths: ['src/billing/**'], except: ['src/billing/docs/**'] } as const;

  it.each([
    ['src/**', 'deny'],
    ['**/*.ts', 'deny'],
    ['SRC/Billing/tax.ts', 'deny'],
    ['src/billing/docs/**', 'allow'],
    ['src/cart/**', 'allow'],
  ])('%s: %s', (pattern, effect) => expect(decideWith([deny], claim([pattern])).effect).toBe(effect));

  it('an allow has to hold all of it', () => {
    const allow = { id: 'area', effect: 'allow', on: ['task.claim'], paths: ['src/**'], except: ['src/secret/**'] } as const;
    const ask = (pattern: string) => decideWith([allow], claim([pattern]), { 'task.claim': 'deny' }).effect;
    expect([ask('src/cart/**'), ask('src/**'), ask('**'), ask('src/secret/key.ts'), ask('SRC/cart/**')]).toEqual(['allow', 'deny', 'deny', 'deny', 'deny']);
  });

  it('names the rule and the pattern', () => expect(decideWith([deny], claim(['src/**'])).findings).toMatchObject([{ path: 'src/**', effect: 'deny', rules: [{ id: 'money' }] }]));

  it('what is no pattern is covered by every deny, and by no allow', () => {
    expect(decideWith([deny], claim(['src/../x'])).effect).toBe('deny');
    expect(decideWith([{ id: 'all', effect: 'allow', on: ['task.claim'], paths: ['**'] }], claim(['a\\b']), { 'task.claim': 'deny' }).effect).toBe('deny');
  });

  it('a deny that spares a claim covers no path that the locks cover', () => {
    const names = fc.constantFrom('a', 'b', 'ab', '*', 'a*', '**');
    const patterns = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const paths = fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(patterns, patterns, fc.array(paths, { maxLength: 40 }), (ruled, locked, candidates) => {
        const { effect } = decideWith([{ id: 'one', effect: 'deny', on: ['task.claim'], paths: [ruled] }], claim([locked]));
        const [left, right] = [ruled, locked].map((pattern) => compilePathSet({ include: [pattern] }, { fold: true }));
        const shared = candidates.filter((path) => matchesPath(left!, path) && matchesPath(right!, path));
        if (shared.length > 0) expect(effect).toBe('deny');
      }),
      { numRuns: 500 },
    );
  });
});

describe('what no rule can allow', () => {
  const limits = { run: { usd: '4.00', minutes: 40, toolCalls: 3 }, day: { usd: null } };
  const policy = compilePolicy(policyOf(layer('project', { limits, evidence: ['diff', 'checks'] }), layer('agent', { limits: { ...limits, run: { ...limits.run, toolCalls: 2 } } })), compile, { sha256 });

  it.each([
    [{ runUsd: '4', runMinutes: 40, toolCalls: 2 }, 'allow'],
    [{ runUsd: '4.000001', runMinutes: null, toolCalls: null }, 'deny'],
    [{ runUsd: null, runMinutes: 40.5, toolCalls: null }, 'deny'],
    [{ runUsd: null, runMinutes: null, toolCalls: 3 }, 'deny'],
    [{ runUsd: null, runMinutes: null, toolCalls: null }, 'allow'],
  ])('usage %j: %s', (usage, effect) => {
    const decision = decide(policy, request('tool.use', { usage }));
    expect(decision).toMatchObject({ effect, ...(effect === 'deny' ? { code: 'limit-reached' } : {}) });
  });

  it('a task is not done without its evidence', () => {
    expect(decide(policy, claim([], { point: 'task.complete', evidence: ['diff'] }))).toMatchObject({ effect: 'deny', code: 'evidence-missing', message: expect.stringContaining('checks') as string });
    expect(decide(policy, claim([], { point: 'task.complete', evidence: ['diff', 'checks', 'transcript'] })).effect).toBe('allow');
    expect(decide(policy, claim([], { point: 'task.complete' })).effect).toBe('allow');
  });
});

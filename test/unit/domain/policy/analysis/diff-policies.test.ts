import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffPolicies } from '../../../../../src/domain/policy/analysis/diff-policies.js';
import type { PolicyDiff } from '../../../../../src/domain/policy/analysis/diff-results.js';
import { isLessStrict } from '../../../../../src/domain/policy/analysis/diff-witness.js';
import { NO_LIMITS, type EffectivePolicy, type PolicyLayer, type Rule } from '../../../../../src/domain/policy/layer.js';
import { compile, decide, DEFAULT_APPROVAL, layerOf, policyOf, rule } from './reference.js';
import { layers, requests, rules } from './samples.js';

const diff = (old: EffectivePolicy, next: EffectivePolicy): PolicyDiff =>
  diffPolicies(old, next, { compile, decideOld: (request) => decide(old, request), decideNext: (request) => decide(next, request), nowMs: 0, defaultApproval: DEFAULT_APPROVAL });
const diffRules = (old: readonly Rule[], next: readonly Rule[], parts: Partial<PolicyLayer> = {}): PolicyDiff => diff(policyOf(layerOf(old, parts)), policyOf(layerOf(next, parts)));
const kinds = (changes: PolicyDiff['widenings']): readonly (readonly [string, string, boolean])[] => changes.map(({ kind, name, witness }) => [kind, name, witness !== null]);

const policies = fc.tuple(layers('global'), layers('project')).map((both) => policyOf(...both));

/** A policy and one that differs in a single place, as an edit does. */
const edits = fc.tuple(policies, rules, fc.nat(), fc.constantFrom('remove', 'add', 'replace', 'widen', 'default')).map(([old, made, at, how]): readonly [EffectivePolicy, EffectivePolicy] => {
  const [global, project] = old.layers as [PolicyLayer, PolicyLayer];
  const target = at % 2 === 0 ? global : project;
  const index = at % Math.max(target.rules.length, 1);
  const own = target.rules[index];
  const changed = (): readonly Rule[] => {
    if (how === 'remove') return target.rules.toSpliced(index, 1);
    if (how === 'replace') return target.rules.with(index, { ...made, id: own!.id });
    return target.rules.with(index, { ...own!, paths: null, when: made.when, effect: made.effect, roles: null });
  };
  const edited: PolicyLayer = how === 'add' || own === undefined ? { ...target, rules: [...target.rules, { ...made, id: 'new' }] } : how === 'default' ? { ...target, defaults: { ...target.defaults, 'path.write': made.effect } } : { ...target, rules: changed() };
  return [old, policyOf(...(target === global ? [edited, project] : [global, edited]))];
});

describe('the verdict is true', () => {
  const pool = fc.sample(requests, 3_000);

  function check(old: EffectivePolicy, next: EffectivePolicy, start: number): string {
    const { verdict, widenings, narrowings } = diff(old, next);
    for (const { witness } of widenings) if (witness !== null) expect(isLessStrict(decide(old, witness), decide(next, witness))).toBe(true);
    for (const { witness } of narrowings) if (witness !== null) expect(isLessStrict(decide(next, witness), decide(old, witness))).toBe(true);
    if (verdict === 'wider' || verdict === 'incomparable') return verdict;
    const wrong = pool.slice(start, start + 500).find((request) => {
      const [before, after] = [decide(old, request), decide(next, request)];
      return isLessStrict(before, after) || (verdict === 'same' && before.effect !== after.effect);
    });
    expect(wrong, verdict).toBeUndefined();
    return verdict;
  }

  it('for policies that differ in one place', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(edits, fc.nat(2_500), ([old, next], start) => {
        seen.add(check(old, next, start));
      }),
      { numRuns: 300 },
    );
    expect([...seen].sort()).toEqual(['incomparable', 'narrower', 'same', 'wider']);
  });

  it('for any two policies', () => {
    fc.assert(
      fc.property(policies, policies, fc.nat(2_500), (old, next, start) => {
        check(old, next, start);
      }),
      { numRuns: 60 },
    );
  });

  it('for a policy and itself, whatever the order of its rules', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(diff(policy, policyOf(...policy.layers.map((layer) => ({ ...layer, rules: layer.rules.toReversed() }))))).toEqual({ verdict: 'same', widenings: [], narrowings: [] });
      }),
      { numRuns: 60 },
    );
  });
});

describe('changes of rules', () => {
  const deny = rule({ id: 'deny-src', effect: 'deny', paths: ['src/**'], at: 'p.yaml:3:5' });

  it('a deny that is gone is shown by a request', () => {
    const { verdict, widenings } = diffRules([deny], []);
    expect(verdict).toBe('wider');
    expect(widenings).toMatchObject([{ kind: 'rule-removed', name: 'deny-src', layer: 'project', at: 'p.yaml:3:5', proved: true, witness: { point: 'path.write', paths: [{ path: 'src/x' }] } }]);
    expect(widenings[0]?.sentence).toBe('deny-src (p.yaml:3:5) was removed: path.write "src/x" by some-agent was deny and is allow now.');
  });

  it('nothing is lost when another rule covers what is gone', () => {
    expect(diffRules([deny, rule({ id: 'all', effect: 'deny' })], [rule({ id: 'all', effect: 'deny' })])).toEqual({ verdict: 'same', widenings: [], narrowings: [] });
  });

  it.each([
    ['an exception', { except: ['src/gen/**'] }, 'src/gen/x'],
    ['fewer paths', { paths: ['src/a/**'] }, 'src/x'],
  ])('%s lets something through', (_, parts, path) => {
    const { verdict, widenings } = diffRules([deny], [{ ...deny, ...parts }]);
    expect(verdict).toBe('wider');
    expect(widenings).toMatchObject([{ kind: 'rule-changed', witness: { paths: [{ path }] } }]);
  });

  it.each([
    ['fewer roles', { roles: ['coder', 'reviewer'] }, { roles: ['coder'] }],
    ['fewer agents', { agents: ['claude', 'codex'] }, { agents: ['claude'] }],
    ['fewer task types', { tasks: null }, { tasks: ['feature'] }],
    ['fewer points', { on: ['path.read' as const, 'path.write' as const] }, { on: ['path.read' as const] }],
    ['a milder effect', {}, { effect: 'ask' as const }],
  ])('%s', (_, before, after) => {
    const { verdict, widenings } = diffRules([{ ...deny, ...before }], [{ ...deny, ...before, ...after }]);
    expect([verdict, kinds(widenings)]).toEqual(['wider', [['rule-changed', 'deny-src', true]]]);
    expect(diffRules([{ ...deny, ...before, ...after }], [{ ...deny, ...before }])).toMatchObject({ verdict: 'narrower', narrowings: [{ proved: true }] });
  });

  it('an allow changes nothing where all is allowed, and does where it is not', () => {
    const allow = rule({ id: 'allow-docs', paths: ['docs/**'] });
    expect(diffRules([], [allow]).verdict).toBe('same');
    expect(diffRules([rule({ id: 'other' , paths: ['x'] })], [rule({ id: 'other', paths: ['x'] }), allow], { defaults: { 'path.write': 'deny' } })).toMatchObject({ verdict: 'wider', widenings: [{ kind: 'rule-added', witness: { paths: [{ path: 'docs/x' }] } }] });
  });

  it('an ask takes the place of a default that denies', () => {
    expect(diffRules([], [{ ...deny, effect: 'ask' }], { defaults: { 'path.write': 'deny' } })).toMatchObject({ widenings: [{ kind: 'rule-added', witness: { paths: [{ path: 'src/x' }] } }] });
  });

  it('locks, overrides and approvals', () => {
    const ask = rule({ id: 'ask', effect: 'ask', approval: { count: 2, from: ['team:a'], ttlMs: 1_000 } });
    expect(kinds(diffRules([{ ...ask, locked: true }], [{ ...ask, overridable: ['task'] }]).widenings)).toEqual([['locked', 'ask', false], ['overridable', 'ask', false]]);
    expect(diffRules([ask], [{ ...ask, approval: { count: 1, from: ['team:a'], ttlMs: 1_000 } }])).toMatchObject({ verdict: 'wider', widenings: [{ kind: 'approval', proved: true, sentence: 'The approval that ask (policy.yaml:3:3) asks for changed: path.write "README.md" by some-agent was ask (2 of team:a) and is ask (1 of team:a) now.' }] });
    expect(diffRules([ask], [{ ...ask, approval: { count: 2, from: [], ttlMs: 1_000 } }]).verdict).toBe('wider');
    expect(diffRules([ask], [{ ...ask, approval: { count: 2, from: ['team:a'], ttlMs: 2_000 } }]).verdict).toBe('wider');
    expect(diffRules([ask], [{ ...ask, approval: { count: 3, from: ['team:a'], ttlMs: 1_000 } }]).verdict).toBe('narrower');
    expect(diffRules([ask], [{ ...ask, approval: { count: 2, from: ['team:b'], ttlMs: 1_000 } }]).verdict).toBe('incomparable');
    const override = { id: 'o-1', rule: 'ask', layer: 'task' as const, reason: 'r', expiresAtMs: 100, by: 'u', at: 't:1:1' };
    const upper = layerOf([{ ...ask, overridable: ['task'] }]);
    expect(diff(policyOf(upper, layerOf([], { layer: 'task' })), policyOf(upper, layerOf([], { layer: 'task', overrides: [override] })))).toMatchObject({ verdict: 'wider', widenings: [{ kind: 'override', name: 'ask', proved: true }] });
  });
});

describe('changes of terms', () => {
  const withTerms = (parts: Partial<PolicyLayer>): EffectivePolicy => policyOf(layerOf([], parts));

  it.each([
    ['a default', { defaults: { 'path.write': 'deny' } }, { defaults: { 'path.write': 'ask' } }, 'default', 'path.write'],
    ['a raised limit', { limits: { ...NO_LIMITS, day: { usd: '4.00' } } }, { limits: { ...NO_LIMITS, day: { usd: '4.01' } } }, 'limit', 'day.usd'],
    ['a limit that is gone', { limits: { ...NO_LIMITS, run: { ...NO_LIMITS.run, toolCalls: 3 } } }, {}, 'limit', 'run.tool_calls'],
    ['evidence', { evidence: ['diff', 'checks'] }, { evidence: ['diff'] }, 'evidence', 'checks'],
  ] as const)('%s', (_, before, after, kind, name) => {
    const wider = diff(withTerms(before), withTerms(after));
    expect(wider).toMatchObject({ verdict: 'wider', widenings: [{ kind, name, proved: true }] });
    expect(diff(withTerms(after), withTerms(before))).toMatchObject({ verdict: 'narrower', narrowings: [{ kind, name, proved: true }] });
  });

  it('two spellings of one amount are one limit', () => {
    expect(diff(withTerms({ limits: { ...NO_LIMITS, day: { usd: '4.00' } } }), withTerms({ limits: { ...NO_LIMITS, day: { usd: '4' } } })).verdict).toBe('same');
  });

  it('who is in a team counts where the team is asked', () => {
    const ask = rule({ id: 'ask', effect: 'ask', approval: { count: 1, from: ['team:owners'], ttlMs: 1 } });
    const team = (...members: readonly string[]): EffectivePolicy => policyOf(layerOf([ask], { teams: { owners: members, others: members } }));
    expect(diff(team('a'), team('a', 'b'))).toMatchObject({ verdict: 'wider', widenings: [{ kind: 'team', name: 'owners' }] });
    expect(diff(team('a', 'b'), team('a')).verdict).toBe('narrower');
    expect(diff(team('a'), team()).verdict).toBe('incomparable');
  });
});

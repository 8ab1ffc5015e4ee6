import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineLayers } from '../../../../../src/domain/policy/layers/combine.js';
import { compareDecimals } from '../../../../../src/domain/policy/layers/decimal.js';
import { policyDigest } from '../../../../../src/domain/policy/layers/digest.js';
import { effectiveLimits } from '../../../../../src/domain/policy/layers/limits.js';
import { effectiveTeams, requiredEvidence, resolveApprovers } from '../../../../../src/domain/policy/layers/requirements.js';
import { NO_LIMITS, type Override, type PolicyLayer, type Rule } from '../../../../../src/domain/policy/layer.js';
import { layer, NOW, policyOf, rule, sha256 } from '../evaluate/samples.js';

const codes = (...layers: PolicyLayer[]) => combineLayers(layers, NOW).problems.map((problem) => problem.code);
const guard = (fields: Partial<Rule> = {}) => rule({ id: 'guard', effect: 'deny', on: ['commit'], overridable: ['project'], ...fields });
const override = (fields: Partial<Override> = {}): Override => ({ id: 'o', rule: 'guard', layer: 'project', reason: 'why', expiresAtMs: NOW + 1, by: 'user:ann', at: 'p:1:1', ...fields });
const over = (fields: Partial<Override> = {}, rules: Partial<Rule> = {}) => codes(layer('global', { rules: [guard(rules)] }), layer('project', { overrides: [override(fields)] }));

describe('combineLayers', () => {
  it('puts layers in their order', () => {
    const { policy, problems } = combineLayers([layer('task', {}), layer('builtin', {}), layer('project', {})], NOW);
    expect(policy.layers.map((one) => one.layer)).toEqual(['builtin', 'project', 'task']);
    expect(problems).toEqual([]);
  });

  it('permits what a rule opens, and nothing else', () => {
    expect(over()).toEqual([]);
    expect(over({ rule: 'nobody' })).toEqual(['override-unknown-rule']);
    expect(over({}, { locked: true })).toEqual(['override-not-permitted']);
    expect(over({}, { overridable: ['task'] })).toEqual(['override-not-permitted']);
    expect(over({ layer: 'agent' })).toEqual(['override-wrong-layer']);
    expect(over({ reason: ' ' })).toEqual(['override-without-reason']);
    expect(over({ expiresAtMs: NOW + 366 * 86_400_000 })).toEqual([]);
    for (const expiresAtMs of [NOW + 366 * 86_400_000 + 1, Number.NaN, Number.POSITIVE_INFINITY, Date.UTC(9999, 0)]) expect(over({ expiresAtMs })).toEqual(['override-too-long']);
    expect(over({ expiresAtMs: NOW - 1 })).toEqual([]);
    expect(codes(layer('project', { rules: [guard()], overrides: [override()] }))).toEqual(['override-unknown-rule']);
  });

  it('finds repeated ids, layers and weakened defaults', () => {
    expect(codes(layer('global', { rules: [guard()] }), layer('task', { rules: [guard()] }))).toEqual(['rule-repeated']);
    expect(codes(layer('global', { rules: [guard(), guard()] }))).toEqual(['rule-repeated']);
    expect(codes(layer('task', {}), layer('task', {}))).toEqual(['layer-repeated']);
    expect(codes(layer('global', { defaults: { commit: 'deny' } }), layer('task', { defaults: { commit: 'ask' } }))).toEqual(['default-weakened']);
    expect(codes(layer('global', { defaults: { commit: 'ask' } }), layer('task', { defaults: { commit: 'deny' } }))).toEqual([]);
    expect(codes(layer('global', { defaults: { 'policy.change': 'allow' } }))).toEqual(['default-weakened']);
  });

  it('lets a lower layer only take members away from a team', () => {
    const teams = (global: string[], project: string[]) => [layer('global', { teams: { owners: global } }), layer('project', { teams: { owners: project } })] as const;
    expect(codes(...teams(['ann', 'bob'], ['bob']))).toEqual([]);
    expect(codes(...teams(['ann'], ['ann', 'eve']))).toEqual(['team-widened']);
    expect(effectiveTeams(policyOf(...teams(['ann', 'bob'], ['bob', 'eve']))).get('owners')).toEqual(['bob']);
    expect(resolveApprovers(policyOf(...teams(['ann', 'bob'], ['bob', 'eve'])), ['team:owners', 'user:zoe', 'team:toString'])).toEqual(['bob', 'zoe']);
    expect(codes(layer('project', { rules: [rule({ id: 'a', effect: 'ask', on: ['commit'], approval: { count: 1, from: ['team:constructor'], ttlMs: 1 } })] }))).toEqual(['team-unknown']);
  });

  it.each(['-1', '1e3', 'NaN', '', '.5', '4.'])('refuses the amount %j', (usd) => {
    expect(codes(layer('global', { limits: { ...NO_LIMITS, day: { usd } } }))).toEqual(['limit-invalid']);
  });
});

describe('what is in force', () => {
  it('takes the smallest limit, exactly, and all evidence', () => {
    const policy = policyOf(layer('global', { limits: { run: { usd: '0.30', minutes: 40, toolCalls: null }, day: { usd: null } }, evidence: ['checks'] }), layer('task', { limits: { run: { usd: '0.3000000000000001', minutes: 50, toolCalls: 3 }, day: { usd: '10' } }, evidence: ['diff', 'checks'] }));
    expect(effectiveLimits(policy)).toEqual({ run: { usd: '0.30', minutes: 40, toolCalls: 3 }, day: { usd: '10' } });
    expect(requiredEvidence(policy)).toEqual(['diff', 'checks']);
  });

  it('compares amounts like numbers where numbers are exact', () => {
    fc.assert(fc.property(fc.nat(1_000_000), fc.nat(1_000_000), (a, b) => Math.sign(compareDecimals((a / 100).toFixed(2), (b / 100).toFixed(3))) === Math.sign(a - b)));
  });

  it('has a digest of everything that it says', () => {
    const digest = (text: string) => policyDigest(policyOf(layer('global', { name: text })), sha256);
    expect(digest('a')).toMatch(/^[0-9a-f]{64}$/);
    expect(digest('a')).not.toBe(digest('b'));
  });
});

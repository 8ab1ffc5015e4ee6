import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../../src/domain/audit/canonical-json.js';
import { stricter, type Effect } from '../../../../../src/domain/policy/effect.js';
import { compilePolicy } from '../../../../../src/domain/policy/evaluate/compile-policy.js';
import { decide } from '../../../../../src/domain/policy/evaluate/decide.js';
import { explainDecision } from '../../../../../src/domain/policy/evaluate/explain.js';
import { builtinFloor } from '../../../../../src/domain/policy/floor/builtin-floor.js';
import type { EffectivePolicy } from '../../../../../src/domain/policy/layer.js';
import { makeRecord } from '../../../../../src/domain/policy/record/make-record.js';
import { recordableRequest, requestJson } from '../../../../../src/domain/policy/record/bodies.js';
import { replay } from '../../../../../src/domain/policy/record/replay.js';
import type { DecisionRequest } from '../../../../../src/domain/policy/request.js';
import { compile, layers, NOW, policies, policyOf, request, requests, rulesFor, sha256 } from './samples.js';

const decideWith = (policy: EffectivePolicy, question: DecisionRequest) => decide(compilePolicy(policy, compile, { sha256 }), question);
const isAtLeast = (effect: Effect, floor: Effect): boolean => stricter(effect, floor) === effect;
const RUNS = { numRuns: 1_500 };

describe('decide', () => {
  it('an added deny or ask never allows more', () => {
    fc.assert(
      fc.property(policies, requests, rulesFor('added'), fc.nat(3), (policy, question, added, where) => {
        const guards = added.filter((rule) => rule.effect !== 'allow');
        const at = where % Math.max(1, policy.layers.length);
        const more = policyOf(...policy.layers.map((layer, index) => (index === at ? { ...layer, rules: [...layer.rules, ...guards] } : layer)));
        // A guard that decides by itself is a stricter opinion, but one where its layer would have said less: a weaker rule must not replace a stricter default.
        const before = decideWith(policy, question).effect;
        const denies = policyOf(...more.layers.map((layer) => ({ ...layer, rules: layer.rules.filter((rule) => !guards.includes(rule) || rule.effect === 'deny') })));
        expect(isAtLeast(decideWith(denies, question).effect, before)).toBe(true);
      }),
      RUNS,
    );
  });

  it('a lower layer never widens what the floor and the layers above say', () => {
    fc.assert(
      fc.property(policies, layers('task'), requests, (policy, lower, question) => {
        const above = policy.layers.filter((layer) => layer.layer !== 'task');
        const before = decideWith(policyOf(builtinFloor(), ...above), question).effect;
        const after = decideWith(policyOf(builtinFloor(), ...above, lower), question).effect;
        expect(isAtLeast(after, before)).toBe(true);
      }),
      RUNS,
    );
  });

  it('neither the order of rules nor that of paths changes a byte', () => {
    fc.assert(
      fc.property(policies, requests, (policy, question) => {
        const turned = policyOf(...policy.layers.map((layer) => ({ ...layer, rules: layer.rules.toReversed() })));
        const other = { ...question, paths: question.paths.toReversed() };
        expect(JSON.stringify(decideWith(turned, other))).toBe(JSON.stringify(decideWith(policy, question)));
      }),
      RUNS,
    );
  });

  it('a request is as strict as its strictest path', () => {
    fc.assert(
      fc.property(policies, requests, (policy, question) => {
        fc.pre(question.paths.length > 0 && question.point !== 'command.run');
        const single = question.paths.map((path) => decideWith(policy, { ...question, paths: [path] }).effect);
        expect(decideWith(policy, question).effect).toBe(single.reduce(stricter));
      }),
      RUNS,
    );
  });

  it('never throws, explains itself, and finds only changes that make a difference', () => {
    fc.assert(
      fc.property(policies, requests, (policy, question) => {
        const compiled = compilePolicy(policy, compile, { sha256, points: [] });
        const { decision, rules, nearest } = explainDecision(compiled, question);
        expect(rules).toHaveLength(decision.considered);
        expect(nearest?.effect).not.toBe(decision.effect);
        expect(decision.message).toMatch(/\.$/);
        expect(decision.fix === null || /\.$/.test(decision.fix)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is replayed byte by byte from what is stored', () => {
    fc.assert(
      fc.property(policies, requests, fc.constantFrom('matched' as const, 'all' as const), (policy, raw, trace) => {
        const { 'run.costUsd': cost = 0, ...facts } = raw.facts;
        const question = recordableRequest({ ...raw, facts: Number.isFinite(cost) ? { ...facts, 'run.costUsd': cost } : facts });
        const compiled = compilePolicy(policy, compile, { sha256 });
        const decision = decide(compiled, question, { trace });
        const record = makeRecord({ request: question, decision, compiled, id: 'd-0000000001', atMs: NOW, tookUs: 1, mode: 'enforce', redacted: [], evidence: [], sha256 });
        const stored = JSON.parse(canonicalJson(record)) as typeof record;
        const again = replay({ record: stored, requestJson: requestJson(question), policyJson: compiled.json(), compile, sha256 });
        expect(again).toMatchObject({ verdict: 'same', effectChanged: false, rules: [], ownRequest: true, ownPolicy: true });
      }),
      RUNS,
    );
  });

  it('leaves a request that is whole as it is', () => {
    expect(recordableRequest(request('commit'))).toEqual(request('commit'));
  });
});

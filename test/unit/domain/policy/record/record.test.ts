import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../../../src/domain/policy/evaluate/compile-policy.js';
import { decide } from '../../../../../src/domain/policy/evaluate/decide.js';
import type { Decision } from '../../../../../src/domain/policy/decision.js';
import { approvalRequest } from '../../../../../src/domain/policy/record/approval-request.js';
import { readPolicy, readRequest, recordableRequest, requestJson } from '../../../../../src/domain/policy/record/bodies.js';
import { makeRecord } from '../../../../../src/domain/policy/record/make-record.js';
import { replay } from '../../../../../src/domain/policy/record/replay.js';
import { compile, file, layer, NOW, policyOf, request, rule, sha256 } from '../evaluate/samples.js';

const asks = rule({ id: 'money', effect: 'ask', on: ['path.write'], paths: ['src/**'], approval: { count: 2, from: ['team:owners'], ttlMs: 1_000 }, why: 'Money' });
const policy = (members: readonly string[]) => policyOf(layer('project', { rules: [asks], teams: { owners: members }, revision: 'abc' }));
const question = request('path.write', { paths: [file('src/a')] });

function recorded(members: readonly string[], change: (decision: Decision) => Decision = (decision) => decision) {
  const compiled = compilePolicy(policy(members), compile, { sha256 });
  const decision = change(decide(compiled, question));
  const record = makeRecord({ request: question, decision, compiled, id: 'd-0000000001', atMs: NOW, tookUs: 3, mode: 'enforce', redacted: [], evidence: [], sha256 });
  return { compiled, record };
}

describe('makeRecord', () => {
  it('names request, policy and layers by digest', () => {
    const { compiled, record } = recorded(['ann', 'bob']);
    expect(record).toMatchObject({ v: 1, input: { sha256: sha256(requestJson(question)) }, policy: { digest: sha256(compiled.json()), engine: 'ai-policy/1', layers: [{ layer: 'project', source: 'project.yaml', revision: 'abc' }] } });
    expect(readRequest(requestJson(question))).toEqual(question);
    expect(readPolicy(compiled.json())).toEqual(compiled.policy);
  });

  it('refuses what has no canonical form, and repairs broken text without making a path safe', () => {
    const broken = request('path.write', { taskType: '\ud800', paths: [file('src/\ud800')] });
    expect(() => requestJson(broken)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    const repaired = recordableRequest(broken);
    expect(JSON.parse(requestJson(repaired))).toMatchObject({ taskType: '\ufffd', paths: [{ path: 'src/\ufffd\0' }] });
    const denied = policyOf(layer('project', { rules: [rule({ id: 'x', effect: 'deny', on: ['path.write'], paths: ['else'] })] }));
    expect(decide(compilePolicy(denied, compile), repaired).effect).toBe('deny');
  });

  it.each(['', '{}', '[]', 'null', '{"point":"commit"}'])('reads no body from %j', (json) => {
    expect(() => readRequest(json)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    expect(() => readPolicy(json)).toThrow(expect.objectContaining({ code: 'INVALID_POLICY' }));
  });
});

describe('approvalRequest', () => {
  it('names the rules, the terms and who may answer', () => {
    const { compiled, record } = recorded(['bob', 'ann']);
    const asked = approvalRequest({ record, request: question, compiled, id: 'a-000001', sha256 });
    expect(asked).toMatchObject({ record: 'd-0000000001', rules: [{ id: 'money', layer: 'project', why: 'Money' }], terms: { count: 2 }, approvers: ['ann', 'bob'], requestedAtMs: NOW, expiresAtMs: NOW + 1_000 });
    const approved = { ...question, approvals: [{ id: asked.id, actionDigest: asked.actionDigest, by: ['user:ann', 'user:bob'], expiresAtMs: asked.expiresAtMs }] };
    expect(decide(compiled, approved)).toMatchObject({ effect: 'allow', code: 'approved' });
  });

  it('refuses terms that nobody can fulfil', () => {
    for (const members of [[], ['ann']]) {
      const { compiled, record } = recorded(members);
      expect(() => approvalRequest({ record, request: question, compiled, id: 'a-000001', sha256 })).toThrow(expect.objectContaining({ code: 'INVALID_POLICY' }));
    }
  });
});

describe('replay', () => {
  const again = (record: ReturnType<typeof recorded>['record'], json: string) => replay({ record, requestJson: requestJson(question), policyJson: json, compile, sha256 });

  it('says which rule decides otherwise under another policy', () => {
    const { record } = recorded(['ann', 'bob']);
    const other = compilePolicy(policyOf(layer('project', { rules: [{ ...asks, effect: 'deny' }] })), compile).json();
    expect(again(record, other)).toMatchObject({ verdict: 'changed', effectChanged: true, ownRequest: true, ownPolicy: false, rules: [{ id: 'money', was: { effect: 'ask' }, is: { effect: 'deny' } }] });
  });

  it('computes limits anew, and says when the answer did not come from policy', () => {
    const limits = [{ name: 'run.usd', used: '1', limit: '2' }];
    const forged = recorded(['ann'], (decision) => ({ ...decision, limits }));
    expect(again(forged.record, forged.compiled.json()).verdict).toBe('changed');
    const broken = recorded(['ann'], (decision) => ({ ...decision, effect: 'deny', code: 'hook-error' }));
    expect(again(broken.record, broken.compiled.json()).verdict).toBe('outside');
    const edited = recorded(['ann'], (decision) => ({ ...decision, message: 'edited' }));
    expect(again(edited.record, edited.compiled.json())).toMatchObject({ verdict: 'changed', effectChanged: false });
  });
});

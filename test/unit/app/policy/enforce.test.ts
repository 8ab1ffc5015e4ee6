import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enforce, enforceAll, requireAllAllowed, type EnforceDeps, type Question } from '../../../../src/app/policy/enforce.js';
import type { LoadedPolicy } from '../../../../src/app/policy/load-policy.js';
import { emptyLayer, type EffectivePolicy } from '../../../../src/domain/policy/layer.js';
import { compilePolicy } from '../../../../src/domain/policy/evaluate/compile-policy.js';
import type { PolicyPoint } from '../../../../src/domain/policy/point.js';
import type { Approval } from '../../../../src/domain/policy/approval.js';
import { storeFactories, type StoreFixture } from '../../../contract/store/factory.js';
import { layer, policyOf, request, rule } from '../../domain/policy/evaluate/samples.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const TOKEN = `ghp_${'aB3dE6gH9j'.repeat(3)}kLmNoP`;

let fixture: StoreFixture;
let deps: EnforceDeps;
beforeEach(async () => {
  fixture = await storeFactories[0]!.create();
  // The parts that deciding needs; the files are read before.
  deps = { store: fixture.store, clock: fixture.clock, sha256, environment: {}, random: { bytes: randomBytes, fraction: () => 0.5 } } as unknown as EnforceDeps;
});
afterEach(() => fixture.dispose());

function loadedFrom(policy: EffectivePolicy, isWritten = true): LoadedPolicy {
  return { policy, isWritten, uncommitted: [], compileFor: async (point) => compilePolicy(policy, () => ({ ok: false, problem: { message: 'none', offset: 0, hint: null } }), { sha256, points: [point] }) };
}

const POLICY = loadedFrom(
  policyOf(
    layer('project', {
      rules: [
        rule({ id: 'ask-claim', effect: 'ask', on: ['task.claim'], approval: { count: 1, from: [], ttlMs: 60_000 } }),
        rule({ id: 'ask-execute', effect: 'ask', on: ['task.execute'], approval: { count: 1, from: [], ttlMs: 60_000 } }),
        rule({ id: 'no-merge', effect: 'deny', on: ['task.merge'] }),
      ],
    }),
  ),
);

const about = (point: PolicyPoint): Question => {
  const asked = request(point, { resource: { kind: 'task', id: 't-000001', digest: null } });
  return { request: { ...asked, subject: { ...asked.subject, agent: 'coder', user: 'ann' } }, what: point };
};
const ask = (...points: PolicyPoint[]) => enforceAll(deps, POLICY, points.map(about));
const approvals = (): Promise<readonly Approval[]> => fixture.store.listApprovals({ status: null, task: null }, 100);
const approve = (id: string): Promise<Approval> => fixture.store.voteOnApproval(id, { by: 'user:bob', verdict: 'approve', reason: null, atMs: fixture.clock.now().wallMs });
const statuses = async (): Promise<string[]> => (await approvals()).map(({ status }) => status).sort();

describe('what one action needs at several points', () => {
  it('is asked together, and an approval of one is not spent while another is open', async () => {
    const first = await ask('task.claim', 'task.execute');
    expect(first.map(({ decision }) => decision.effect)).toEqual(['ask', 'ask']);
    expect(() => requireAllAllowed(first, 'go')).toThrow(expect.objectContaining({ code: 'APPROVAL_REQUIRED', hint: first.map(({ approval }) => `ai approval approve ${approval}`).join(' && ') }));
    await approve(first[0]!.approval!);
    const second = await ask('task.claim', 'task.execute');
    expect(second.map(({ approval }) => approval)).toEqual([first[1]!.approval]);
    expect(await statuses()).toEqual(['approved', 'pending']);
    await approve(first[1]!.approval!);
    expect((await ask('task.claim', 'task.execute')).map(({ decision }) => decision.code)).toEqual(['approved', 'approved']);
    expect(await statuses()).toEqual(['spent', 'spent']);
  });

  it('is asked of nobody, and spends nothing, when one point denies', async () => {
    const [claim] = await ask('task.claim');
    await approve(claim!.approval!);
    const denied = await ask('task.claim', 'task.execute', 'task.merge');
    expect(denied.map(({ what, decision }) => [what, decision.effect])).toEqual([['task.merge', 'deny']]);
    expect(() => requireAllAllowed(denied, 'go')).toThrow(expect.objectContaining({ code: 'POLICY_DENIED' }));
    expect(await statuses()).toEqual(['approved']);
  });

  it('is on record at each point when it goes ahead', async () => {
    expect((await ask('task.create', 'task.complete', 'commit')).map(({ decision }) => decision.effect)).toEqual(['allow', 'allow', 'allow']);
    const page = await fixture.store.listDecisions({ task: null, run: null, point: null, effect: null, sinceMs: null }, { limit: 10, before: null });
    expect(page.map(({ point }) => point).sort()).toEqual(['commit', 'task.complete', 'task.create']);
  });

  it('needs nothing where nobody has written a policy and the floor is silent', async () => {
    const silent = loadedFrom(policyOf(emptyLayer('project', 'none')), false);
    expect(await enforceAll(deps, silent, [about('task.claim'), about('task.execute')])).toEqual([]);
    expect(await enforce(deps, silent, about('task.claim'))).toBeNull();
    expect(() => requireAllAllowed([], 'go')).not.toThrow();
  });
});

describe('what is recorded', () => {
  it('is what was decided, and neither holds a secret', async () => {
    const asked = about('commit');
    const enforced = await enforce({ ...deps, environment: { MY_PASSWORD: 'hunter2-hunter2' } }, POLICY, { ...asked, request: { ...asked.request, facts: { 'task.title': `use ${TOKEN} and hunter2-hunter2` } } });
    const record = await fixture.store.getDecision(enforced!.record);
    const body = await fixture.store.getDecisionBody(record.input.sha256);
    expect(`${JSON.stringify(record)} ${body}`).not.toMatch(/ghp_|hunter2/);
    expect(record.redacted.map(({ pointer }) => pointer)).toEqual(['/facts/task.title']);
  });
});

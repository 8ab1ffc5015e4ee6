import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { voteOnApproval, listApprovals, showApproval } from '../../../../../src/app/policy/tools/approvals.js';
import { comparePolicies, listConflicts } from '../../../../../src/app/policy/tools/compare-policies.js';
import { explainPoint } from '../../../../../src/app/policy/tools/explain-point.js';
import { decisionFilter, listDecisions } from '../../../../../src/app/policy/tools/list-decisions.js';
import { matchPaths } from '../../../../../src/app/policy/tools/match-paths.js';
import { addOverride, listOverrides, revokeOverride } from '../../../../../src/app/policy/tools/overrides.js';
import { explainRecord, replayDecision, replayDecisions } from '../../../../../src/app/policy/tools/replay-decisions.js';
import { resolveApprovalId, resolveDecisionId } from '../../../../../src/app/policy/tools/resolve-id.js';
import { createPolicyWorld, POLICY, type PolicyWorld } from './policy-world.js';

const TEXT = `policy: 1
rules:
  - id: money
    effect: ask
    on: [path.write]
    paths: ["src/billing/**"]
    overridable: [task, agent]
    approval: { count: 1, from: [team:owners], ttl: 30m }
  - id: no-force
    effect: deny
    locked: true
    on: [command.run]
    command: { starts: [git, push], any: ["--force"] }
teams: { owners: [anna, bert] }
`;
const WIDER = { kind: 'file', source: 'wider.yaml', text: TEXT.replace('src/billing/**', 'src/other/**') } as const;
const EVERYTHING = { task: null, run: null, point: null, effect: null, sinceMs: null };
const PARENT = 999_999_999;
const HOUR = 3_600_000;

let world: PolicyWorld;
beforeAll(async () => {
  world = await createPolicyWorld({ [POLICY]: TEXT });
});
afterAll(() => world.close());

describe('records of decisions', () => {
  it('are listed, found by prefix, explained, and made again byte for byte', async () => {
    const asked = await world.decideNow({ point: 'path.write', paths: ['src/billing/tax.ts'] });
    const denied = await world.decideNow({ point: 'command.run', command: 'git push --force' });
    const page = await listDecisions(world.deps, EVERYTHING, { limit: 10, before: null });
    expect(page.records.map(({ id }) => id)).toEqual([denied?.record, asked?.record]);
    expect((await listDecisions(world.deps, { ...EVERYTHING, effect: 'deny' }, { limit: 10, before: null })).records).toHaveLength(1);
    expect(await listDecisions(world.deps, EVERYTHING, { limit: 1, before: null })).toMatchObject({ next: denied?.record });
    expect((await listDecisions(world.deps, EVERYTHING, { limit: 1, before: denied?.record ?? '' })).records[0]?.id).toBe(asked?.record);
    expect(await resolveDecisionId(world.deps.store, (asked?.record ?? '').slice(2, 10).toUpperCase())).toBe(asked?.record);
    const explained = await explainRecord(world.deps, asked?.record ?? '');
    expect(explained.rules.find(({ id }) => id === 'money')).toMatchObject({ result: 'match', misfits: [] });
    expect(explained.nearest).not.toBeNull();
    const { replay } = await replayDecision(world.deps, asked?.record ?? '', null);
    expect(replay).toMatchObject({ verdict: 'same', ownPolicy: true, ownRequest: true });
    expect(await replayDecisions(world.deps, await decisionFilter(world.deps, EVERYTHING), null)).toMatchObject({ total: 2, same: 2, changed: 0, changes: [], incomplete: false });
  });

  it('are decided again by another policy, in the place of the layer that it is', async () => {
    const counts = await replayDecisions(world.deps, await decisionFilter(world.deps, EVERYTHING), WIDER);
    expect(counts).toMatchObject({ total: 2, effectChanged: 1 });
    expect(counts.changes.map(({ record, replay }) => [record.decision.effect, replay.decision.effect])).toEqual([['ask', 'allow']]);
  });

  it.each([
    ['no id', 'd-!', 'INVALID_INPUT'],
    ['too long', `d-${'0'.repeat(11)}`, 'INVALID_INPUT'],
    ['unknown', 'd-zzzzzzzzzz', 'DECISION_NOT_FOUND'],
  ])('refuses %s', async (_name, text, code) => {
    await expect(resolveDecisionId(world.deps.store, text)).rejects.toMatchObject({ code });
  });

  it('lists candidates of an ambiguous prefix', async () => {
    await expect(resolveDecisionId({ findDecisionIds: async () => ['d-4k9x2m7qab', 'd-4k9x2m7qac'] }, 'd-4k9')).rejects.toMatchObject({ code: 'AMBIGUOUS_ID', details: { candidates: ['d-4k9x2m7qab', 'd-4k9x2m7qac'] } });
  });
});

describe('approvals', () => {
  const waiting = async (): Promise<string> => (await listApprovals(world.deps, { pending: true, task: null, limit: 10 }))[0]?.id ?? '';
  const vote = async (more: Partial<PolicyWorld['deps']>, verdict: 'approve' | 'deny' = 'approve'): Promise<unknown> => voteOnApproval({ ...world.deps, ...more }, { id: await waiting(), verdict, reason: null, parentPid: PARENT });

  it('are refused to agents, within a run, and to who is not asked', async () => {
    await expect(vote({ actor: 'agent:coder' })).rejects.toMatchObject({ code: 'POLICY_DENIED' });
    await expect(vote({ environment: { AI_RUN_ID: 'r-000001' } })).rejects.toMatchObject({ code: 'POLICY_DENIED', message: expect.stringContaining('within a run') as string });
    await expect(vote({ actor: 'user:mallory' })).rejects.toMatchObject({ code: 'POLICY_DENIED', message: expect.stringContaining('anna, bert') as string });
    expect(await showApproval(world.deps, await waiting())).toMatchObject({ status: 'pending', votes: [] });
  });

  it('are refused when the process that called is one of a live run, whatever the environment says', async () => {
    const identity = { pid: 7, pgid: 7, startTime: '1', bootId: 'boot', host: world.deps.host, marker: 'r-000001' };
    const self = { ...identity, pid: 9, pgid: 9 };
    const inside = (own: typeof self): Partial<PolicyWorld['deps']> => ({
      store: { ...world.deps.store, listLiveRuns: async () => [{ process: identity, host: world.deps.host }] as never },
      processes: async () => ({ self: () => own, members: () => [PARENT] }) as never,
    });
    await expect(vote(inside(self))).rejects.toMatchObject({ code: 'POLICY_DENIED' });
    await expect(voteOnApproval({ ...world.deps, ...inside({ ...self, pgid: 7 }) }, { id: await waiting(), verdict: 'approve', reason: null, parentPid: 1 })).rejects.toMatchObject({ code: 'POLICY_DENIED' });
  });

  it('are refused to who asked', async () => {
    await world.decideNow({ point: 'path.write', agent: null, paths: ['src/billing/own.ts'] });
    const own = await waiting();
    await expect(vote({})).rejects.toMatchObject({ code: 'POLICY_DENIED', message: expect.stringContaining('nobody decides about their own action') as string });
    expect(await vote({ actor: 'user:bert' }, 'deny')).toMatchObject({ id: own, status: 'denied' });
  });

  it('let the very same action through, once', async () => {
    const id = await waiting();
    expect(await vote({})).toMatchObject({ id, status: 'approved', votes: [{ by: 'user:anna', verdict: 'approve' }] });
    const again = await world.decideNow({ point: 'path.write', paths: ['src/billing/tax.ts'] });
    expect(again?.decision).toMatchObject({ effect: 'allow', code: 'approved', approvals: [id] });
    expect(await showApproval(world.deps, id.slice(2))).toMatchObject({ status: 'spent', spentBy: again?.record });
    expect((await world.decideNow({ point: 'path.write', paths: ['src/billing/tax.ts'] }))?.decision.effect).toBe('ask');
    await expect(voteOnApproval(world.deps, { id, verdict: 'deny', reason: 'late', parentPid: PARENT })).rejects.toMatchObject({ code: 'APPROVAL_CLOSED' });
    await expect(resolveApprovalId(world.deps.store, 'a-zzzzzz')).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' });
  });
});

describe('overrides', () => {
  const order = { rule: 'money', layer: 'agent', reason: 'a hotfix', expiresAtMs: 0, agent: 'coder', task: null, parentPid: PARENT };
  const soon = (): number => world.deps.clock.now().wallMs + HOUR;

  it('switch a rule off for whom they are, until they are revoked', async () => {
    const added = await addOverride(world.deps, { ...order, expiresAtMs: soon() });
    const question = { point: 'path.write', agent: 'coder', task: null, paths: ['src/billing/tax.ts'], command: null, skill: null, facts: [] };
    const explained = await explainPoint(world.deps, question);
    expect(explained.decision.effect).toBe('allow');
    expect(explained.rules.find(({ id }) => id === 'money')?.result).toBe('overridden');
    expect((await explainPoint(world.deps, { ...question, agent: null })).decision.effect).toBe('ask');
    expect(await listOverrides(world.deps, false)).toHaveLength(1);
    expect(await revokeOverride(world.deps, added.id, PARENT)).toMatchObject({ id: added.id, revokedBy: expect.any(String) as string });
    expect(await listOverrides(world.deps, false)).toEqual([]);
    expect(await listOverrides(world.deps, true)).toHaveLength(1);
    expect((await explainPoint(world.deps, question)).decision.effect).toBe('ask');
  });

  it.each([
    ['a locked rule', { rule: 'no-force' }, 'OVERRIDE_REFUSED', 'it is locked'],
    ['a rule of the floor', { rule: 'floor-ci' }, 'OVERRIDE_REFUSED', 'it is locked'],
    ['a layer that may not', { layer: 'project', agent: null }, 'OVERRIDE_REFUSED', 'not above'],
    ['an unknown rule', { rule: 'mony' }, 'INVALID_INPUT', 'did you mean money'],
    ['a layer that can not speak', { layer: 'builtin' }, 'INVALID_INPUT', 'no layer'],
    ['an agent layer without an agent', { agent: null }, 'INVALID_INPUT', 'one agent'],
    ['no reason', { reason: ' ' }, 'INVALID_INPUT', 'reason is empty'],
    ['the past', { expiresAtMs: 1 }, 'INVALID_INPUT', 'expired already'],
    ['a far future', { expiresAtMs: 253_370_764_800_000 }, 'INVALID_INPUT', 'longer than 366 days'],
  ])('are refused for %s', async (_name, more, code, message) => {
    await expect(addOverride(world.deps, { ...order, expiresAtMs: soon(), ...more })).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });

  it('are refused to agents', async () => {
    await expect(addOverride({ ...world.deps, actor: 'agent:coder' }, { ...order, expiresAtMs: soon() })).rejects.toMatchObject({ code: 'POLICY_DENIED' });
    await expect(revokeOverride({ ...world.deps, actor: 'agent:coder' }, 'o-000000', PARENT)).rejects.toMatchObject({ code: 'POLICY_DENIED' });
  });
});

describe('questions without a record', () => {
  it('tell which rules cover a path, and what would be decided', async () => {
    const { matches, counts } = await matchPaths(world.deps, { paths: ['src/billing/tax.ts', '../outside', '.github/workflows/x.yml'], agent: 'coder', counts: true });
    expect(matches.map(({ path, decision, rules }) => [path, decision.effect, rules.map(({ id }) => id)])).toEqual([
      ['src/billing/tax.ts', 'ask', ['money']],
      ['../outside', 'deny', expect.arrayContaining(['floor-git', 'money'])],
      ['.github/workflows/x.yml', 'ask', ['floor-ci']],
    ]);
    expect(counts?.find(({ id }) => id === 'money')?.files).toBe(1);
  });

  it.each([
    [{ point: 'path.wrte' }, /did you mean path\.write\?/],
    [{ point: 'command.run' }, /no.* command|none was named/],
    [{ point: 'path.write', facts: ['task.rsk=high'] }, /is no fact/],
    [{ point: 'path.write', facts: ['task.attempt=many'] }, /whole number/],
    [{ point: 'path.write', facts: ['run.unattended=yes'] }, /true or false/],
    [{ point: 'path.write', facts: ['task.risk'] }, /has no value/],
  ])('refuse what nobody can answer: %j', async (question, message) => {
    await expect(explainPoint(world.deps, { agent: null, task: null, paths: [], command: null, skill: null, facts: [], ...question })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(message) as string });
  });
});

describe('comparing policies', () => {
  const head = { kind: 'revision', name: 'HEAD' } as const;

  it('has a witness for each widening', async () => {
    expect(await comparePolicies(world.deps, head, { kind: 'file', source: POLICY, text: TEXT })).toMatchObject({ verdict: 'same' });
    const diff = await comparePolicies(world.deps, head, WIDER);
    expect(diff.verdict).toBe('incomparable');
    expect(diff.widenings[0]?.witness?.paths[0]?.path).toMatch(/^src\/billing\//);
  });

  it('takes a commit without a policy for the floor alone, and names what is neither file nor commit', async () => {
    world.repository.git('tag', 'with-policy');
    world.repository.git('rm', '-q', '--cached', POLICY);
    world.repository.git('commit', '-q', '-m', 'No policy');
    expect(await comparePolicies(world.deps, head, { kind: 'revision', name: 'with-policy' })).toMatchObject({ verdict: 'narrower' });
    world.repository.git('reset', '-q', 'with-policy');
    await expect(comparePolicies(world.deps, { kind: 'revision', name: 'no-such-thing' }, head)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(comparePolicies(world.deps, { kind: 'revision', name: 'HEAD:nope.yaml' }, head)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('tells contradictions from overlaps', async () => {
    const text = `policy: 1\nrules:\n  - { id: area, effect: allow, on: [path.write], paths: ["src/**"] }\n  - { id: money, effect: deny, on: [path.write], paths: ["src/billing/**"] }\n  - { id: tests, effect: ask, on: [path.write], paths: ["**/tax.ts"] }\n`;
    const { conflicts } = await listConflicts(world.deps, { kind: 'file', source: 'x.yaml', text });
    const own = conflicts.filter(({ stricter, weaker }) => stricter.layer !== 'builtin' && weaker.layer !== 'builtin').map(({ kind, stricter, weaker }) => `${kind} ${stricter.id} ${weaker.id}`);
    expect(own.toSorted()).toEqual(['contradiction money area', 'contradiction tests area', 'overlap money tests']);
  });
});

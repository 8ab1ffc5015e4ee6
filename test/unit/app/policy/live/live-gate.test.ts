import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLivePolicy } from '../../../../../src/adapters/live-policy/live-policy.js';
import { LiveGate, type LiveGateOrder } from '../../../../../src/app/policy/live/live-gate.js';
import { unverifiedMessage, withLivePolicy, type LiveDeps } from '../../../../../src/app/policy/live/with-live-policy.js';
import type { LoadedPolicy } from '../../../../../src/app/policy/load-policy.js';
import type { AgentId } from '../../../../../src/domain/kernel/ids.js';
import type { LiveAnswer } from '../../../../../src/domain/live/tool-call.js';
import { compilePolicy } from '../../../../../src/domain/policy/evaluate/compile-policy.js';
import { builtinFloor } from '../../../../../src/domain/policy/floor/builtin-floor.js';
import { emptyLayer, type Rule } from '../../../../../src/domain/policy/layer.js';
import { combineLayers } from '../../../../../src/domain/policy/layers/combine.js';
import type { Task } from '../../../../../src/domain/task/task.js';
import { storeFactories, type StoreFixture } from '../../../../contract/store/factory.js';

let board: StoreFixture;
let root: string;
let ids = 0;
beforeEach(async () => {
  board = await storeFactories[0]!.create();
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'ai-lg-')));
  mkdirSync(path.join(root, 'w/src'), { recursive: true });
  mkdirSync(path.join(root, 'elsewhere'));
  mkdirSync(path.join(root, 'w/secret'));
  symlinkSync('../secret', path.join(root, 'w/src/link'));
  symlinkSync('../../elsewhere', path.join(root, 'w/src/out'));
});
afterEach(async () => {
  await board.dispose();
  rmSync(root, { recursive: true, force: true });
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const rule = (wanted: Pick<Rule, 'id' | 'effect' | 'on'> & Partial<Rule>): Rule => ({
  agents: null, roles: null, labels: null, paths: null, except: [], command: null, skills: null, tasks: null, when: null, approval: null, why: null, locked: false, overridable: [], at: `test:${wanted.id}`, ...wanted,
});
const RULES = [
  rule({ id: 'no-secrets', effect: 'deny', on: ['path.write'], paths: ['secret/**'] }),
  rule({ id: 'docs-ask', effect: 'ask', on: ['path.write'], paths: ['docs/**'] }),
  rule({ id: 'push-asks', effect: 'ask', on: ['command.run'], command: { starts: ['git', 'push'], any: [] } }),
  rule({ id: 'no-web', effect: 'deny', on: ['network.use'] }),
  rule({ id: 'no-tool', effect: 'deny', on: ['tool.use'], when: 'broken' }),
];

function policy(rules: readonly Rule[] = RULES.slice(0, 4), isWritten = true): LoadedPolicy {
  const { policy: effective } = combineLayers([builtinFloor(), { ...emptyLayer('project', 'test'), rules }], 0);
  return { policy: effective, isWritten, uncommitted: [], compileFor: async (point) => compilePolicy(effective, () => ({ ok: false, problem: { message: 'no', offset: 0, hint: null } }), { sha256, points: [point] }) };
}

const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, index) => ((ids += index === 0 ? 1 : 0) >> (5 * index)) & 31);
const deps = (): LiveDeps => ({ store: board.store, clock: board.clock, sha256, random: { bytes } , environment: {} }) as unknown as LiveDeps;

function gate(wanted: Partial<LiveGateOrder> & { locks?: Task['locks'] } = {}): LiveGate {
  const task = wanted.locks === undefined ? null : ({ id: 't-000001', title: 'x', type: 'task', priority: 'medium', labels: [], locks: wanted.locks, budgetUsd: null, targetBranch: null } as unknown as Task);
  const agent = { id: 'coder' as AgentId, role: null, labels: [], model: null };
  return new LiveGate(deps(), {
    subject: { agent, actor: 'user:ann', task, run: null, branch: null, unattended: true, workspace: path.join(root, 'w') },
    loaded: policy(), realPath: createLivePolicy({ hookProgram: [], places: [] }).realPath, toolCallLimit: null, onLimit: () => undefined, costUsd: () => null, ...wanted,
  });
}

let calls = 0;
function call(to: LiveGate, tool: string, input: Readonly<Record<string, unknown>>, id = `toolu_${(calls += 1)}`): Promise<LiveAnswer> {
  return to.decide({ client: 'claude-code', event: 'pre-tool-use', payload: { hook_event_name: 'PreToolUse', cwd: path.join(root, 'w'), tool_name: tool, tool_input: input, tool_use_id: id } });
}
const write = (to: LiveGate, file: string): Promise<LiveAnswer> => call(to, 'Write', { file_path: path.isAbsolute(file) ? file : path.join(root, 'w', file), content: 'x' });
const records = async () => board.store.listDecisions({ task: null, run: null, point: null, effect: null, sinceMs: null }, { limit: 100, before: null });
const events = async () => board.store.listEvents({ sinceSeq: 0, task: null, run: null, types: [] }, 500);
const refusals = async () => (await events()).filter(({ type }) => type === 'tool.refused').map(({ data }) => data['code']);

describe('the decision about one tool call', () => {
  it('allows, and has it on record before it answers', async () => {
    expect(await write(gate(), 'src/a.ts')).toEqual({ effect: 'allow', reason: null });
    expect((await records()).map(({ point, decision }) => `${point} ${decision.effect}`).sort()).toEqual(['path.write allow', 'tool.use allow']);
  });

  it.each([
    ['Write', { file_path: 'secret/key' }, 'no-secrets'],
    ['Write', { file_path: 'src/../secret/key' }, 'no-secrets'],
    ['Write', { file_path: 'SECRET/key' }, 'no-secrets'],
    ['Write', { file_path: 'src/link/key' }, 'no-secrets'],
    ['Write', { file_path: 'src/out/key' }, 'outside of the folder'],
    ['Write', { file_path: '../elsewhere/x' }, 'outside of the folder'],
    ['Write', { file_path: '/etc/passwd' }, 'outside of the folder'],
    ['Write', { file_path: '~/x' }, "can't be judged"],
    ['Write', {}, "can't be judged"],
    ['Edit', { file_path: '.git/hooks/pre-commit' }, 'floor-git'],
    ['Bash', { command: 'echo x > secret/key' }, 'no-secrets'],
    ['Bash', { command: 'echo x > "$FILE"' }, 'only known when it runs'],
    ['Bash', { command: 'echo x >> src/link/../x; echo y > secret/z' }, 'no-secrets'],
    ['mcp__files__save', { path: 'secret/key' }, 'no-secrets'],
    ['WebFetch', { url: 'https://example.org' }, 'no-web'],
  ] as const)('denies %s %j', async (tool, input, reason) => {
    const answer = await call(gate(), tool, input);
    expect(answer.effect).toBe('deny');
    expect(answer.reason).toContain(reason);
    expect((await records()).map(({ decision }) => decision.effect)).toEqual(['deny']);
  });

  it('denies by a rule that can not be evaluated', async () => {
    expect(await call(gate({ loaded: policy(RULES) }), 'TodoWrite', {})).toMatchObject({ effect: 'deny' });
  });

  it('denies what nobody understands, and writes it down, up to a number', async () => {
    const to = gate();
    for (let count = 0; count < 120; count += 1) expect(await to.decide({ client: 'x', event: 'y', payload: {} })).toMatchObject({ effect: 'deny' });
    expect((await refusals()).filter((code) => code === 'hook-error')).toHaveLength(100);
  });

  it('denies when the database is gone, and never throws', async () => {
    const to = gate();
    board.store.close();
    expect(await write(to, 'src/a.ts')).toMatchObject({ effect: 'deny' });
    expect(await to.decide({ client: 'x', event: 'y', payload: {} })).toMatchObject({ effect: 'deny' });
  });

  it('judges files by the floor also where nobody has written a policy', async () => {
    const to = gate({ loaded: policy([], false) });
    expect([(await write(to, 'src/a.ts')).effect, (await write(to, '.git/config')).effect, (await call(to, 'Bash', { command: 'ls' })).effect]).toEqual(['allow', 'deny', 'allow']);
  });
});

describe('approvals', () => {
  it('asks by a denial that names the approval, allows exactly that call once when it is given, and asks again', async () => {
    const to = gate();
    const asked = await call(to, 'Bash', { command: 'git push', description: 'Publish' });
    const id = /ai approval approve (a-[0-9a-z]{6})/.exec(asked.reason ?? '')?.[1] ?? '';
    expect(asked.effect).toBe('deny');
    expect((await call(to, 'Bash', { command: 'git push', description: 'again' })).reason).toContain(id);
    await board.store.voteOnApproval(id, { by: 'user:bob', verdict: 'approve', reason: null, atMs: board.clock.wallMs });
    expect((await call(to, 'Bash', { command: 'git push --tags' })).effect).toBe('deny');
    expect((await call(to, 'Bash', { command: 'git push', description: 'in other words' })).effect).toBe('allow');
    expect((await board.store.getApproval(id)).status).toBe('spent');
    expect((await call(to, 'Bash', { command: 'git push' })).effect).toBe('deny');
  });

  it('asks nobody about a call that is denied anyway, and spends nothing on it', async () => {
    const to = gate({ locks: [{ pattern: 'docs/**', mode: 'exclusive' }] });
    expect((await call(to, 'Bash', { command: 'git push > secret/log' })).effect).toBe('deny');
    expect(await board.store.listApprovals({ status: null, task: null }, 10)).toEqual([]);
    const push = { command: 'git push > other.txt' };
    const id = /a-[0-9a-z]{6}/.exec((await call(to, 'Bash', push)).reason ?? '')?.[0] ?? '';
    await board.store.voteOnApproval(id, { by: 'user:bob', verdict: 'approve', reason: null, atMs: board.clock.wallMs });
    expect((await call(to, 'Bash', push)).reason).toContain('The task declares');
    expect((await board.store.getApproval(id)).status).toBe('approved');
  });
});

describe('the task and its limits', () => {
  it('denies a write outside of the exclusive patterns, and names them', async () => {
    const to = gate({ locks: [{ pattern: 'src/*.ts', mode: 'exclusive' }, { pattern: 'lib/**', mode: 'shared' }] });
    expect((await write(to, 'src/a.ts')).effect).toBe('allow');
    expect((await write(to, 'lib/a.ts')).reason).toContain('"src/*.ts"');
    expect(await call(to, 'Bash', { command: 'echo x > b.txt' })).toMatchObject({ effect: 'deny' });
    expect(await refusals()).toEqual(['outside-scope', 'outside-scope']);
    expect((await write(gate({ locks: [{ pattern: 'lib/**', mode: 'shared' }] }), 'lib/a.ts')).reason).toContain('writes nothing');
  });

  it('denies the call beyond the limit, and has the run ended', async () => {
    const reached: unknown[] = [];
    const to = gate({ toolCallLimit: 2, onLimit: (limit) => reached.push(limit) });
    expect([(await write(to, 'a')).effect, (await write(to, 'secret/b')).effect, (await write(to, 'c')).effect]).toEqual(['allow', 'deny', 'deny']);
    expect(reached).toEqual([{ name: 'run.tool_calls', used: 3, limit: 2 }]);
    expect(await refusals()).toEqual(['limit-reached']);
  });

  it('remembers every answer by the id of its call; a second answer only makes it stricter', async () => {
    const to = gate();
    await call(to, 'Write', { file_path: 'a' }, 'x');
    expect(to.decided.get('x')).toBe('allow');
    await call(to, 'Write', { file_path: 'secret/a' }, 'x');
    await call(to, 'Write', { file_path: 'a' }, 'x');
    expect([...to.decided]).toEqual([['x', 'deny']]);
  });
});

describe('a run under live policy', () => {
  it('has no hook where the client has none, and refuses a client with hooks when nothing answers them', async () => {
    const order = { subject: { agent: { id: 'coder' as AgentId, role: null, labels: [], model: null }, actor: 'user:ann', task: null, run: null, branch: null, unattended: true, workspace: root }, commit: null, toolCallLimit: null, onLimit: () => undefined };
    const capabilities = { streaming: true, resume: false, cost: false, structuredOutput: false, skills: false, mcp: false, budget: false };
    expect(await withLivePolicy(deps(), { ...order, capabilities: { ...capabilities, livePolicy: 'none' } }, async (live) => [live.hook, live.unmatched()])).toEqual([null, []]);
    await expect(withLivePolicy(deps(), { ...order, capabilities: { ...capabilities, livePolicy: 'callback' } }, async () => 1)).rejects.toMatchObject({ code: 'AGENT_UNAVAILABLE' });
    await expect(withLivePolicy(deps(), { ...order, capabilities: { ...capabilities, livePolicy: 'hooks' } }, async () => 1)).rejects.toThrow();
  });

  it('says which call nobody decided', () => {
    expect(unverifiedMessage([])).toBeNull();
    expect(unverifiedMessage([{ id: '1', tool: 'Bash', why: 'undecided' }, { id: '2', tool: 'Bash', why: 'denied' }])).toContain('"Bash" and 1 more');
  });
});

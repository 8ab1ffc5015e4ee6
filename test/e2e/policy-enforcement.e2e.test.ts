import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, refusal } from '../support/cli-expectations.js';
import type { Json } from '../support/control-plane.js';
import { expectRecordsInChain, policyWorld, writing, type PolicyWorld } from './policy-world.js';

const worlds: PolicyWorld[] = [];
afterAll(() => {
  for (const one of worlds.splice(0)) one.dispose();
});

async function world(...options: Parameters<typeof policyWorld>): Promise<PolicyWorld> {
  const made = await policyWorld(...options);
  worlds.push(made);
  return made;
}

const ALLOWING = 'policy: 1\nname: all\n';
const DENYING = 'policy: 1\nrules:\n  - { id: not-here, effect: deny, on: [task.create], why: Not here. }\n';

const POINTS = `policy: 1
name: points
rules:
  - { id: no-create, effect: deny, on: [task.create], labels: [no-create], why: No such tasks here. }
  - { id: no-claim, effect: deny, on: [task.claim], labels: [no-claim], why: Nobody takes this. }
  - { id: no-execute, effect: deny, on: [task.execute], labels: [no-execute], why: No agent does this. }
  - { id: no-deploy, effect: deny, on: [skill.run], skills: [deploy], why: People deploy. }
  - { id: no-complete, effect: deny, on: [task.complete], labels: [no-complete], why: Nobody finishes this. }
  - { id: no-merge, effect: deny, on: [task.merge], labels: [no-merge], why: This stays on its branch. }
  - { id: no-secrets, effect: deny, on: [path.write], paths: ["secret/**"], why: Secrets live in the vault. }
  - { id: ask-claim, effect: ask, on: [task.claim], labels: [ask-claim] }
  - { id: ask-often, effect: ask, on: [task.claim, task.execute], labels: [ask-often] }
  - { id: ask-skill, effect: ask, on: [skill.run], skills: [ship, sail] }
  - { id: money, effect: ask, on: [task.claim], paths: ["src/billing/**"] }
  - { id: read-docs, effect: ask, on: [path.write], paths: ["docs/**"] }
  - { id: read-law, effect: ask, on: [path.write, task.merge], paths: ["legal/**"] }
`;

describe('whose file counts', () => {
  it('the policy of HEAD; what the working tree says about it does not', async () => {
    const { plane } = await world({ '.ai/policy.yaml': DENYING });
    plane.write('.ai/policy.yaml', ALLOWING);
    await refusal(plane, ['task', 'create', 'A task'], { code: 6, error: 'POLICY_DENIED' });
    rmSync(`${plane.root}/.ai/policy.yaml`);
    const refused = await refusal(plane, ['task', 'create', 'A task'], { code: 6, error: 'POLICY_DENIED' });
    expect(refused.message).toContain('Not here.');
    expect(refused.hint).toMatch(/ai pdr explain d-[0-9a-z]+/);
    plane.write('.ai/policy.yaml', 'not: [a policy');
    await refusal(plane, ['task', 'create', 'A task'], { code: 6, error: 'POLICY_DENIED' });
    plane.write('.ai/policy.yaml', ALLOWING);
    plane.git('commit', '-q', '-am', 'Allow');
    await answer(plane, ['task', 'create', 'A task']);
  });

  it('one that no commit has counts as it lies there, until a commit has one; an empty one is a mistake each time', async () => {
    const { plane } = await world({});
    await answer(plane, ['task', 'create', 'A task']);
    expect((await answer(plane, ['pdr', 'list'])).data).toEqual([]);
    plane.write('.ai/policy.yaml', DENYING);
    await refusal(plane, ['task', 'create', 'A task'], { code: 6, error: 'POLICY_DENIED' });
    plane.write('.ai/policy.yaml', '');
    plane.git('add', '-A');
    plane.git('commit', '-q', '-m', 'Empty');
    plane.write('.ai/policy.yaml', ALLOWING);
    await refusal(plane, ['task', 'create', 'A task'], { code: 2, error: 'INVALID_POLICY' });
    await refusal(plane, ['task', 'create', 'Another'], { code: 2, error: 'INVALID_POLICY' });
  });
});

describe('a deny at', () => {
  let at: PolicyWorld;
  beforeAll(async () => {
    at = await world({ '.ai/policy.yaml': POINTS });
  });
  const denied = async (args: readonly string[], rule: string): Promise<void> => {
    const refused = await refusal(at.plane, args, { code: 6, error: 'POLICY_DENIED', env: { WORK: 'true' } });
    expect(refused.details).toMatchObject({ code: 'rule-deny', rules: [{ id: rule, layer: 'project' }] });
    const record: Json = await at.plane.json(['pdr', 'show', refused.details.decision]);
    expect(record.data.decision).toMatchObject({ effect: 'deny' });
  };

  it('task.create leaves no task, also not by import', async () => {
    const { plane } = at;
    await denied(['task', 'create', 'Never', '--label', 'no-create'], 'no-create');
    plane.write('tasks.yaml', '- title: Fine\n- title: Never\n  labels: [no-create]\n');
    await refusal(plane, ['task', 'import', 'tasks.yaml'], { code: 6, error: 'POLICY_DENIED' });
    expect((await plane.json(['task', 'list'])).data).toEqual([]);
  });

  it('task.claim: by id it is refused, and "next" takes another one or nothing', async () => {
    const { plane, create } = at;
    const task = await create('--label', 'no-claim', '--priority', 'critical');
    await denied(['task', 'claim', task, '--as', 'worker'], 'no-claim');
    const refused = await refusal(plane, ['task', 'claim', '--as', 'worker'], { code: 5, error: 'NOTHING_CLAIMABLE' });
    expect(refused.message).toContain('1 are refused or held back by policy');
    const other = await create('--priority', 'low');
    expect((await answer(plane, ['task', 'claim', '--as', 'worker'])).data.id).toBe(other);
    await denied(['task', 'execute', task], 'no-claim');
    expect(await at.show(task)).toMatchObject({ status: 'queued', attempt: 0 });
    await plane.json(['task', 'cancel', task, '--reason', 'done with it']);
  });

  it('task.execute and skill.run: nothing was claimed', async () => {
    const { create, show } = at;
    for (const [options, rule] of [[['--label', 'no-execute'], 'no-execute'], [['--skill', 'deploy'], 'no-deploy']] as const) {
      const task = await create(...options);
      await denied(['task', 'execute', task], rule);
      expect(await show(task)).toMatchObject({ status: 'queued', attempt: 0, lease: null });
    }
  });

  it('task.complete: the word of an outside worker does not count, and its lease stays', async () => {
    const { plane, create, show } = at;
    const task = await create('--label', 'no-complete');
    const claimed = await answer(plane, ['task', 'claim', task, '--as', 'worker']);
    await denied(['task', 'complete', task, '--token', String(claimed.data.lease.token)], 'no-complete');
    expect(await show(task)).toMatchObject({ status: 'claimed' });
    await answer(plane, ['task', 'release', task, '--token', String(claimed.data.lease.token)]);
    // A run that is supervised needs the same word before it counts.
    const done = await at.execute(task, writing('a.txt'), 6);
    expect(done.data.run).toMatchObject({ outcome: 'policy_denied', errorClass: 'policy' });
  });

  it('path.write: the run has an outcome of its own, and its work is kept on its branch', async () => {
    const { plane, create, execute, decisions } = at;
    const task = await create('--verify', 'touch "$AI_ROOT/checked"');
    const done = await execute(task, `${writing('secret/key.txt')}; ${writing('fine.txt')}`, 6);
    expect(done.data.run).toMatchObject({ outcome: 'policy_denied', errorClass: 'policy', checks: [] });
    expect(done.data.task.error.message).toContain('Secrets live in the vault.');
    expect(plane.git('show', `${done.data.run.branch}:secret/key.txt`)).toBe('by an agent');
    expect(plane.git('status', '--porcelain', '--', 'secret', 'checked')).toBe('');
    const [record] = await decisions('--run', done.data.run.id, '--point', 'path.write');
    expect(record.decision.findings).toMatchObject([{ path: 'secret/key.txt', effect: 'deny' }]);
    // The next attempt does not build on what was refused.
    await plane.json(['task', 'retry', task]);
    const again = await execute(task, writing('fine.txt'), 0);
    expect(again.data.run.changedFiles.map((file: Json) => file.path)).toEqual(['fine.txt']);
  });

  it('task.merge: the work waits in review and says why', async () => {
    const { plane, create, execute, show } = at;
    const task = await create('--label', 'no-merge');
    await execute(task, writing('a.txt'));
    await denied(['task', 'merge', task], 'no-merge');
    expect(await show(task)).toMatchObject({ status: 'review', blockedReason: expect.stringContaining('This stays on its branch.') as string });
    expect(plane.git('log', '--format=%s', 'main')).toBe('First commit');
  });

  it('no point has left a trace that does not verify', async () => {
    await expectRecordsInChain(at.plane, 10);
  });
});

describe('an ask', () => {
  let at: PolicyWorld;
  beforeAll(async () => {
    at = await world({ '.ai/policy.yaml': POINTS, 'src/billing/tax.ts': 'tax\n' });
  });
  /** Asked once only: the second call would find the task parked. */
  const asked = async (...args: readonly string[]): Promise<Json> => (await answer(at.plane, args, { code: 7, kind: 'error', env: { WORK: 'true' } })).error;
  /** Runs the command until nothing is asked any more, and approves whatever it names; answers the approvals. */
  const askedBy = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const found: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const output = await at.plane.ai(['--json', ...args], { env });
      if (output.code === 0) return found;
      expect({ code: output.code, round }, output.stdout).toEqual({ code: 7, round });
      const { error } = JSON.parse(output.stdout);
      found.push(error.details.approval);
      await at.approve(error.details.approval);
    }
    throw new Error(`asked without end: ${found.join(', ')}`);
  };

  it('at the claim parks the task, and an approval frees it; the approval is spent by the claim', async () => {
    const { plane, create, execute, show, approve } = at;
    const task = await create('--label', 'ask-claim');
    const { code, hint, details } = await asked('task', 'execute', task);
    expect({ code, hint }).toEqual({ code: 'APPROVAL_REQUIRED', hint: `ai approval approve ${details.approval}` });
    expect(await show(task)).toMatchObject({ status: 'blocked', blockedReason: `waits for approval ${details.approval}`, attempt: 0 });
    const again = await refusal(plane, ['task', 'claim', task, '--as', 'worker'], { code: 5, error: 'NOT_CLAIMABLE' });
    expect(again.message).toContain(details.approval);
    expect((await plane.json(['approval', 'list', '--pending', '--task', task])).data).toHaveLength(1);
    await approve(details.approval);
    expect(await show(task)).toMatchObject({ status: 'queued', blockedReason: null });
    const done = await execute(task, 'true');
    expect(done.data.task.status).toBe('done');
    expect((await answer(plane, ['approval', 'show', details.approval])).data).toMatchObject({ status: 'spent' });
    await refusal(plane, ['approval', 'approve', details.approval], { code: 5, error: 'APPROVAL_CLOSED' });
  });

  it('that is denied keeps the task blocked, and says by whom', async () => {
    const { plane, create, show } = at;
    const task = await create('--label', 'ask-claim');
    const { details } = await asked('task', 'execute', task);
    await answer(plane, ['approval', 'deny', details.approval, '--reason', 'not today']);
    expect(await show(task)).toMatchObject({ status: 'blocked', blockedReason: expect.stringMatching(/was denied by .*not today/) as string });
    await refusal(plane, ['task', 'execute', task], { code: 5, error: 'NOT_CLAIMABLE' });
  });

  it('at several points of one start is answered once for each, in any order', async () => {
    const { plane, create } = at;
    const task = await create('--label', 'ask-often', '--skill', 'ship', '--skill', 'sail');
    expect(new Set(await askedBy(['task', 'execute', task], { WORK: 'true' })).size).toBe(4);
    expect((await plane.json(['approval', 'list', '--task', task])).data.map((approval: Json) => approval.status)).toEqual(['spent', 'spent', 'spent', 'spent']);
  });

  it('about a pattern is about the locks that share a path with it', async () => {
    const { create, show } = at;
    const wide = await create('--lock', 'src/**');
    await asked('task', 'execute', wide);
    expect(await show(wide)).toMatchObject({ status: 'blocked' });
    const apart = await create('--lock', 'src/cart/**');
    expect((await at.execute(apart, writing('src/cart/view.ts'))).data.run.outcome).toBe('succeeded');
    const reading = await create('--lock-shared', 'src/billing/**');
    expect((await at.execute(reading, 'true')).data.run.outcome).toBe('succeeded');
  });

  it('about the tree lets the run succeed, and holds back the landing until a person agrees, once', async () => {
    const { plane, create, execute, show, approve } = at;
    const task = await create();
    const done = await execute(task, writing('docs/guide.md'));
    expect(done.data).toMatchObject({ run: { outcome: 'succeeded' }, task: { status: 'review' } });
    expect((await show(task)).blockedReason).toContain('read-docs');
    const refused = await refusal(plane, ['task', 'merge', task], { code: 7, error: 'APPROVAL_REQUIRED' });
    expect(refused.details.findings).toMatchObject([{ path: 'docs/guide.md', effect: 'ask' }]);
    await approve(refused.details.approval);
    const merged = await answer(plane, ['task', 'merge', task]);
    expect(plane.git('show', `${merged.data.commit}:docs/guide.md`)).toBe('by an agent');
    expect((await answer(plane, ['approval', 'show', refused.details.approval])).data).toMatchObject({ status: 'spent' });
    // The same change in another run is another question.
    const other = await create();
    await execute(other, writing('docs/guide.md'));
    const again = await refusal(plane, ['task', 'merge', other], { code: 7, error: 'APPROVAL_REQUIRED' });
    expect(again.details.approval).not.toBe(refused.details.approval);
  });

  it('about the tree and the landing is answered once for each', async () => {
    const { create, execute } = at;
    const task = await create();
    await execute(task, writing('legal/terms.md'));
    expect(new Set(await askedBy(['task', 'merge', task], {})).size).toBe(2);
    expect(await at.show(task)).toMatchObject({ status: 'done' });
  });

  // An approval is bound to the digest of the whole policy, and that names the commit that it was read from.
  it('that was answered is not asked again because of a commit that has nothing to do with it', async () => {
    const { plane, create, execute, approve } = at;
    const task = await create('--label', 'ask-claim');
    const { details } = await asked('task', 'execute', task);
    await approve(details.approval);
    plane.write('README.md', '# Changed meanwhile\n');
    plane.git('commit', '-q', '-am', 'Another');
    expect((await execute(task, 'true')).data.run.outcome).toBe('succeeded');
  });

  it('is void when the task says something else than when it was asked', async () => {
    const { plane, create, approve } = at;
    const task = await create('--label', 'ask-claim');
    const { details } = await asked('task', 'execute', task);
    await approve(details.approval);
    await plane.json(['task', 'edit', task, '--description', 'and also something else']);
    const again = await asked('task', 'execute', task);
    expect(again.details.approval).not.toBe(details.approval);
  });
});

describe('without any policy', () => {
  let at: PolicyWorld;
  beforeAll(async () => {
    at = await world({ '.claude/settings.json': '{}\n' });
  });

  it('nothing is decided and nothing recorded, unless the built-in floor speaks', async () => {
    const { plane, create, execute, decisions } = at;
    const task = await create();
    await answer(plane, ['task', 'claim', task, '--as', 'worker']);
    const other = await create();
    expect((await execute(other, 'true')).data.task.status).toBe('done');
    expect(await decisions()).toEqual([]);
    // A change is what the floor is about, and it allows this one: it says so.
    const third = await create();
    await execute(third, writing('src/cart/view.ts'));
    await answer(plane, ['task', 'merge', third]);
    const decided = await decisions();
    expect(decided.map(({ point, decision }) => [point, decision.effect])).toEqual([['task.merge', 'allow'], ['path.write', 'allow'], ['path.write', 'allow']]);
  });

  it.each(['.github/workflows/ci.yml', '.ai/policy.yaml', '.claude/settings.json'])('an agent that changes %s needs a person', async (file) => {
    const { plane, create, execute, show, approve } = at;
    const task = await create();
    expect((await execute(task, writing(file))).data).toMatchObject({ run: { outcome: 'succeeded' }, task: { status: 'review' } });
    expect((await show(task)).blockedReason).toMatch(/A person has to agree|needs? .*approv/);
    const { details, hint } = await refusal(plane, ['task', 'merge', task], { code: 7, error: 'APPROVAL_REQUIRED' });
    expect(details.rules[0].id).toMatch(/^floor-/);
    expect(plane.git('ls-tree', '--name-only', 'main', file)).toBe(file === '.claude/settings.json' ? file : '');
    // The line that it answers with is all that a person has to do.
    expect(hint?.split(' && ')).toEqual(details.approvals.map((id: string) => `ai approval approve ${id}`));
    for (const id of details.approvals) await approve(id);
    await answer(plane, ['task', 'merge', task]);
    expect(plane.git('show', `main:${file}`)).toContain('by an agent');
    plane.git('reset', '-q', '--hard', 'HEAD^');
  });

  it("what git keeps for itself can't be approved at all", async () => {
    const { create, execute } = at;
    const task = await create();
    const done = await execute(task, 'mkdir -p vendor/.git && echo x > vendor/file && rm -rf vendor/.git && mkdir -p "vendor/GIT~1" && echo x > "vendor/GIT~1/config"', 6);
    expect(done.data.run.outcome).toBe('policy_denied');
  });

  it('leaves a log that verifies', async () => {
    await expectRecordsInChain(at.plane, 10);
  });
});

describe('layers', () => {
  it('the one of an agent and the one of the user only narrow, and are asked about that subject alone', async () => {
    const { plane, create } = await world({
      '.ai/policy.yaml': 'policy: 1\nrules:\n  - { id: people-only, effect: deny, on: [task.execute], labels: [people] }\n',
      '.ai/agents/hand/policy.yaml': 'policy: 1\nrules:\n  - { id: no-hands, effect: deny, on: [task.execute], labels: [heads] }\n',
    }, { hand: [], head: ['--role', 'thinker'] });
    const run = async (task: string, agent: string, code: number): Promise<Json> => answer(plane, ['task', 'execute', task, '--agent', agent], { env: { WORK: 'true' }, code });
    const heads = await create('--label', 'heads', '--agent', 'head');
    const hands = await create('--label', 'heads');
    expect((await run(hands, 'hand', 6)).error.details.rules).toEqual([{ id: 'no-hands', layer: 'agent' }]);
    await run(heads, 'head', 0);
    const people = await create('--label', 'people');
    expect((await run(people, 'hand', 6)).error.details.rules).toEqual([{ id: 'people-only', layer: 'project' }]);
    plane.write('../home/.config/ai/policy.yaml', 'policy: 1\nrules:\n  - { id: not-by-night, effect: deny, on: [task.execute] }\n');
    const anything = await create();
    expect((await run(anything, 'hand', 6)).error.details.rules).toEqual([{ id: 'not-by-night', layer: 'global' }]);
  });

  it('one that weakens those above is a mistake, never ignored', async () => {
    const { plane } = await world({ '.ai/policy.yaml': 'policy: 1\nname: loose\ndefaults: { task.create: allow }\n' });
    plane.write('../home/.config/ai/policy.yaml', 'policy: 1\nname: strict\ndefaults: { task.create: deny }\n');
    const { message } = await refusal(plane, ['task', 'create', 'A task'], { code: 2, error: 'INVALID_POLICY' });
    expect(message).toContain('.ai/policy.yaml');
  });
});

const usage = (usd: string): string => `echo '{"ai":"usage","costUsd":${usd},"cumulative":true}'`;

describe('limits', () => {
  let at: PolicyWorld;
  beforeAll(async () => {
    at = await world({ '.ai/policy.yaml': 'policy: 1\nlimits: { run: { usd: 1.00 }, day: { usd: 2.50 } }\n' }, { hand: ['--concurrency', '2'] });
  });

  it('run.minutes ends a run, whatever the task allows', async () => {
    const { create, execute } = await world({ '.ai/policy.yaml': 'policy: 1\nlimits: { run: { minutes: 0.01 } }\n' });
    const task = await create('--timeout', '10m');
    expect((await execute(task, 'sleep 60', 10)).data.run).toMatchObject({ outcome: 'timed_out' });
  });

  it('run.usd ends a run that says that it spent more', async () => {
    const { create, execute } = at;
    const task = await create('--budget', '50');
    expect((await execute(task, `${usage('"1.10"')}; sleep 60`, 11)).data.run).toMatchObject({ outcome: 'budget_exhausted' });
  });

  it('day.usd is reserved with the claim, settled with the run, and no claim goes beyond it', async () => {
    const { plane, create, execute, show } = at;
    // 1.10 are spent. Of the 1.40 left, one run may reserve its 1.00, and not a second one at the same time.
    const [slow, second] = [await create(), await create()];
    const running = plane.start(['task', 'execute', slow, '--json'], { env: { WORK: `${usage('"0.20"')}; until [ -e "$AI_ROOT/go" ]; do sleep 0.01; done` } });
    const ended = new Promise((resolve) => running.once('close', resolve));
    running.stdin?.end();
    while ((await show(slow)).status !== 'running') continue;
    const refused = await refusal(plane, ['task', 'execute', second], { code: 11, error: 'BUDGET_EXHAUSTED', env: { WORK: 'true' } });
    expect(refused.details).toMatchObject({ usedUsd: '2.10', limitUsd: '2.50' });
    expect(await show(second)).toMatchObject({ status: 'queued', attempt: 0 });
    plane.write('go', '');
    await ended;
    // Now 1.30 are spent. A run that does not say what it cost has cost its reservation.
    await execute(second, 'true');
    const third = await create('--budget', '0.21');
    expect((await refusal(plane, ['task', 'execute', third], { code: 11, error: 'BUDGET_EXHAUSTED', env: { WORK: 'true' } })).details).toMatchObject({ usedUsd: '2.30' });
    const last = await create('--budget', '0.20');
    expect((await execute(last, usage('"0.00"'))).data.run.outcome).toBe('succeeded');
  });
});

describe('evidence', () => {
  it('that is required and not there: the work is kept and does not count', async () => {
    const { plane, create, execute } = await world({ '.ai/policy.yaml': 'policy: 1\nevidence: { task.done: [checks] }\n' });
    const task = await create();
    const refused = await execute(task, writing('a.txt'), 6);
    expect(refused.data.run).toMatchObject({ outcome: 'policy_denied', errorClass: 'policy' });
    expect(refused.data.task.error.message).toContain('checks');
    expect(plane.git('show', `${refused.data.run.branch}:a.txt`)).toBe('by an agent');
    const checked = await create('--verify', 'test -e a.txt');
    expect((await execute(checked, writing('a.txt'))).data.task.status).toBe('review');
    await answer(plane, ['task', 'merge', checked]);
    await expectRecordsInChain(plane, 8);
  });
});

describe('the checks of a task', () => {
  it('are commands under the policy, asked about before anything is claimed', async () => {
    const at = await world({ '.ai/policy.yaml': 'policy: 1\nrules:\n  - { id: no-push, effect: deny, on: [command.run], command: { starts: [git, push] }, why: Checks check., examples: [{ expect: deny, command: git push }] }\n' });
    const refused = await at.create('--verify', 'test -d . && git push origin main');
    expect((await answer(at.plane, ['task', 'execute', refused], { code: 6, kind: 'error' })).error.message).toContain('run the check');
    expect((await at.show(refused)).attempt).toBe(0);
    const allowed = await at.create('--verify', 'test -f a.txt');
    expect((await at.execute(allowed, writing('a.txt'))).data.run.outcome).toBe('succeeded');
  });
});

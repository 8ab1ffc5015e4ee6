import { existsSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, refusal } from '../support/cli-expectations.js';
import { AI_PROGRAM, type CommandOutput, type Json } from '../support/control-plane.js';
import { expectRecordsInChain, policyWorld, writing, type PolicyWorld } from './policy-world.js';

// What is tried here is listed, with everything that other tests show, in docs/policy-attacks.md.

const worlds: PolicyWorld[] = [];
afterAll(() => {
  for (const one of worlds.splice(0)) one.dispose();
});

async function world(...options: Parameters<typeof policyWorld>): Promise<PolicyWorld> {
  const made = await policyWorld(...options);
  worlds.push(made);
  return made;
}

const POLICY = `policy: 1
name: attacked
rules:
  - { id: no-secrets, effect: deny, on: [path.write], paths: ["secret/**"], why: Secrets live in the vault. }
  - { id: read-docs, effect: ask, on: [path.write], paths: ["docs/**"] }
  - { id: ask-claim, effect: ask, on: [task.claim], labels: [ask-claim] }
limits: { run: { usd: 1.00 }, day: { usd: 100.00 } }
`;
const FILES = { '.ai/policy.yaml': POLICY, 'secret/key.txt': 'the key\n', 'src/a.sh': 'true\n', '.gitignore': '.env\nnode_modules/\n' };

let at: PolicyWorld;
beforeAll(async () => {
  at = await world(FILES, { hand: ['--concurrency', '4'] });
});

/** Why a run was refused, in the words of the rule. */
const VAULT = expect.stringContaining('Secrets live in the vault.') as string;

/** Executes a fresh task with the script; answers the run. */
async function run(script: string, code: number, options: readonly string[] = []): Promise<Json> {
  return (await at.execute(await at.create(...options), script, code)).data.run;
}

const changed = (done: Json): readonly string[] => done.changedFiles.map((file: Json) => file.path).sort();

describe('paths', () => {
  it.each([
    ['a delete', 'rm secret/key.txt'],
    ['a change of the mode alone', 'chmod +x secret/key.txt'],
    ['a rename out of it', 'git mv secret/key.txt src/key.txt'],
    ['a rename into it', 'git mv src/a.sh secret/a.sh'],
    ['a link in the place of it', 'rm -r secret && ln -s src secret'],
    ['another spelling', 'mkdir SECRET && echo x > SECRET/other.txt'],
    ['a redirect, tee, sed and tar', 'echo x > secret/1; echo x | tee secret/2; sed -i s/the/no/ secret/key.txt; tar -cf - src | tar -xf - -C secret'],
    ['a commit of its own with hooks off', 'echo x > secret/1 && git add -A && HUSKY=0 git -c core.hooksPath=/dev/null commit -q --no-verify -m x'],
    ['what it tells git to overlook', 'git update-index --assume-unchanged secret/key.txt && git update-index --skip-worktree src/a.sh && echo x > secret/key.txt'],
    ['a commit that it takes out of the branch again', 'echo x > secret/1 && git add -A && git commit -q -m x && git reset -q --soft HEAD^ && git update-ref refs/heads/elsewhere HEAD'],
  ])('of a protected folder: %s is seen', async (_, script) => {
    expect((await at.execute(await at.create(), script, 6)).data).toMatchObject({ run: { outcome: 'policy_denied' }, task: { error: { message: VAULT } } });
  });

  it('that no rule can be about are denied', async () => {
    const done = await run(`printf x > "$(printf 'a\\nb')" && printf x > 'src\\..\\c'`, 6);
    expect(done).toMatchObject({ outcome: 'policy_denied' });
    expect(changed(done)).toHaveLength(2);
  });

  it('of options and of commands to a shell are names like others', async () => {
    const names = ['--output=x', '@x', '-rf', '$(touch pwned)', '`touch pwned`', ':(top)x', 'a;b', '&&', '%s%n'];
    const task = await at.create();
    const done = await at.execute(task, names.map((name) => `printf x > './${name}'`).join(' && '));
    expect(changed(done.data.run)).toEqual([...names].sort());
    const merged = await answer(at.plane, ['task', 'merge', task]);
    expect(at.plane.git('ls-tree', '-z', '--name-only', merged.data.commit).split('\0')).toEqual(expect.arrayContaining(names));
    expect(existsSync(path.join(at.plane.root, 'pwned'))).toBe(false);
    for (const args of [['task', 'merge', task, '--into', '--output=x'], ['task', 'create', 'x', '--target', '-O'], ['policy', 'check', '--base=--output=x'], ['policy', 'diff', '--', '--output=x', 'HEAD'], ['task', 'show', 't-\n']]) {
      const output = await at.plane.ai(args);
      expect({ args, code: output.code }).toEqual({ args, code: expect.toBeOneOf([1, 2, 3, 5]) });
    }
    expect(readdirSync(at.plane.root)).not.toContain('x');
  });

  it('through a link to elsewhere change nothing that counts: the link is what is seen', async () => {
    writeFileSync(path.join(at.plane.outside, 'elsewhere.txt'), 'before\n');
    symlinkSync('secret', path.join(at.plane.outside, 'way'));
    const done = await run(`ln -s "${at.plane.outside}/elsewhere.txt" link && echo after > link && ln -s nowhere dangling`, 0);
    expect(changed(done)).toEqual(['dangling', 'link']);
    expect(at.plane.git('cat-file', 'blob', `${done.head}:link`)).toBe(`${at.plane.outside}/elsewhere.txt`);
  });

  // What a run changed is kept without its kind, so that the fact change.mode is absent and the condition an error.
  it('a rule about links is about links alone', async () => {
    const one = await world({ '.ai/policy.yaml': `policy: 1\nrules:\n  - { id: no-links, effect: deny, on: [path.write], when: 'change.mode == "symlink"' }\n` });
    expect((await one.execute(await one.create(), 'ln -s a.txt b.txt', 6)).data.run.outcome).toBe('policy_denied');
    expect((await one.execute(await one.create(), writing('a.txt'))).data.run.outcome).toBe('succeeded');
  });

  it('in great number and of great length are all seen, and a bounded number is listed', async () => {
    const done = await run('mkdir -p secret/deep && i=0; while [ $i -lt 3000 ]; do : > secret/deep/$i; i=$((i+1)); done; d=secret; while [ ${#d} -lt 2000 ]; do d=$d/$(printf %0100d 0); done; mkdir -p $d && : > $d/x', 6);
    expect(done.changedFiles).toHaveLength(3001);
    const [record] = await at.decisions('--run', done.id, '--point', 'path.write');
    expect(record.decision.findingCount).toBe(3001);
    expect(record.decision.findings.length).toBeLessThanOrEqual(1000);
  });
});

describe('files that git does not track', () => {
  it('are no work: what an agent writes there does not land', async () => {
    const done = await run('echo SECRET=1 > .env && mkdir node_modules && echo x > node_modules/x && echo y > y.txt', 0);
    expect(changed(done)).toEqual(['y.txt']);
  });

  // There is no manifest of these files from before the run to compare with: see docs/policy-attacks.md, item 6.
  it.each([
    ['hooks of the repository', 'h="$(git rev-parse --git-common-dir)/hooks" && mkdir -p "$h" && echo "#!/bin/sh" > "$h/post-commit"; echo y > y.txt'],
    ['the configuration of the repository', 'git config core.sshCommand /bin/false; echo y > y.txt'],
    ['the checkout of the person', 'echo x >> "$AI_ROOT/src/a.sh"; echo y > y.txt'],
    ['ignored files of the person', 'echo TOKEN=x > "$AI_ROOT/.env"; echo y > y.txt'],
  ])('%s: a change of them by an agent is noticed', async (_, script) => {
    const one = await world({ '.gitignore': '.env\n', 'src/a.sh': 'true\n' });
    const done = await one.execute(await one.create(), script, 0).catch(() => null);
    const events = (await one.plane.ai(['events', '--jsonl'])).stdout;
    expect(done === null || /protected|tamper/.test(events)).toBe(true);
  });
});

describe('the rules', () => {
  it.each([
    ['removed', 'rm .ai/policy.yaml; echo x > secret/1'],
    ['emptied and committed', ': > .ai/policy.yaml; git add -A; git commit -q -m x; echo x > secret/1'],
    ['loosened', "printf 'policy: 1\\nname: free\\n' > .ai/policy.yaml; echo x > secret/1"],
    ['with a second file beside them', "printf 'policy: 1\\nname: free\\n' > .ai/policy.yml; echo x > secret/1"],
    ['replaced by a link', 'ln -sf ../free.yaml .ai/policy.yaml; echo x > secret/1'],
    ['given to the agent in a file of its own', "mkdir -p .ai/agents/hand && printf 'policy: 1\\nname: free\\n' > .ai/agents/hand/policy.yaml; echo x > secret/1"],
  ])('%s by the agent that they are for, still count for its work', async (_, script) => {
    expect((await at.execute(await at.create(), script, 6)).data).toMatchObject({ run: { outcome: 'policy_denied' }, task: { error: { message: VAULT } } });
  });

  it('can be changed by an agent only with the word of a person, whatever the name of the file', async () => {
    for (const file of ['.ai/policy.yml', '.ai/Policy.YAML', '.ai/agents/other/policy.yaml']) {
      const task = await at.create();
      await at.execute(task, writing(file));
      const { details } = await refusal(at.plane, ['task', 'merge', task], { code: 7, error: 'APPROVAL_REQUIRED' });
      expect(details.approvals.length).toBeGreaterThanOrEqual(1);
      await answer(at.plane, ['task', 'cancel', task, '--reason', 'no']);
    }
  });

  it('a claim is judged by who registered it, not by the name that it gives', async () => {
    const one = await world({ '.ai/policy.yaml': 'policy: 1\nrules:\n  - { id: only-boss, effect: deny, on: [task.claim], agents: [role:junior] }\n' }, { hand: ['--role', 'junior'], boss: ['--role', 'boss'] });
    const task = await one.create();
    await answer(one.plane, ['task', 'claim', task, '--as', 'boss'], { env: { AI_AGENT_ID: 'hand' }, code: 6 });
    await answer(one.plane, ['task', 'claim', task, '--as', 'agent:boss'], { env: { AI_AGENT_ID: 'hand' }, code: 6 });
    await answer(one.plane, ['task', 'claim', task, '--as', 'agent:hand'], { code: 6 });
    await answer(one.plane, ['task', 'claim', task, '--as', 'agent:boss'], { env: { AI_AGENT_ID: 'boss' } });
  });
});

describe('approvals', () => {
  const ai = `"${process.execPath}" "${AI_PROGRAM}" --root "$AI_ROOT"`;
  const pending = async (task: string): Promise<string> => (await at.plane.json(['approval', 'list', '--pending', '--task', task])).data[0].id;

  it('are not given by an agent, whatever it takes out of its environment', async () => {
    const waiting = await at.create('--label', 'ask-claim');
    await answer(at.plane, ['task', 'execute', waiting], { code: 7, kind: 'error' });
    const approval = await pending(waiting);
    const approve = `approval approve ${approval}`;
    const bare = ai.replace('$AI_ROOT', at.plane.root);
    const clean = 'env -i PATH="$PATH" HOME="$HOME"';
    const ways = [`${ai} ${approve}`, `env -u AI_RUN_ID -u AI_AGENT_ID ${ai} ${approve}`, `${clean} ${bare} ${approve}`, `setsid ${clean} ${bare} ${approve}`];
    const done = await run(`(${ways.map((way) => `${way}; echo "code $?"`).join('; ')}) 2>&1; exit 0`, 0);
    const said = readFileSync(path.join(at.plane.root, '.ai/runs', done.id, 'stdout.log'), 'utf8');
    expect(said.match(/^code \d+$/gm)).toEqual(['code 6', 'code 6', 'code 6', 'code 6']);
    expect((await answer(at.plane, ['approval', 'show', approval])).data).toMatchObject({ status: 'pending', votes: [] });
  });

  // The same user of the system can shed everything that ties a process to its run: see docs/policy-attacks.md, item 23.
  it.fails('nor by a process that it leaves behind without environment, session and parent', async () => {
    const waiting = await at.create('--label', 'ask-claim');
    await answer(at.plane, ['task', 'execute', waiting], { code: 7, kind: 'error' });
    const approval = await pending(waiting);
    const orphan = `${ai.replace('$AI_ROOT', at.plane.root)} approval approve ${approval}; touch "${at.plane.outside}/tried"`;
    writeFileSync(path.join(at.plane.outside, 'orphan.sh'), orphan);
    await run(`(setsid env -i PATH="$PATH" HOME="$HOME" sh "${at.plane.outside}/orphan.sh" >/dev/null 2>&1 &); until [ -e "${at.plane.outside}/tried" ]; do sleep 0.05; done`, 0);
    expect((await answer(at.plane, ['approval', 'show', approval])).data).toMatchObject({ status: 'pending', votes: [] });
  });

  it('are spent once, also by two at the same time', async () => {
    const task = await at.create();
    await at.execute(task, writing('docs/guide.md'));
    const { details } = await refusal(at.plane, ['task', 'merge', task], { code: 7, error: 'APPROVAL_REQUIRED' });
    await at.approve(details.approval);
    const outputs = await Promise.all([1, 2, 3].map(() => at.plane.ai(['--json', 'task', 'merge', task])));
    // Who comes second may find the work landed already: then both speak of the one commit.
    expect(new Set(outputs.filter(({ code }) => code === 0).map(({ stdout }) => JSON.parse(stdout).data.commit)).size).toBe(1);
    for (const { code, stdout } of outputs.filter((output) => output.code !== 0)) expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: expect.toBeOneOf([5, 7]), error: expect.toBeOneOf(['NOTHING_TO_MERGE', 'APPROVAL_SPENT', 'APPROVAL_REQUIRED', 'STALE_REVISION', 'TARGET_BLOCKED']) });
    expect((await answer(at.plane, ['approval', 'show', details.approval])).data).toMatchObject({ status: 'spent' });
    expect(at.plane.git('log', '--format=%s', '--grep', `AI-Task: ${task}`, 'main').split('\n')).toHaveLength(1);
  });

  it('are for the tree that was looked at: other work on the same task asks anew', async () => {
    const task = await at.create();
    await at.execute(task, writing('docs/one.md'));
    const first = (await refusal(at.plane, ['task', 'merge', task], { code: 7, error: 'APPROVAL_REQUIRED' })).details;
    await at.approve(first.approval);
    await at.plane.json(['task', 'retry', task]);
    await at.execute(task, writing('docs/one.md'));
    const second = (await refusal(at.plane, ['task', 'merge', task], { code: 7, error: 'APPROVAL_REQUIRED' })).details;
    expect(second.approval).not.toBe(first.approval);
  });
});

describe('an approval that was given', () => {
  // The approval is spent before it is known whether the work can land at all.
  it('is not used up by a landing that did not happen', async () => {
    const task = await at.create();
    await at.execute(task, writing('docs/three.md'));
    const { details } = await refusal(at.plane, ['task', 'merge', task], { code: 7, error: 'APPROVAL_REQUIRED' });
    await at.approve(details.approval);
    at.plane.write('docs/three.md', 'in the way\n');
    try {
      await answer(at.plane, ['task', 'merge', task], { code: 5, kind: 'error' });
    } finally {
      rmSync(path.join(at.plane.root, 'docs/three.md'));
    }
    await answer(at.plane, ['task', 'merge', task]);
  });
});

describe('claims', () => {
  it('of globs that overlap, at the same time: one is granted', { timeout: 120_000 }, async () => {
    const locks = ['lib/**', 'lib/core/**', '**/core/x.ts', 'LIB/Core/x.ts', 'lib/{core,other}/**'];
    const tasks = await Promise.all(locks.map((lock) => at.create('--lock', lock)));
    const outputs: readonly CommandOutput[] = await Promise.all(tasks.map((task) => at.plane.ai(['--json', 'task', 'claim', task, '--as', 'worker'])));
    expect(outputs.filter(({ code }) => code === 0)).toHaveLength(1);
    for (const { code, stdout } of outputs.filter((output) => output.code !== 0)) expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 5, error: 'PATH_LOCKED' });
    for (const task of tasks) await at.plane.json(['task', 'cancel', task, '--reason', 'done with it']);
  });
});

describe('money', () => {
  it('that is no amount is none: the reservation counts as spent', async () => {
    const costs = ['-1', 'NaN', 'Infinity', '1e309', '"-1"', '"NaN"', '"0x1"', '"1e-9"', '[]', '{}', 'true', '"99999999999"'];
    const done = await run(costs.map((cost) => `echo '{"ai":"usage","costUsd":${cost},"cumulative":true}'`).join('; '), 0, ['--budget', '0.5']);
    expect(done.usage.costUsd).toBeNull();
    const events = (await at.plane.ai(['events', '--jsonl'])).stdout.trim().split('\n').map((line) => JSON.parse(line));
    expect(events.filter((event: Json) => event.type === 'budget.settled').at(-1)).toMatchObject({ run: done.id, data: { reservedMicros: 500_000, micros: 500_000, known: false } });
  });
});

const CANARIES = { AWS_SECRET_ACCESS_KEY: 'canary/aws+4711/abcdefghijklmnopqrstu', MY_SERVICE_PASSWORD: 'canary-password-0815', GITHUB_TOKEN: `ghp_${'cAnArY0123'.repeat(3)}abcdef` };
const CANARY = /canary\/aws|canary-password|ghp_cAnArY/i;

describe('secrets', () => {
  it('of the environment reach an agent only by name, and no decision, event or output', { timeout: 120_000 }, async () => {
    const one = await world({ '.ai/policy.yaml': `${POLICY}  \n` }, { hand: [] });
    const { plane } = one;
    const env = { ...CANARIES, WORK: 'printenv; tr "\\0" "\\n" < /proc/self/environ; echo seen > y.txt' };
    const title = `Use ${CANARIES.GITHUB_TOKEN} and ${CANARIES.MY_SERVICE_PASSWORD}`;
    const leaking: Json = await plane.json(['task', 'create', 'Fine', '--agent', 'hand', '--label', CANARIES.MY_SERVICE_PASSWORD], { env });
    const done = await answer(plane, ['task', 'execute', leaking.data.id], { env });
    // The transcript is what the agent printed: nothing of ours was there to print.
    expect(readFileSync(path.join(plane.root, '.ai/runs', done.data.run.id, 'stdout.log'), 'utf8')).not.toMatch(CANARY);
    await plane.ai(['task', 'create', title, '--label', 'ask-claim'], { env });
    const records = await plane.ai(['--json', 'pdr', 'list', '--limit', '200']);
    expect(records.stdout).toContain('task.create');
    const id: string = JSON.parse(records.stdout).data[0].id;
    const outputs = [records.stdout, ...(await Promise.all([['pdr', 'list'], ['pdr', 'show', id], ['pdr', 'show', id, '--json'], ['pdr', 'explain', id], ['pdr', 'explain', id, '--json'], ['policy', 'show'], ['approval', 'list', '--json'], ['events', '--jsonl'], ['audit', 'log']].map(async (args) => (await plane.ai(args, { env })).stdout)))];
    for (const output of outputs) expect(output).not.toMatch(CANARY);
    for (const format of ['jsonl', 'ocsf', 'in-toto']) {
      const target = path.join(plane.outside, format);
      await answer(plane, ['audit', 'export', '--format', format, '--out', target, ...(format === 'in-toto' ? ['--task', leaking.data.id] : [])], { env });
      expect(readdirSync(target).length).toBeGreaterThan(2);
      for (const file of readdirSync(target)) expect(readFileSync(path.join(target, file), 'utf8'), `${format}/${file}`).not.toMatch(CANARY);
    }
    await expectRecordsInChain(plane, 4);
  });
});

describe('text that wants to be something else', () => {
  it('in names of files and tasks is shown, and steers neither a terminal nor a build server', async () => {
    const evil = ['\u001b[2J\u001b]0;owned\u0007', '::error file=x::owned', '<script>alert(1)</script>', '[x](javascript:alert(1))', '\u202egnp.exe'];
    const title = evil.join(' ').replaceAll(/\p{Cc}/gu, '');
    const task = (await at.plane.json(['task', 'create', title, '--agent', 'hand'])).data.id;
    const done = await at.execute(task, evil.map((name) => `mkdir -p secret && printf x > "secret/$(printf '%s' '${name.replaceAll('/', '_').replaceAll("'", '')}')"`).join(' && '), 6);
    const records = await at.decisions('--run', done.data.run.id, '--point', 'path.write');
    const screens = [['task', 'show', task], ['task', 'why', task], ['task', 'timeline', task], ['pdr', 'list', '--task', task], ['pdr', 'show', records[0].id], ['pdr', 'explain', records[0].id], ['audit', 'log'], ['status']];
    for (const args of screens) {
      const output = await at.plane.ai(args);
      expect({ args, code: output.code, stderr: output.stderr }).toEqual({ args, code: 0, stderr: '' });
      // eslint-disable-next-line no-control-regex -- control characters are what is looked for
      expect(output.stdout, args.join(' ')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(output.stdout.split('\n').filter((line) => line.startsWith('::')), args.join(' ')).toEqual([]);
    }
    expect(statSync(at.plane.root).isDirectory()).toBe(true);
  });
});

describe('after all of this', () => {
  it('every decision is on record, in the chain, and made again to the byte', async () => {
    await expectRecordsInChain(at.plane, 40);
  });
});

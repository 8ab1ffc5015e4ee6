import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, refusal } from '../support/cli-expectations.js';
import { createControlPlane, outputOf, type ControlPlane, type Json } from '../support/control-plane.js';
import { validateOutput } from '../support/validate-output.js';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await createControlPlane();
});
afterAll(() => plane.dispose());

async function create(title: string, ...options: readonly string[]): Promise<string> {
  return ((await answer(plane, ['task', 'create', title, ...options], { kind: 'task.create' }))).data.id;
}

async function claim(id: string, holder: string): Promise<string> {
  return String((await answer(plane, ['task', 'claim', id, '--as', holder], { kind: 'task.claim' })).data.lease.token);
}

const show = async (id: string): Promise<Json> => (await answer(plane, ['task', 'show', id], { kind: 'task.show' })).data;

describe('the life of a task by hand', () => {
  it('goes from created to done, and frees what depends on it', async () => {
    const design = await create('Design', '--priority', 'high', '--label', 'backend,urgent', '--lock', 'src/{a,b}/**', '--verify', 'npm test', '--verify', 'npm run lint', '--timeout', '30m', '--budget', '2.50');
    const build = await create('Build', '--depends-on', design);
    expect(await show(design)).toMatchObject({ status: 'queued', ready: true, labels: ['backend', 'urgent'], locks: [{ pattern: 'src/{a,b}/**', mode: 'exclusive' }], verify: ['npm test', 'npm run lint'], timeoutMs: 1_800_000, budgetUsd: '2.50', dependents: [build] });
    expect(await show(build)).toMatchObject({ status: 'blocked', ready: false, blockedBy: [design], blockedReason: `waits for ${design}` });

    const token = await claim(design, 'worker-1');
    const taken = await refusal(plane, ['task', 'claim', design, '--as', 'worker-2'], { code: 5, error: 'LEASE_HELD' });
    expect(taken.message).toContain('worker-1 holds it');
    expect((await answer(plane, ['task', 'start', design, '--token', token], { kind: 'task.start' })).data).toMatchObject({ status: 'running' });
    expect((await answer(plane, ['task', 'progress', design, '--token', token, '--percent', '40', '--note', 'half'], { kind: 'task.progress' })).data).toMatchObject({ progress: 40, progressNote: 'half' });
    const beat = await answer(plane, ['task', 'heartbeat', design, '--token', token, '--ttl', '5m'], { kind: 'task.heartbeat' });
    expect(beat.data).toMatchObject({ task: design, holder: 'worker-1', token: Number(token), ttlMs: 300_000, stop: null });
    const done = await answer(plane, ['task', 'complete', design, '--token', token, '--result', '{"files":[1,2]}'], { kind: 'task.complete' });
    expect(done.data).toMatchObject({ status: 'done', progress: 100, result: { files: [1, 2] }, lease: null });

    expect(await show(build)).toMatchObject({ status: 'queued', ready: true, blockedBy: [], blockedReason: null });
    expect((await answer(plane, ['task', 'claim', '--as', 'worker-1', '--capability', 'x'])).data.id).toBe(build);
    const timeline = await answer(plane, ['task', 'timeline', design], { kind: 'task.timeline' });
    expect(timeline.data.events.map((event: Json) => event.type)).toEqual(['task.created', 'task.claimed', 'task.started', 'task.progressed', 'task.completed']);
    expect((await answer(plane, ['audit', 'verify'])).data.ok).toBe(true);
  });

  it('refuses a stale token, changes nothing, and says who holds the task now', async () => {
    const id = await create('Contested');
    const old = await claim(id, 'slow-worker');
    await answer(plane, ['task', 'release', id, '--token', old], { kind: 'task.release' });
    const token = await claim(id, 'fast-worker');
    for (const verb of [['heartbeat'], ['start'], ['progress', '--percent', '1'], ['complete'], ['fail', '--reason', 'x'], ['release'], ['block', '--reason', 'x']]) {
      const [name = '', ...rest] = verb;
      const error = await refusal(plane, ['task', name, id, '--token', old, ...rest], { code: 5, error: 'LEASE_STALE' });
      expect(error.message).toContain('fast-worker holds it');
      expect(error.details).toMatchObject({ holder: 'fast-worker', currentToken: Number(token) });
    }
    expect(await show(id)).toMatchObject({ status: 'claimed', lease: { holder: 'fast-worker' } });
    await answer(plane, ['task', 'complete', id, '--token', token]);
    expect((await refusal(plane, ['task', 'complete', id, '--token', token], { code: 5, error: 'LEASE_STALE' })).message).toContain('it is done');
  });

  it('takes id, token and holder from the environment of a spawned agent', async () => {
    const id = await create('By environment');
    const env = { AI_AGENT_ID: 'coder' };
    const claimed = await answer(plane, ['task', 'claim', id], { env });
    expect(claimed.data.lease.holder).toBe('coder');
    const worker = { env: { ...env, AI_TASK_ID: id, AI_LEASE_TOKEN: String(claimed.data.lease.token) } };
    await answer(plane, ['task', 'start'], worker);
    await answer(plane, ['task', 'progress', '--note', 'on it'], worker);
    await answer(plane, ['task', 'heartbeat'], worker);
    const other = await create('Set aside by an agent that works on something else');
    expect((await answer(plane, ['task', 'block', other, '--reason', 'later'], worker)).data).toMatchObject({ id: other, status: 'blocked' });
    expect((await answer(plane, ['task', 'block', '--reason', 'needs a key'], worker)).data).toMatchObject({ id, status: 'blocked', blockedReason: 'needs a key', lease: null });
    expect((await answer(plane, ['task', 'unblock', id], { kind: 'task.unblock' })).data).toMatchObject({ status: 'queued' });
  });

  it('fails, waits for another attempt, and is given up without one', async () => {
    const id = await create('Fragile', '--max-attempts', '2');
    const failed = await answer(plane, ['task', 'fail', id, '--token', await claim(id, 'w'), '--reason', 'no database', '--class', 'network'], { kind: 'task.fail' });
    expect(failed.data).toMatchObject({ status: 'queued', ready: false, error: { class: 'network', message: 'no database' } });
    expect(failed.data.notBefore).not.toBeNull();
    expect((await refusal(plane, ['task', 'claim', id, '--as', 'w'], { code: 5, error: 'NOT_CLAIMABLE' })).message).toContain('not due');
    expect((await answer(plane, ['task', 'retry', id], { kind: 'task.retry' })).data).toMatchObject({ ready: true, notBefore: null });
    expect((await answer(plane, ['task', 'fail', id, '--token', await claim(id, 'w'), '--reason', 'hopeless', '--no-retry'])).data).toMatchObject({ status: 'failed' });
  });

  it('is steered without a token', async () => {
    const id = await create('Steered');
    const step = async (verb: string, ...options: string[]): Promise<Json> => (await answer(plane, ['task', verb, id, ...options], { kind: `task.${verb}` })).data;
    expect(await step('pause', '--reason', 'freeze')).toMatchObject({ status: 'paused', blockedReason: 'freeze' });
    expect(await step('resume')).toMatchObject({ status: 'queued' });
    expect(await step('block', '--reason', 'waits')).toMatchObject({ status: 'blocked', blockedReason: 'waits' });
    expect(await step('unblock')).toMatchObject({ status: 'queued' });
    expect(await step('cancel', '--reason', 'no need')).toMatchObject({ status: 'cancelled' });
    expect(await step('retry')).toMatchObject({ status: 'queued' });
    expect(await step('skip')).toMatchObject({ status: 'skipped' });
    expect((await answer(plane, ['task', 'delete', id], { kind: 'task.delete' })).data).toEqual({ id, keptBranch: null });
    await refusal(plane, ['task', 'show', id], { code: 3, error: 'TASK_NOT_FOUND' });
    const events = await answer(plane, ['audit', 'log', '--task', id], { kind: 'audit.log' });
    expect(events.data[0]).toMatchObject({ type: 'task.deleted', task: id });
  });

  it('ends the lease of an outside worker when a person cancels', async () => {
    const id = await create('Cancelled under way');
    const token = await claim(id, 'w');
    expect((await answer(plane, ['task', 'cancel', id])).data).toMatchObject({ status: 'cancelled', lease: null });
    expect((await refusal(plane, ['task', 'complete', id, '--token', token], { code: 5, error: 'LEASE_STALE' })).message).toContain('it is cancelled');
  });

  it('is edited: a given option replaces, an empty one clears', async () => {
    const [first, second] = [await create('First'), await create('Second')];
    const id = await create('Edited', '--label', 'a,b', '--agent', 'claude', '--depends-on', first, '--timeout', '1h');
    const edited = await answer(plane, ['task', 'edit', id, '--title', 'Better', '--priority', 'low', '--agent', '', '--timeout', '', '--add-label', 'c', '--remove-label', 'a', '--add-depends-on', second, '--remove-depends-on', first, '--lock', 'x/**'], { kind: 'task.edit' });
    expect(edited.data).toMatchObject({ title: 'Better', priority: 'low', agent: null, timeoutMs: null, labels: ['b', 'c'], dependsOn: [second], locks: [{ pattern: 'x/**', mode: 'exclusive' }] });
    expect((await answer(plane, ['task', 'edit', id, '--label', '', '--depends-on', ''])).data).toMatchObject({ labels: [], dependsOn: [], status: 'queued' });
  });
});

describe('text that comes from elsewhere', () => {
  it('is a file, or stdin, three ways', async () => {
    writeFileSync(path.join(plane.outside, 'notes.md'), '# Größe\n\nline two\n');
    const described = async (options: readonly string[], input?: string): Promise<string> => {
      const created = await answer(plane, ['task', 'create', 'Described', ...options], input === undefined ? {} : { input });
      return created.data.description;
    };
    expect(await described(['-F', path.join(plane.outside, 'notes.md')])).toBe('# Größe\n\nline two\n');
    expect(await described(['-F', '-'], 'from stdin')).toBe('from stdin');
    expect(await described(['-d', '-'], 'from stdin')).toBe('from stdin');
    expect(await described(['-'], 'from stdin')).toBe('from stdin');
    expect(await described(['-d', 'as it is'])).toBe('as it is');
  });

  it('is a result on stdin', async () => {
    const id = await create('Result on stdin');
    const done = await answer(plane, ['task', 'complete', id, '--token', await claim(id, 'w'), '--result', '-'], { input: 'plain words\n' });
    expect(done.data.result).toBe('plain words');
  });

  it('never reaches the terminal as it is', async () => {
    const id = await create('Quiet', '-d', '\u001b[2J\u009b31m\u202e', '--verify', 'echo \u001b[31m');
    const text = (await plane.ai(['task', 'show', id])).stdout;
    expect(text).toContain('\\e[2J\\x9b31m\\u{202e}');
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('a repeated create', () => {
  it('answers the first result for the same idempotency key', async () => {
    const first = await answer(plane, ['task', 'create', 'Once', '--idempotency-key', 'k1']);
    const again = await answer(plane, ['task', 'create', 'Once', '--idempotency-key', 'k1']);
    expect([again.data.id, first.meta.repeated, again.meta.repeated, again.warnings]).toEqual([first.data.id, false, true, []]);
    const other = await answer(plane, ['task', 'create', 'Other', '--idempotency-key', 'k1']);
    expect(other.data).toMatchObject({ id: first.data.id, title: 'Once' });
    expect(other.warnings[0]).toContain('other input');
  });
});

describe('lists', () => {
  it('are paged: the footer is the command for the next page', async () => {
    for (let index = 0; index < 5; index += 1) await create(`Page ${index}`, '--label', 'paged', '--project', 'it');
    const seen: string[] = [];
    let command = 'ai task list --label paged --project it --limit 2';
    for (let page = 0; page < 3; page += 1) {
      const text = (await plane.ai(command.split(' ').slice(1))).stdout.trimEnd().split('\n');
      seen.push(...text.slice(1, -1).map((line) => line.slice(0, 8)));
      command = /more: (.*)$/.exec(text.at(-1) ?? '')?.[1] ?? '';
    }
    expect(command).toBe('');
    expect(new Set(seen).size).toBe(5);
    const first = await answer(plane, ['task', 'list', '--label', 'paged', '--limit', '2'], { kind: 'task.list' });
    expect(first.meta.total).toBe(5);
    const second = await answer(plane, ['task', 'list', '--label', 'paged', '--limit', '2', '--after', first.meta.next]);
    expect([...first.data, ...second.data].map((task: Json) => task.id)).toEqual(seen.slice(0, 4));
  });

  it('are filtered by several statuses, written either way', async () => {
    const either = await answer(plane, ['task', 'list', '--status', 'failed,skipped', '--status', 'done']);
    expect(new Set(either.data.map((task: Json) => task.status))).toEqual(new Set(['failed', 'done']));
    expect((await answer(plane, ['task', 'list', '--ready'])).data.every((task: Json) => task.ready)).toBe(true);
  });

  it('print just the ids', async () => {
    const ids = (await plane.ai(['task', 'list', '--label', 'paged', '--id-only'])).stdout.trimEnd().split('\n');
    expect(ids).toHaveLength(5);
    for (const id of ids) expect(id).toMatch(/^t-[0-9a-z]{6}$/);
    expect((await plane.ai(['task', 'create', 'Just the id', '--id-only'])).stdout).toMatch(/^t-[0-9a-z]{6}\n$/);
  });
});

describe('a checklist', () => {
  it('is added to, ticked off and deleted, and moves the progress', async () => {
    const id = await create('With a checklist');
    const add = async (title: string, ...options: string[]): Promise<string> => (await answer(plane, ['subtask', 'add', id, title, ...options], { kind: 'subtask.add' })).data.id;
    const [one, two] = [await add('One', '--idempotency-key', 'one'), await add('Two')];
    expect(await add('One', '--idempotency-key', 'one')).toBe(one);
    expect((await answer(plane, ['subtask', 'complete', one], { kind: 'subtask.complete' })).data).toMatchObject({ done: true, task: id });
    expect((await answer(plane, ['subtask', 'complete', one])).data.done).toBe(true);
    expect((await show(id)).progress).toBe(50);
    expect((await answer(plane, ['subtask', 'delete', two], { kind: 'subtask.delete' })).data).toEqual({ id: two });
    expect((await answer(plane, ['subtask', 'list', id], { kind: 'subtask.list' })).data.map((item: Json) => item.title)).toEqual(['One']);
    await refusal(plane, ['subtask', 'complete', two], { code: 3, error: 'SUBTASK_NOT_FOUND' });
    await refusal(plane, ['subtask', 'add', id, ''], { code: 2, error: 'INVALID_INPUT' });
    await refusal(plane, ['subtask', 'add', 't-zzzzzz', 'x'], { code: 3, error: 'TASK_NOT_FOUND' });
    await refusal(plane, ['subtask', 'list'], { code: 2, error: 'USAGE' });
  });
});

describe('an import', () => {
  const PLAN = '- name: design\n  title: Design\n- name: build\n  title: Build\n  dependsOn: [design]\n  locks: ["src/**", {pattern: "docs/**", mode: shared}]\n';

  it('creates all of a file, with local names', async () => {
    plane.write('plan.yaml', PLAN);
    expect((await answer(plane, ['task', 'import', 'plan.yaml', '--dry-run'], { kind: 'task.import' })).data).toEqual([{ id: null, name: 'design', title: 'Design' }, { id: null, name: 'build', title: 'Build' }]);
    const imported = await answer(plane, ['task', 'import', '-', '--idempotency-key', 'plan'], { input: PLAN });
    const [design, build] = imported.data;
    expect(await show(build.id)).toMatchObject({ dependsOn: [design.id], locks: [{ pattern: 'src/**', mode: 'exclusive' }, { pattern: 'docs/**', mode: 'shared' }] });
    expect((await answer(plane, ['task', 'import', 'plan.yaml', '--idempotency-key', 'plan'])).data).toEqual(imported.data);
    const jsonl = await answer(plane, ['task', 'import', '-'], { input: '{"title":"One"}\n{"title":"Two"}\n' });
    expect(jsonl.meta.total).toBe(2);
  });

  it.each([
    ['broken YAML', '- title: "x', 'INVALID_IMPORT'],
    ['broken JSON', '[{"title": "x"', 'INVALID_IMPORT'],
    ['a broken line of JSONL', '{"title":"a"}\n{"title":\n', 'INVALID_IMPORT'],
    ['nothing', '', 'INVALID_IMPORT'],
    ['an empty list', '[]', 'INVALID_IMPORT'],
    ['no title', '- description: x', 'INVALID_IMPORT'],
    ['an unknown key', '- title: x\n  titel: y', 'INVALID_IMPORT'],
    ['a number for a title', '- title: 7', 'INVALID_IMPORT'],
    ['a bad glob', '- title: x\n  locks: ["../x"]', 'INVALID_IMPORT'],
    ['a dependency that is nowhere', '- title: x\n  dependsOn: [nowhere]', 'INVALID_IMPORT'],
    ['the same name twice', '- {title: x, name: a}\n- {title: y, name: a}', 'INVALID_IMPORT'],
    ['a title of 1 MB', `- title: ${'x'.repeat(1_000_000)}`, 'INVALID_IMPORT'],
    ['a control character in a title', JSON.stringify([{ title: 'a\u001bb' }]), 'INVALID_IMPORT'],
    ['a scalar', '42', 'INVALID_IMPORT'],
    ['a cycle', '- {title: x, name: a, dependsOn: [b]}\n- {title: y, name: b, dependsOn: [a]}', 'DEPENDENCY_CYCLE'],
    ['a task that depends on itself', '- {title: x, name: a, dependsOn: [a]}', 'DEPENDENCY_CYCLE'],
  ])('with %s is refused, and nothing is created', async (_name, input, error) => {
    const before = (await answer(plane, ['task', 'list'])).meta.total;
    await refusal(plane, ['task', 'import', '-'], { input, code: 2, error });
    expect((await answer(plane, ['task', 'list'])).meta.total).toBe(before);
  });

  it('of a file that is not there', async () => {
    await refusal(plane, ['task', 'import', 'missing.yaml'], { code: 3, error: 'FILE_NOT_FOUND' });
    await refusal(plane, ['task', 'import', '.'], { code: 2, error: 'INVALID_INPUT' });
  });
});

describe('the graph', () => {
  it('is text, Mermaid, DOT or JSON, and the same twice', async () => {
    const base = await create('Base "quoted" <b>');
    const next = await create('Next', '--depends-on', base);
    const shown = async (format: string): Promise<string> => (await plane.ai(['task', 'graph', base, '--format', format])).stdout;
    for (const format of ['text', 'mermaid', 'dot', 'json']) expect(await shown(format)).toBe(await shown(format));
    expect(await shown('text')).toBe(`${base}  ○ queued  Base "quoted" <b>\n└─ ${next}  ◌ blocked  Next\n`);
    expect(await shown('mermaid')).toContain(`${base.replace('-', '_')} --> ${next.replace('-', '_')}`);
    expect(await shown('dot')).toContain(`"${base}" -> "${next}";`);
    const document = await validateOutput(await shown('json'));
    expect(document).toMatchObject({ kind: 'task.graph', data: { edges: [{ from: base, to: next }] } });
    expect(await answer(plane, ['task', 'graph', base])).toEqual(document);
    expect((await answer(plane, ['task', 'graph'])).data.tasks.length).toBeGreaterThan(2);
  });

  it('never gets a cycle', async () => {
    const first = await create('A');
    const second = await create('B', '--depends-on', first);
    const error = await refusal(plane, ['task', 'edit', first, '--add-depends-on', second], { code: 2, error: 'DEPENDENCY_CYCLE' });
    expect(error.message).toContain(first);
    expect(error.message).toContain(second);
    await refusal(plane, ['task', 'edit', first, '--depends-on', first], { code: 2, error: 'DEPENDENCY_CYCLE' });
    await refusal(plane, ['task', 'delete', first], { code: 5, error: 'HAS_DEPENDENTS' });
  });
});

describe('why', () => {
  it('names what is in the way', async () => {
    const holder = await create('Holder', '--lock', 'shared/**');
    await claim(holder, 'w');
    const waiting = await create('Waiting', '--lock', 'shared/a.txt');
    const why = await answer(plane, ['task', 'why', waiting], { kind: 'task.why' });
    expect(why.data).toMatchObject({ claimable: false, obstacles: [{ kind: 'locks', conflicts: [{ holderTask: holder, witness: 'shared/a.txt' }] }] });
    expect((await plane.ai(['task', 'why', waiting])).stdout).toContain(`held by w for ${holder}`);
    await refusal(plane, ['task', 'claim', waiting, '--as', 'x'], { code: 5, error: 'PATH_LOCKED' });
    await refusal(plane, ['task', 'claim', waiting, '--as', 'x', '--wait', '50ms'], { code: 8, error: 'PENDING' });
  });
});

describe('wrong input', () => {
  const HUGE = 'x'.repeat(100_000);
  it.each<[string, number, string, string[]]>([
    ['no verb', 2, 'USAGE', ['task']],
    ['a mistyped verb', 2, 'USAGE', ['task', 'creat', 'x']],
    ['a mistyped option', 2, 'USAGE', ['task', 'create', 'x', '--lable', 'a']],
    ['no title', 2, 'USAGE', ['task', 'create']],
    ['an empty title', 2, 'INVALID_INPUT', ['task', 'create', '']],
    ['a title that was not quoted', 2, 'USAGE', ['task', 'create', 'Write', 'the', 'parser']],
    ['a huge title', 2, 'INVALID_INPUT', ['task', 'create', HUGE]],
    ['an escape in the title', 2, 'INVALID_INPUT', ['task', 'create', 'a\u001b[2Jb']],
    ['a line break in the title', 2, 'INVALID_INPUT', ['task', 'create', 'a\nb']],
    ['two descriptions', 2, 'USAGE', ['task', 'create', 'x', '-d', 'a', '-F', '-']],
    ['a file that is not there', 3, 'FILE_NOT_FOUND', ['task', 'create', 'x', '-F', 'missing.md']],
    ['a folder for a file', 2, 'INVALID_INPUT', ['task', 'create', 'x', '-F', '.']],
    ['an unknown priority', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--priority', 'urgent']],
    ['a bad glob', 2, 'INVALID_GLOB', ['task', 'create', 'x', '--lock', 'src/[a']],
    ['a glob that leaves the repository', 2, 'INVALID_GLOB', ['task', 'create', 'x', '--lock', '../etc/**']],
    ['an absolute glob', 2, 'INVALID_GLOB', ['task', 'create', 'x', '--lock-shared', '/etc/**']],
    ['a dependency that is not there', 3, 'TASK_NOT_FOUND', ['task', 'create', 'x', '--depends-on', 't-zzzzzz']],
    ['a dependency that is no id', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--depends-on', 'not an id']],
    ['a parent that is not there', 3, 'TASK_NOT_FOUND', ['task', 'create', 'x', '--parent', 't-zzzzzz']],
    ['a label with a space', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--label', 'two words']],
    ['an agent that can be none', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--agent', 'No Such Agent']],
    ['a timeout without a unit', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--timeout', '30']],
    ['a negative timeout', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--timeout', '-5m']],
    ['attempts that are no number', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--max-attempts', 'NaN']],
    ['negative attempts', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--max-attempts', '-1']],
    ['endless attempts', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--max-attempts', '1e9']],
    ['a budget that is no money', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--budget', 'Infinity']],
    ['an empty check', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--verify', '  ']],
    ['an unknown isolation', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--isolation', 'container']],
    ['an empty idempotency key', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--idempotency-key', '']],
    ['an unknown status', 2, 'INVALID_INPUT', ['task', 'list', '--status', 'open']],
    ['a limit of none', 2, 'INVALID_INPUT', ['task', 'list', '--limit', '0']],
    ['a limit beyond all bounds', 2, 'INVALID_INPUT', ['task', 'list', '--limit', '99999999999999999999']],
    ['a cursor that is none', 2, 'INVALID_INPUT', ['task', 'list', '--after', 'yesterday']],
    ['an unknown task', 3, 'TASK_NOT_FOUND', ['task', 'show', 't-zzzzzz']],
    ['an id that is none', 2, 'INVALID_INPUT', ['task', 'show', '../../etc/passwd']],
    ['an id with an escape', 2, 'INVALID_INPUT', ['task', 'show', '\u001b[31m']],
    ['an edit without a change', 2, 'USAGE', ['task', 'edit', 'FIRST']],
    ['an edit of nothing', 3, 'TASK_NOT_FOUND', ['task', 'edit', 't-zzzzzz', '--title', 'x']],
    ['nobody to claim', 2, 'USAGE', ['task', 'claim', 'FIRST']],
    ['a lease without end', 2, 'INVALID_INPUT', ['task', 'claim', 'FIRST', '--as', 'w', '--ttl', '300d']],
    ['a name of several lines', 2, 'INVALID_INPUT', ['task', 'claim', 'FIRST', '--as', 'a\nb']],
    ['a claim of nothing', 3, 'TASK_NOT_FOUND', ['task', 'claim', 't-zzzzzz', '--as', 'w']],
    ['no token', 2, 'USAGE', ['task', 'heartbeat', 'FIRST']],
    ['a token that is none', 2, 'INVALID_INPUT', ['task', 'complete', 'FIRST', '--token', 'abc']],
    ['a negative token', 2, 'INVALID_INPUT', ['task', 'complete', 'FIRST', '--token', '-1']],
    ['a token of nobody', 5, 'LEASE_STALE', ['task', 'complete', 'FIRST', '--token', '1']],
    ['no task to work on', 2, 'USAGE', ['task', 'start', '--token', '1']],
    ['progress without news', 2, 'USAGE', ['task', 'progress', 'FIRST', '--token', '1']],
    ['more than everything', 2, 'INVALID_INPUT', ['task', 'progress', 'FIRST', '--token', '1', '--percent', '101']],
    ['a failure without a reason', 2, 'USAGE', ['task', 'fail', 'FIRST', '--token', '1']],
    ['a failure of no class', 2, 'INVALID_INPUT', ['task', 'fail', 'FIRST', '--token', '1', '--reason', 'x', '--class', 'weather']],
    ['a result that can not be stored', 2, 'INVALID_INPUT', ['task', 'complete', 'FIRST', '--token', '1', '--result', '["\\ud800"]']],
    ['a block without a reason', 2, 'USAGE', ['task', 'block', 'FIRST']],
    ['what is not paused', 5, 'ILLEGAL_TRANSITION', ['task', 'resume', 'FIRST']],
    ['what is not blocked', 5, 'ILLEGAL_TRANSITION', ['task', 'unblock', 'FIRST']],
    ['what has not failed', 5, 'ILLEGAL_TRANSITION', ['task', 'retry', 'FIRST']],
    ['a wait that is none', 2, 'INVALID_INPUT', ['task', 'cancel', 'FIRST', '--wait', 'a while']],
    ['an unknown format', 2, 'USAGE', ['task', 'graph', '--format', 'png']],
    ['a graph around nothing', 3, 'TASK_NOT_FOUND', ['task', 'graph', 't-zzzzzz']],
    ['a timeline of nothing', 3, 'TASK_NOT_FOUND', ['task', 'timeline', 't-zzzzzz']],
    ['why of nothing', 3, 'TASK_NOT_FOUND', ['task', 'why', 't-zzzzzz']],
    ['a log of what was not run', 3, 'RUN_NOT_FOUND', ['task', 'logs', 'FIRST']],
    ['a diff of what was not run', 3, 'RUN_NOT_FOUND', ['task', 'diff', 'FIRST']],
    ['a run that is none', 2, 'INVALID_INPUT', ['task', 'logs', 'FIRST', '--run', 'no run']],
    ['a sequence number that is none', 2, 'INVALID_INPUT', ['task', 'logs', 'FIRST', '--since', '-1']],
    ['a merge of what is not done', 5, 'NOTHING_TO_MERGE', ['task', 'merge', 'FIRST']],
    ['nobody to execute', 3, 'AGENT_NOT_FOUND', ['task', 'execute', 'FIRST']],
    ['an unknown agent to execute', 3, 'AGENT_NOT_FOUND', ['task', 'execute', 'FIRST', '--agent', 'nobody']],
    ['a detached dry run', 2, 'USAGE', ['task', 'execute', 'FIRST', '--dry-run', '--detach']],
    ['a watch of nothing', 3, 'TASK_NOT_FOUND', ['task', 'watch', 't-zzzzzz']],
  ])('%s: exit code %i, %s', async (_name, code, error, args) => {
    const first = await firstTask();
    await refusal(plane, args.map((word) => (word === 'FIRST' ? first : word)), { code, error });
  });

  it('is a document with the hint and the candidates', async () => {
    const error = await refusal(plane, ['task', 'creat', 'x'], { code: 2, error: 'USAGE' });
    expect(error).toMatchObject({ hint: 'ai task create', details: { suggestions: ['create'] } });
  });

  it('is an ambiguous prefix, with the candidates; one character more is enough', async () => {
    // More tasks than letters: two of them begin alike.
    const { data } = await answer(plane, ['task', 'import', '-'], { input: JSON.stringify(Array.from({ length: 33 }, (_, index) => ({ title: `Crowd ${index}` }))) });
    const ids: string[] = data.map((task: Json) => task.id);
    const prefix = ids.map((id) => id.slice(0, 3)).find((start, index, all) => all.indexOf(start) !== index) ?? '';
    const error = await refusal(plane, ['task', 'show', prefix], { code: 2, error: 'AMBIGUOUS_ID' });
    expect(error.details.candidates.length).toBeGreaterThan(1);
    for (const candidate of error.details.candidates) expect(candidate.startsWith(prefix)).toBe(true);
    expect((await show(ids[0]!.slice(2).toUpperCase())).id).toBe(ids[0]);
  });

  it('changed nothing', async () => {
    expect(await show(await firstTask())).toMatchObject({ status: 'queued', revision: 1, attempt: 0 });
  });

  let first: string | undefined;
  async function firstTask(): Promise<string> {
    return (first ??= await create('Never touched'));
  }
});

describe('events', () => {
  it('are one readable line each, one document, or JSON lines, from any point on', async () => {
    const lines = (await plane.ai(['events', '--jsonl', '--since', '3'])).stdout.trimEnd().split('\n');
    for (const line of lines.slice(0, 5)) await validateOutput(`${line}\n`);
    const seqs = lines.map((line) => (JSON.parse(line)).seq);
    expect(seqs).toEqual(seqs.map((_seq, index) => index + 4));
    expect((await plane.ai(['events', '--since', '3'])).stdout.trimEnd().split('\n')).toHaveLength(lines.length);
    const document = await answer(plane, ['events', '--since', '3', '--type', 'task.completed'], { kind: 'events.list' });
    expect(new Set(document.data.map((event: Json) => event.type))).toEqual(new Set(['task.completed']));
    await refusal(plane, ['events', '--since', 'x'], { code: 2, error: 'INVALID_INPUT' });
    await refusal(plane, ['events', '--type', 'Nonsense'], { code: 2, error: 'INVALID_INPUT' });
    expect((await answer(plane, ['events', '-f'], { code: 2, kind: 'error' })).error.hint).toBe('ai events -f --jsonl');
  });

  it('are followed without loss or repeats, also after a break, and end with Ctrl-C', async () => {
    const head = (await answer(plane, ['audit', 'verify'])).data.headSeq as number;
    const follow = async (since: number, until: number): Promise<number[]> => {
      const child = plane.start(['events', '-f', '--jsonl', '--since', String(since)]);
      const seqs: number[] = [];
      let rest = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        const pieces = (rest + chunk.toString('utf8')).split('\n');
        rest = pieces.pop() ?? '';
        seqs.push(...pieces.map((line) => (JSON.parse(line)).seq as number));
        if (seqs.includes(until)) child.kill('SIGINT');
      });
      const output = await outputOf(child);
      expect(output.code).toBe(130);
      expect(output.stderr).toBe('');
      return seqs;
    };
    const [first] = await Promise.all([follow(head, head + 3), (async () => { for (let index = 0; index < 3; index += 1) await create(`Followed ${index}`); })()]);
    const last = first.at(-1) ?? 0;
    const [second] = await Promise.all([follow(last, last + 2), (async () => { for (let index = 0; index < 2; index += 1) await create(`Followed again ${index}`); })()]);
    expect([...first, ...second]).toEqual(Array.from({ length: first.length + second.length }, (_, index) => head + 1 + index));
  });

  it('of a task are watched until it is finished', async () => {
    const id = await create('Watched');
    const head = (await answer(plane, ['audit', 'verify'])).data.headSeq as number;
    const watching = plane.ai(['task', 'watch', id, '--since', String(head)]);
    await answer(plane, ['task', 'complete', id, '--token', await claim(id, 'w')]);
    const output = await watching;
    expect(output.code).toBe(0);
    expect(output.stdout.trimEnd().split('\n').map((line) => /task\.\w+/.exec(line)?.[0] ?? line)).toEqual(['task.claimed', 'task.completed', `✓ done  ${id}  Watched`]);
    expect((await answer(plane, ['task', 'watch', id], { kind: 'task.watch' })).data).toMatchObject([{ id, status: 'done' }]);
    expect((await answer(plane, ['task', 'watch'], { code: 2 })).error.hint).toBe('ai task watch --jsonl');
  });
});

describe('--quiet', () => {
  it('leaves the answer and takes the rest', async () => {
    const key = ['--idempotency-key', 'quiet'];
    await plane.ai(['task', 'create', 'One', ...key]);
    expect((await plane.ai(['task', 'create', 'Two', ...key])).stderr).toContain('warning: ');
    const quiet = await plane.ai(['task', 'create', 'Two', ...key, '-q']);
    expect(quiet.stderr).toBe('');
    expect(quiet.stdout).toContain('exists already');
  });
});

it('leaves nothing in the folder of the repository but what was asked for', () => {
  expect(plane.git('status', '--porcelain', '--untracked-files=all').split('\n').map((line) => line.slice(3)).sort()).toEqual(['.ai/.gitignore', '.ai/config.yaml', 'plan.yaml']);
  expect(readFileSync(path.join(plane.root, '.ai/.gitignore'), 'utf8')).toContain('/state.db');
});

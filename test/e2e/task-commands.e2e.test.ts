import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, refusal } from '../support/cli-expectations.js';
import { createControlPlane, type ControlPlane, type Json } from '../support/control-plane.js';
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
  expect(plane.git('status', '--porcelain', '--untracked-files=all').split('\n').map((line) => line.slice(3)).sort()).toEqual(['.ai/.gitignore', '.ai/config.yaml']);
  expect(readFileSync(path.join(plane.root, '.ai/.gitignore'), 'utf8')).toContain('/state.db');
});

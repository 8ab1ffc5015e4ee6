import type { ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
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

/** --json has to stand before `--`: what follows belongs to the agent. */
async function register(id: string, script: string, ...options: readonly string[]): Promise<Json> {
  const output = await plane.ai(['agent', 'register', id, '--connector', 'command', '--json', ...options, '--', '/bin/sh', '-c', script]);
  expect(output.code, output.stderr).toBe(0);
  return validateOutput(output.stdout);
}

function killWhen(child: ChildProcess, stream: 'stdout' | 'stderr', on: { readonly says: string; readonly signal: NodeJS.Signals }): void {
  let text = '';
  child[stream]?.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    if (text.includes(on.says)) child.kill(on.signal);
  });
}

async function create(title: string, ...options: readonly string[]): Promise<string> {
  return (await answer(plane, ['task', 'create', title, ...options])).data.id;
}

describe('a registration', () => {
  it('is made, shown, changed and removed', async () => {
    const made = await register('coder', 'true', '--label', 'backend', '--capability', 'ts,sql', '--concurrency', '2', '--env', 'SOME_KEY', '--role', 'writer');
    expect(made).toMatchObject({ kind: 'agent.register', data: { id: 'coder', connector: 'command', argv: ['/bin/sh', '-c', 'true'], labels: ['backend'], capabilities: ['ts', 'sql'], concurrency: 2, env: ['SOME_KEY'], role: 'writer', enabled: true } });
    expect((await answer(plane, ['agent', 'list'], { kind: 'agent.list' })).data).toMatchObject([{ id: 'coder', liveRuns: 0 }]);
    expect((await answer(plane, ['agent', 'show', 'coder'], { kind: 'agent.show' })).data).toMatchObject({ id: 'coder', detection: { installed: true }, runs: [] });
    expect((await answer(plane, ['agent', 'label', 'coder', '+fast', 'docs', '--remove', 'backend'], { kind: 'agent.label' })).data.labels).toEqual(['fast', 'docs']);
    expect((await answer(plane, ['agent', 'update', 'coder', '--concurrency', '5', '--role', '', '--capability', ''], { kind: 'agent.update' })).data).toMatchObject({ concurrency: 5, role: null, capabilities: [], labels: ['fast', 'docs'] });
    expect((await answer(plane, ['agent', 'disable', 'coder'], { kind: 'agent.disable' })).data.enabled).toBe(false);
    expect((await answer(plane, ['agent', 'enable', 'coder'], { kind: 'agent.enable' })).data.enabled).toBe(true);
    expect((await answer(plane, ['agent', 'remove', 'coder'], { kind: 'agent.remove' })).data).toEqual({ id: 'coder' });
    await refusal(plane, ['agent', 'show', 'coder'], { code: 3, error: 'AGENT_NOT_FOUND' });
  });

  it('has short forms: ai register, ai list, ai label', async () => {
    expect((await plane.ai(['register', 'short', '--connector', 'command', '--', 'true'])).stdout).toContain('Registered short: command, true');
    expect((await answer(plane, ['list'])).data.map((agent: Json) => agent.id)).toContain('short');
    expect((await answer(plane, ['label', 'short', 'x'])).data.labels).toEqual(['x']);
    await answer(plane, ['agent', 'remove', 'short']);
  });

  it('keeps options after -- for the agent', async () => {
    await plane.ai(['agent', 'register', 'flags', '--connector', 'command', '--', './agent', '--json', '-q', '--model', 'x']);
    expect((await answer(plane, ['agent', 'show', 'flags'])).data.argv).toEqual(['./agent', '--json', '-q', '--model', 'x']);
    await answer(plane, ['agent', 'remove', 'flags']);
  });

  it.each<[string, number, string, string[]]>([
    ['no connector', 2, 'USAGE', ['agent', 'register', 'x']],
    ['an unknown connector', 2, 'INVALID_INPUT', ['agent', 'register', 'x', '--connector', 'telepathy']],
    ['no program', 2, 'INVALID_INPUT', ['agent', 'register', 'x', '--connector', 'command']],
    ['a name that can be none', 2, 'INVALID_INPUT', ['agent', 'register', 'No Name', '--connector', 'command', 'true']],
    ['a name with an escape', 2, 'INVALID_INPUT', ['agent', 'register', '\u001b[31m', '--connector', 'command', 'true']],
    ['a secret where a name belongs', 2, 'INVALID_INPUT', ['agent', 'register', 'x', '--connector', 'command', '--env', 'KEY=hunter2', 'true']],
    ['no room for work', 2, 'INVALID_INPUT', ['agent', 'register', 'x', '--connector', 'command', '--concurrency', '0', 'true']],
    ['a share of an agent', 2, 'INVALID_INPUT', ['agent', 'register', 'x', '--connector', 'command', '--concurrency', '1.5', 'true']],
    ['a label of two words', 2, 'INVALID_INPUT', ['agent', 'register', 'x', '--connector', 'command', '--label', 'two words', 'true']],
    ['nobody to show', 3, 'AGENT_NOT_FOUND', ['agent', 'show', 'nobody']],
    ['nobody to label', 3, 'AGENT_NOT_FOUND', ['agent', 'label', 'nobody', 'x']],
    ['no label', 2, 'USAGE', ['agent', 'label', 'nobody']],
    ['nothing to update', 2, 'USAGE', ['agent', 'update', 'nobody']],
    ['nobody to update', 3, 'AGENT_NOT_FOUND', ['agent', 'update', 'nobody', '--role', 'x']],
    ['nobody to enable', 3, 'AGENT_NOT_FOUND', ['agent', 'enable', 'nobody']],
    ['nobody to disable', 3, 'AGENT_NOT_FOUND', ['agent', 'disable', 'nobody']],
    ['nobody to remove', 3, 'AGENT_NOT_FOUND', ['agent', 'remove', 'nobody']],
    ['nobody to test', 3, 'AGENT_NOT_FOUND', ['agent', 'test', 'nobody']],
    ['a mistyped verb', 2, 'USAGE', ['agent', 'regster', 'x']],
  ])('is refused with %s: exit code %i, %s', async (_name, code, error, args) => {
    expect(JSON.stringify(await refusal(plane, args, { code, error }))).not.toContain('hunter2');
  });

  it('is made once', async () => {
    await register('once', 'true');
    await refusal(plane, ['agent', 'register', 'once', '--connector', 'command', 'true'], { code: 5, error: 'ALREADY_EXISTS' });
    await answer(plane, ['agent', 'remove', 'once']);
  });
});

describe('agents on this machine', () => {
  it('are looked for', async () => {
    const found = await answer(plane, ['agent', 'detect'], { kind: 'agent.detect' });
    expect(found.data.map((row: Json) => row.connector)).toContain('command');
    expect((await plane.ai(['agent', 'detect'])).stdout).toMatch(/^CONNECTOR/);
  });

  it('are tried for real', async () => {
    await register('works', 'cat > /dev/null; echo ready');
    expect((await answer(plane, ['agent', 'test', 'works', '-q'], { kind: 'agent.test' })).data).toMatchObject({ ok: true, steps: expect.arrayContaining([expect.objectContaining({ name: 'leaves no process', ok: true })]) as unknown });
    await register('broken', 'echo no >&2; exit 3');
    const broken = await answer(plane, ['agent', 'test', 'broken', '-q'], { kind: 'agent.test', code: 1 });
    expect(broken.data.ok).toBe(false);
    for (const id of ['works', 'broken']) await answer(plane, ['agent', 'remove', id]);
  });
});

describe('an executed task', () => {
  beforeAll(async () => {
    await register('writer', 'cat > /dev/null; mkdir -p src; printf "made by %s\\n" "$AI_AGENT_ID" > src/made.txt; echo "wrote it"');
    await register('failing', 'cat > /dev/null; echo "could not" >&2; exit 3');
    await register('slow', 'cat > /dev/null; echo begun; exec sleep 600');
  });

  it('is planned first: nothing is started', async () => {
    const id = await create('Planned', '--lock', 'src/**', '--verify', 'test -f src/made.txt');
    const plan = await answer(plane, ['task', 'execute', id, '--agent', 'writer', '--dry-run'], { kind: 'task.plan' });
    expect(plan.data).toMatchObject({ agent: 'writer', connector: 'command', isolation: 'worktree', targetBranch: 'main', locks: [{ pattern: 'src/**', mode: 'exclusive' }], verify: ['test -f src/made.txt'], obstacles: [] });
    expect((await plane.ai(['task', 'execute', id, '--agent', 'writer', '--dry-run'])).stdout).toContain('nothing was started');
    expect((await answer(plane, ['task', 'show', id])).data).toMatchObject({ status: 'queued', attempt: 0 });
  });

  it('goes from claim to landing, with everything shown on the way', async () => {
    const id = await create('Write the file', '--lock', 'src/**', '--verify', 'test -f src/made.txt');
    const output = await plane.ai(['task', 'execute', id, '--agent', 'writer', '--verbose']);
    expect(output.code, output.stderr).toBe(0);
    expect(output.stderr).toContain('wrote it');
    expect(output.stdout).toMatch(new RegExp(`^✓ succeeded {2}${id} Write the file`));
    expect(output.stdout).toContain('Changed   1 file: src/made.txt (added)');
    expect(output.stdout).toContain('✓ test -f src/made.txt');
    expect(output.stdout).toMatch(/Steps\n\s+prepare /);

    const evidence = await answer(plane, ['task', 'evidence', id], { kind: 'task.evidence' });
    expect(evidence.data).toMatchObject({ complete: true, task: { status: 'review' }, runs: [{ task: id, agent: 'writer', outcome: 'succeeded', checks: [{ exitCode: 0 }] }] });
    expect((await answer(plane, ['task', 'logs', id], { kind: 'task.logs' })).data.length).toBeGreaterThan(0);
    expect((await plane.ai(['task', 'logs', id])).stdout).toContain('wrote it');
    const streamed = (await plane.ai(['task', 'logs', id, '--jsonl'])).stdout.trimEnd().split('\n');
    for (const line of streamed) await validateOutput(`${line}\n`);

    const patch = await plane.ai(['task', 'diff', id]);
    expect(patch.stdout).toContain('+made by writer');
    writeFileSync(path.join(plane.outside, 'change.patch'), patch.stdout);
    plane.git('apply', '--check', path.join(plane.outside, 'change.patch'));
    expect((await answer(plane, ['task', 'diff', id], { kind: 'task.diff' })).data).toMatchObject({ changedFiles: [{ path: 'src/made.txt', status: 'added' }], patch: patch.stdout });

    expect((await answer(plane, ['task', 'merge', id, '--dry-run', '-q'], { kind: 'task.merge' })).data).toMatchObject({ planned: true, commit: null, target: 'main' });
    expect(existsSync(path.join(plane.root, 'src/made.txt'))).toBe(false);
    const merged = await answer(plane, ['task', 'merge', id, '-q'], { kind: 'task.merge' });
    expect(merged.data).toMatchObject({ planned: false, task: { status: 'done' }, changedPaths: ['src/made.txt'] });
    expect(plane.git('rev-parse', 'main')).toBe(merged.data.commit);
    expect(plane.read('src/made.txt')).toBe('made by writer\n');
    await refusal(plane, ['task', 'merge', id, '-q'], { code: 5, error: 'NOTHING_TO_MERGE' });
  });

  it('in another encoding than ours gives a patch that applies, byte for byte', async () => {
    await register('latin', "cat > /dev/null; printf 'caf\\351\\n' > latin.txt");
    const id = await create('Old encoding');
    await answer(plane, ['task', 'execute', id, '--agent', 'latin', '-q']);
    const child = plane.start(['task', 'diff', id]);
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    await outputOf(child);
    const patch = Buffer.concat(chunks);
    expect(patch.includes(Buffer.from('+caf\u00e9\n', 'latin1'))).toBe(true);
    writeFileSync(path.join(plane.outside, 'latin.patch'), patch);
    plane.git('apply', '--check', path.join(plane.outside, 'latin.patch'));
    expect((await answer(plane, ['task', 'diff', id])).data).toMatchObject({ patch: null, patchBase64: patch.toString('base64') });
    await answer(plane, ['agent', 'remove', 'latin']);
  });

  it('that failed is an answer with exit code 10, not an error', async () => {
    const id = await create('Hopeless');
    const failed = await answer(plane, ['task', 'execute', id, '--agent', 'failing', '-q'], { kind: 'task.execute', code: 10 });
    expect(failed.data).toMatchObject({ task: { id, status: 'queued', ready: false }, run: { outcome: 'failed', exitCode: 3, attempt: 1 } });
    await answer(plane, ['task', 'retry', id]);
    const text = await plane.ai(['task', 'execute', id, '--agent', 'failing', '-q']);
    expect({ code: text.code, stderr: text.stderr }).toEqual({ code: 10, stderr: '' });
    expect(text.stdout).toMatch(/^✗ failed/);
    expect(text.stdout).toContain(`next: ai task logs ${id}`);
  });

  it('that is interrupted stops its agent, is free again, and exits with the code of the signal', async () => {
    const id = await create('Interrupted');
    const child = plane.start(['task', 'execute', id, '--agent', 'slow', '--json']);
    killWhen(child, 'stderr', { says: 'begun', signal: 'SIGTERM' });
    const output = await outputOf(child);
    expect(output.code, output.stderr).toBe(143);
    expect(await validateOutput(output.stdout)).toMatchObject({ kind: 'task.execute', data: { run: { outcome: 'cancelled' }, task: { status: 'queued', lease: null } } });
  });

  it('goes on in the background, is followed and cancelled', async () => {
    const id = await create('In the background');
    const started = await answer(plane, ['task', 'execute', id, '--agent', 'slow', '--detach'], { kind: 'task.detached' });
    expect(started.data).toMatchObject({ task: id, agent: 'slow' });
    const watching = plane.start(['events', '-f', '--jsonl', '--task', id]);
    killWhen(watching, 'stdout', { says: 'task.started', signal: 'SIGINT' });
    await outputOf(watching);
    const following = plane.start(['task', 'logs', id, '-f']);
    const followed = outputOf(following);
    const cancelled = new Promise<Json>((resolve, reject) => {
      following.stdout?.once('data', () => {
        answer(plane, ['task', 'cancel', id, '--reason', 'enough']).then(resolve, reject);
      });
    });
    expect((await cancelled).data).toMatchObject({ status: 'cancelled', lease: null });
    expect((await followed).stdout).toContain('begun');
    await refusal(plane, ['task', 'execute', id, '--agent', 'slow', '--detach'], { code: 5, error: 'NOT_CLAIMABLE' });
  });

  it('is remembered in the log, whose chain holds', async () => {
    expect((await answer(plane, ['audit', 'verify'])).data.ok).toBe(true);
    expect((await answer(plane, ['agent', 'list'])).data.map((agent: Json) => agent.liveRuns)).toEqual([0, 0, 0]);
  });
});

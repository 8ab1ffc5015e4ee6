import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createControlPlane, outputOf, processesWith, type ControlPlane, type Json } from '../support/control-plane.js';

const planes: ControlPlane[] = [];
afterEach(() => {
  for (const plane of planes.splice(0)) plane.dispose();
});

/** A plane with quick limits, one shell agent and one task; the agent sees MARK, which finds its processes. */
async function withAgent(script: string, create: readonly string[] = [], settings = ''): Promise<{ plane: ControlPlane; task: string; env: Record<string, string> }> {
  const plane = await createControlPlane();
  planes.push(plane);
  writeFileSync(path.join(plane.root, '.ai/config.yaml'), `execution:\n  sigint: 200ms\n  sigterm: 300ms\n${settings}`);
  const env = { MARK: plane.outside };
  await plane.json(['agent', 'register', 'hostile', '--connector', 'command', '--env', 'MARK', '--', '/bin/sh', '-c', script]);
  const created: Json = await plane.json(['task', 'create', 'Be good', ...create]);
  return { plane, task: created.data.id, env };
}

async function expectNothingLeft(plane: ControlPlane): Promise<void> {
  expect(processesWith(`MARK=${plane.outside}`)).toEqual([]);
  expect(plane.git('worktree', 'list').split('\n')).toHaveLength(1);
  const verdict: Json = await plane.json(['audit', 'verify']);
  expect(verdict.data.ok).toBe(true);
}

describe('an agent that', () => {
  it('ignores SIGINT and SIGTERM and runs for ever is ended at its time limit, with all it started', async () => {
    const { plane, task, env } = await withAgent("trap '' INT TERM; setsid sh -c \"trap '' INT TERM; sleep 600\" & while :; do sleep 1; done", ['--timeout', '500ms']);
    const done: Json = await plane.json(['task', 'execute', task], { env, code: 10 });
    expect(done.data.run).toMatchObject({ outcome: 'timed_out', errorClass: 'timeout' });
    expect(done.data.task).toMatchObject({ status: 'queued', lease: null });
    await expectNothingLeft(plane);
  });

  it('says nothing is stalled, not merely slow', async () => {
    const { plane, task, env } = await withAgent('sleep 600', [], '  stallTimeout: 500ms\n');
    const done: Json = await plane.json(['task', 'execute', task], { env, code: 10 });
    expect(done.data.run).toMatchObject({ outcome: 'stalled', errorClass: 'stall' });
    await expectNothingLeft(plane);
  });

  it('leaves a daemon behind on a clean exit has succeeded, and the daemon is gone', async () => {
    const { plane, task, env } = await withAgent('setsid sleep 600 >/dev/null 2>&1 & nohup sleep 600 >/dev/null 2>&1 & echo ok > made.txt');
    const done: Json = await plane.json(['task', 'execute', task], { env });
    expect(done.data.run.outcome).toBe('succeeded');
    await expectNothingLeft(plane);
  });

  it('writes outside of its paths has an outcome of its own, and its work is kept on its branch', async () => {
    const { plane, task, env } = await withAgent('mkdir -p src && echo in > src/a.txt && echo out > stray.txt', ['--lock', 'src/**']);
    const done: Json = await plane.json(['task', 'execute', task], { env, code: 10 });
    expect(done.data.run).toMatchObject({ outcome: 'write_outside_scope', outsideScope: ['stray.txt'] });
    expect(plane.git('show', `${done.data.run.branch}:stray.txt`)).toBe('out');
    expect(plane.git('status', '--porcelain')).not.toContain('stray');
    await expectNothingLeft(plane);
  });

  it('deletes its worktree has failed, and the machinery has not', async () => {
    const { plane, task, env } = await withAgent('rm -rf "$PWD"; cd /; exit 0');
    const done: Json = await plane.json(['task', 'execute', task], { env, code: 10 });
    expect(done.data.run).toMatchObject({ outcome: 'failed', errorClass: 'invalid_output' });
    await expectNothingLeft(plane);
  });

  it('prints invalid UTF-8, broken JSON and terminal escapes is taken as it is', async () => {
    const { plane, task, env } = await withAgent("printf '\\377\\376 \\033[2J {\"ai\":\"progress\",\"percent\":' ; printf '\\n{\"ai\":\"progress\",\"percent\":40,\"note\":\"half\"}\\n'; echo ok > made.txt");
    const done: Json = await plane.json(['task', 'execute', task], { env });
    expect(done.data.run.outcome).toBe('succeeded');
    const logs = await plane.ai(['task', 'logs', task]);
    expect(logs.code).toBe(0);
    expect(logs.stdout).not.toContain('\u001b');
    const timeline: Json = await plane.json(['task', 'timeline', task]);
    expect(JSON.stringify(timeline.data)).toContain('half');
    await expectNothingLeft(plane);
  });

  it('floods stdout with 1 GB is read in bounded memory, and the file on disk is bounded too', { timeout: 240_000 }, async () => {
    const { plane, task, env } = await withAgent('head -c 1000000000 /dev/zero | tr "\\\\0" "x"; echo; echo ok > made.txt', [], '  maxOutput: 8MiB\n');
    const child = plane.start(['task', 'execute', task, '--json'], { env });
    let peakKib = 0;
    const watch = setInterval(() => (peakKib = Math.max(peakKib, residentKib(child.pid!))), 50);
    const output = await outputOf(child);
    clearInterval(watch);
    expect(output.code).toBe(0);
    expect(peakKib / 1024).toBeLessThan(300);
    const run: Json = JSON.parse(output.stdout).data.run;
    const folder = path.join(plane.root, '.ai/runs', run.id);
    expect(statSync(path.join(folder, 'stdout.log')).size).toBeLessThanOrEqual(8 * 1024 * 1024);
    await expectNothingLeft(plane);
  });

  it('tampers with the git configuration can neither hide a change nor run code in our process', async () => {
    // The traps are set last: the agent's own git commands must not spring them.
    const script = 'echo secret > hidden.txt && git add hidden.txt && git update-index --assume-unchanged hidden.txt && echo "* filter=x" > .gitattributes && cd "$(git rev-parse --git-common-dir)" && mkdir -p hooks && printf "#!/bin/sh\\ntouch $MARK/pwned\\n" > hooks/post-commit && chmod +x hooks/post-commit && cp hooks/post-commit hooks/reference-transaction && cp hooks/post-commit hooks/post-checkout && git config filter.x.clean "touch $MARK/pwned; cat" && git config core.fsmonitor "touch $MARK/pwned"';
    const { plane, task, env } = await withAgent(script, ['--lock', '.gitattributes']);
    const done: Json = await plane.json(['task', 'execute', task], { env, code: 10 });
    expect(done.data.run).toMatchObject({ outcome: 'write_outside_scope', outsideScope: ['hidden.txt'] });
    expect(() => statSync(path.join(plane.outside, 'pwned'))).toThrow();
  });

  it('is cancelled from another terminal is stopped, and its work is kept', async () => {
    const { plane, task, env } = await withAgent('echo part > part.txt; echo started; while :; do sleep 0.1; done');
    const child = plane.start(['task', 'execute', task, '--json'], { env });
    const finished = outputOf(child);
    await untilRunning(plane, task);
    const cancelled: Json = await plane.json(['task', 'cancel', task, '--reason', 'changed my mind']);
    expect(cancelled.data.status).toBe('cancelled');
    const output = await finished;
    const run: Json = JSON.parse(output.stdout).data.run;
    expect(run.outcome).toBe('cancelled');
    expect(plane.git('show', `${run.branch}:part.txt`)).toBe('part');
    await expectNothingLeft(plane);
  });

  it('sees the variables that its registration names, and no secret of ours', async () => {
    const plane = await createControlPlane();
    planes.push(plane);
    await plane.json(['agent', 'register', 'curious', '--connector', 'command', '--env', 'NAMED_TOKEN', '--', '/bin/sh', '-c', 'env > seen.txt']);
    const created: Json = await plane.json(['task', 'create', 'Look around']);
    const done: Json = await plane.json(['task', 'execute', created.data.id], { env: { NAMED_TOKEN: 'given', OTHER_SECRET: 'kept-back-4711' } });
    const seen = plane.git('show', `${done.data.run.branch}:seen.txt`);
    expect(seen).toContain('NAMED_TOKEN=given');
    expect(seen).toContain(`AI_TASK_ID=${created.data.id}`);
    expect(seen).toMatch(/AI_LEASE_TOKEN=\d+/);
    expect(seen).not.toContain('kept-back-4711');
  });
});

function residentKib(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // It has just ended.
  }
}

async function untilRunning(plane: ControlPlane, task: string): Promise<void> {
  for (;;) {
    const logs = await plane.ai(['task', 'logs', task]);
    if (logs.stdout.includes('started')) return;
  }
}

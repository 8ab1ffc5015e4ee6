import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createControlPlane, outputOf, processesWith, type ControlPlane, type Json } from '../support/control-plane.js';
import { startModelServer, type ModelServer } from '../support/model-server/server.js';
import { refuse, runShell, say, writeFile, type ModelScript, type ModelTurn } from '../support/model-server/turns.js';

const binary = process.env['AI_E2E_CLAUDE'] ?? '';
/** The first token of a fresh database: it names the worktree, which a scripted model must know beforehand. */
const FIRST_TOKEN = 2 ** 32 + 1;

let plane: ControlPlane | null = null;
let model: ModelServer | null = null;
afterEach(async () => {
  await model?.close();
  plane?.dispose();
  [plane, model] = [null, null];
});

const FILES = {
  'sum.mjs': 'export const sum = (a, b) => a - b;\n',
  'sum.test.mjs': "import assert from 'node:assert/strict';\nimport { sum } from './sum.mjs';\nassert.equal(sum(2, 3), 5);\n",
};

interface Scene {
  readonly plane: ControlPlane;
  readonly task: string;
  readonly env: Record<string, string>;
}

async function set(turns: (workspace: string) => readonly ModelTurn[], extra: Partial<ModelScript> = {}): Promise<Scene> {
  plane = await createControlPlane({ files: FILES });
  await plane.json(['agent', 'register', 'claude', '--connector', 'claude-code', '--model', 'sonnet', '--env', 'MARK', '--env', 'HTTPS_PROXY', '--env', 'NO_PROXY', '--', binary]);
  const created: Json = await plane.json(['task', 'create', 'Make the sum add', '--lock', 'sum.mjs', '--verify', 'node sum.test.mjs']);
  const task: string = created.data.id;
  model = await startModelServer({ turns: turns(path.join(plane.root, '.ai/worktrees', `${task}-${FIRST_TOKEN}`)), ...extra });
  const env = { ANTHROPIC_API_KEY: 'fake-key-of-a-test', ANTHROPIC_BASE_URL: model.url, HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1', MARK: plane.outside };
  return { plane, task, env };
}

async function expectNothingLeft(scene: Scene): Promise<void> {
  expect(processesWith(`MARK=${scene.plane.outside}`)).toEqual([]);
  expect(scene.plane.git('worktree', 'list').split('\n')).toHaveLength(1);
  expect((await scene.plane.json(['audit', 'verify'])).data.ok).toBe(true);
}

describe.skipIf(binary === '')('a real Claude Code under the executor (set AI_E2E_CLAUDE to the path of its binary)', () => {
  it('edits a file in its worktree, runs the test, finishes, and its work lands', { timeout: 180_000 }, async () => {
    const scene = await set((workspace) => [writeFile(path.join(workspace, 'sum.mjs'), 'export const sum = (a, b) => a + b;\n'), runShell('node sum.test.mjs'), say('It adds.')]);
    const done: Json = await scene.plane.json(['task', 'execute', scene.task], { env: scene.env });
    expect(done.data.run).toMatchObject({ outcome: 'succeeded', changedFiles: [{ path: 'sum.mjs', status: 'modified' }], checks: [{ command: 'node sum.test.mjs', exitCode: 0 }] });
    expect(Number(done.data.run.usage.costUsd)).toBeGreaterThan(0);
    expect(done.data.task).toMatchObject({ status: 'review', result: 'It adds.' });
    await scene.plane.json(['task', 'merge', scene.task]);
    expect(scene.plane.read('sum.mjs')).toContain('a + b');
    expect(JSON.stringify(model?.requests[0])).not.toContain('AI_LEASE_TOKEN');
    await expectNothingLeft(scene);
  });

  it('a refused key burns no attempt, pauses the agent, and exits with 4', { timeout: 180_000 }, async () => {
    const scene = await set(() => [refuse(401)]);
    const done: Json = await scene.plane.json(['task', 'execute', scene.task], { env: scene.env, code: 4 });
    expect(done.data.run).toMatchObject({ outcome: 'failed', errorClass: 'auth' });
    expect(done.data.task).toMatchObject({ status: 'queued', lease: null });
    const agent: Json = await scene.plane.json(['agent', 'show', 'claude'], { env: scene.env });
    expect(JSON.stringify(agent.data)).toContain('auth');
    await expectNothingLeft(scene);
  });

  it('a rate limit leads to another attempt after a pause', { timeout: 180_000 }, async () => {
    const scene = await set(() => [refuse(429)]);
    const done: Json = await scene.plane.json(['task', 'execute', scene.task], { env: scene.env, code: 10 });
    expect(done.data.run).toMatchObject({ outcome: 'failed', errorClass: 'rate_limit' });
    expect(done.data.task.status).toBe('queued');
    expect(Date.parse(done.data.task.notBefore)).toBeGreaterThan(Date.parse(done.data.run.finishedAt));
    await expectNothingLeft(scene);
  });

  it('kill -9 of ai in the middle leaves no Claude behind, and the task can be done again', { timeout: 180_000 }, async () => {
    const scene = await set(() => [{ kind: 'hang', text: 'I think about it.' }]);
    const child = scene.plane.start(['task', 'execute', scene.task, '--json'], { env: scene.env });
    const ended = outputOf(child);
    while ((model?.requests.length ?? 0) === 0) await scene.plane.ai(['--version']);
    child.kill('SIGKILL');
    await ended;
    await scene.plane.json(['status']);
    const shown: Json = await scene.plane.json(['task', 'show', scene.task]);
    expect(shown.data).toMatchObject({ status: 'queued', lease: null });
    await expectNothingLeft(scene);
  });
});

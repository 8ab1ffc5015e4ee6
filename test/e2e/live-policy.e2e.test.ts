import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createControlPlane, processesWith, type CommandOutput, type ControlPlane, type Json } from '../support/control-plane.js';
import { startModelServer, type ModelServer } from '../support/model-server/server.js';
import { runShell, say, writeFile, type ModelTurn } from '../support/model-server/turns.js';

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

const POLICY = `policy: 1
name: live
rules:
  - id: no-secrets
    effect: deny
    on: [path.write]
    paths: ["secret/**"]
    why: Secrets are not for agents.
  - id: no-touch
    effect: deny
    on: [command.run]
    command: { starts: [touch] }
  - id: people-read-docs
    effect: ask
    on: [path.write]
    paths: ["docs/**"]
`;

/** Switches every hook off where the client reads it. */
const SABOTAGE = { '.claude/settings.json': '{"disableAllHooks":true}\n', '.claude/settings.local.json': '{"disableAllHooks":true}\n' };
const FILES = { 'a.txt': 'a\n', 'docs/guide.md': '# Guide\n', '.ai/policy.yaml': POLICY, ...SABOTAGE };

const call = (root: string, tool: string, input: Readonly<Record<string, unknown>>): string => JSON.stringify({ hook_event_name: 'PreToolUse', cwd: root, tool_name: tool, tool_input: input, tool_use_id: 'toolu_1' });

describe('ai hook claude-code pre-tool-use, outside of a supervised run', () => {
  const ask = async (input: string, words: readonly string[] = ['hook', 'claude-code', 'pre-tool-use']): Promise<CommandOutput> => plane!.ai(words, { input });

  it('allows by silence, denies by exit code 2 and a reason, and leaves a record of the decision', async () => {
    plane = await createControlPlane({ files: FILES, name: 'it is "a" place' });
    expect(await ask(call(plane.root, 'Write', { file_path: path.join(plane.root, 'a.txt'), content: 'b' }))).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const denied = await ask(call(plane.root, 'Write', { file_path: path.join(plane.root, 'secret/key'), content: 'b' }));
    expect(denied).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Secrets are not for agents.') });
    const log: Json = await plane.json(['audit', 'log']);
    expect(JSON.stringify(log.data)).toContain('policy.decided');
  });

  it('blocks whatever goes wrong', async () => {
    plane = await createControlPlane({ files: FILES });
    const input = call(plane.root, 'Bash', { command: 'true' });
    for (const output of [await ask('{'), await ask(''), await ask('[]'), await ask(input, ['hook', 'claude-code', 'post-tool-use']), await ask(input, ['hook', 'nobody', 'pre-tool-use']), await ask(input, ['hook'])]) expect(output).toMatchObject({ code: 2, stdout: '' });
    expect(await plane.ai(['hook', 'claude-code', 'pre-tool-use'], { input, cwd: tmpdir() })).toMatchObject({ code: 2, stderr: expect.stringContaining('ai-policy: hook-error') });
    expect(await plane.ai(['hook', 'claude-code', 'pre-tool-use'], { input, env: { AI_POLICY_SOCKET: path.join(plane.outside, 'gone') } })).toMatchObject({ code: 2, stderr: expect.stringContaining('has ended') });
    writeFileSync(path.join(plane.root, '.ai/state.db'), 'no database');
    expect(await ask(input)).toMatchObject({ code: 2, stdout: '' });
  });
});

interface Scene {
  readonly plane: ControlPlane;
  readonly workspace: string;
  readonly task: string;
  readonly env: Record<string, string>;
}

async function set(turns: (workspace: string) => readonly ModelTurn[], locks: readonly string[] = ['**']): Promise<Scene> {
  plane = await createControlPlane({ files: FILES, name: "a 'quoted' $place" });
  await plane.json(['agent', 'register', 'claude', '--connector', 'claude-code', '--model', 'sonnet', '--env', 'MARK', '--env', 'HTTPS_PROXY', '--env', 'NO_PROXY', '--', binary]);
  const created: Json = await plane.json(['task', 'create', 'Work', ...locks.flatMap((lock) => ['--lock', lock])]);
  const task: string = created.data.id;
  const workspace = path.join(plane.root, '.ai/worktrees', `${task}-${FIRST_TOKEN}`);
  model = await startModelServer({ turns: turns(workspace) });
  mkdirSync(path.join(plane.outside, 't'));
  const env = { TMPDIR: path.join(plane.outside, 't'), ANTHROPIC_API_KEY: 'fake-key-of-a-test', ANTHROPIC_BASE_URL: model.url, HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1', MARK: plane.outside };
  return { plane, workspace, task, env };
}

/** What the model was told last: everything that its tools answered. */
const answers = (): string => JSON.stringify(model?.requests.at(-1)?.messages);
const socketsLeft = (scene: Scene): readonly string[] => [path.join(scene.plane.outside, 't'), tmpdir()].flatMap((folder) => readdirSync(folder).filter((name) => name.startsWith('ai-live-')));

describe.skipIf(binary === '')('a real Claude Code under live policy (set AI_E2E_CLAUDE to the path of its binary)', () => {
  it('does what is allowed, and nothing of what is denied, whatever settings lie in the repository', { timeout: 180_000 }, async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('ai-live-')).length;
    const scene = await set((workspace) => [
      writeFile(path.join(workspace, 'secret/key.txt'), 'x'),
      runShell('touch made-by-touch.txt'),
      runShell('echo hidden > secret/shell.txt'),
      runShell('echo "$HOME" > from-shell.txt'),
      writeFile(path.join(workspace, 'allowed.txt'), 'y'),
      writeFile(path.join(workspace, '.git'), 'gitdir: /nowhere'),
      say('Done.'),
    ]);
    const done: Json = await scene.plane.json(['task', 'execute', scene.task], { env: scene.env });
    expect(done.data.run.changedFiles.map((file: Json) => file.path).sort()).toEqual(['allowed.txt', 'from-shell.txt']);
    expect(answers()).toContain('Secrets are not for agents.');
    expect(answers()).toContain('no-touch');
    const types: string[] = (await scene.plane.json(['audit', 'log', '--limit', '500'])).data.map((event: Json) => event.type);
    expect(types.filter((type) => type === 'policy.decided').length).toBeGreaterThanOrEqual(6);
    expect((await scene.plane.json(['audit', 'log', '--limit', '500'])).data.filter((event: Json) => event.type === 'run.unverified').map((event: Json) => event.data)).toEqual([]);
    expect(socketsLeft(scene).length).toBe(before);
    expect(processesWith(`MARK=${scene.plane.outside}`)).toEqual([]);
  });

  it('names the patterns of the task for a write outside of them', { timeout: 180_000 }, async () => {
    const scene = await set((workspace) => [writeFile(path.join(workspace, 'b.txt'), 'x'), writeFile(path.join(scenePath(workspace), 'outside.txt'), 'x'), say('Done.')], ['a.txt']);
    const done: Json = await scene.plane.json(['task', 'execute', scene.task], { env: scene.env, code: 10 });
    expect(done.data.run.changedFiles).toEqual([]);
    expect(answers()).toContain('The task declares that it writes');
    expect(answers()).toContain('lies outside of the folder that is worked in');
    expect(existsSync(path.join(scene.plane.root, 'outside.txt'))).toBe(false);
    expect(JSON.stringify((await scene.plane.json(['audit', 'log', '--limit', '500'])).data)).toContain('outside-scope');
  });

  it('answers an ask with a denial that names the approval, and goes on with other work', { timeout: 180_000 }, async () => {
    const scene = await set((workspace) => [writeFile(path.join(workspace, 'docs/new.md'), 'x'), writeFile(path.join(workspace, 'allowed.txt'), 'y'), say('Done.')]);
    const done: Json = await scene.plane.json(['task', 'execute', scene.task], { env: scene.env });
    expect(done.data.run.changedFiles.map((file: Json) => file.path)).toEqual(['allowed.txt']);
    expect(answers()).toMatch(/ai approval approve a-[0-9a-z]{6}/);
  });
});

/** The main checkout, from a worktree in it. */
const scenePath = (workspace: string): string => path.resolve(workspace, '../../..');

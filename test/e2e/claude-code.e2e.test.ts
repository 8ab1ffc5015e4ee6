import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createClaudeFixture, type ClaudeFixture, type FinishedRun } from '../support/claude-fixture.js';
import { eventsOf, sampleAgent } from '../support/connector-samples.js';
import { refuse, runShell, say, writeFile as write, type ModelScript, type ModelTurn } from '../support/model-server/turns.js';

const binary = process.env['AI_E2E_CLAUDE'] ?? '';

let fixture: ClaudeFixture | null = null;
afterEach(async () => {
  await fixture?.close();
  fixture = null;
});

async function set(script: (workspace: string) => ModelScript): Promise<ClaudeFixture> {
  fixture = await createClaudeFixture(binary, script);
  return fixture;
}

const turns =
  (make: (workspace: string) => readonly ModelTurn[]) =>
  (workspace: string): ModelScript => ({ turns: make(workspace) });
const use = (name: string, input: Record<string, unknown>): ModelTurn => ({ kind: 'tool', name, input });
const denied = (run: FinishedRun): readonly boolean[] => eventsOf(run.events, 'tool_result').map((event) => event.denied);

describe.skipIf(binary === '')('a real Claude Code against a scripted model (set AI_E2E_CLAUDE to the path of its binary)', () => {
  it('is found, with its version, and starts the session that was named', async () => {
    const { connector, run } = await set(turns(() => [say('hi')]));
    expect(await connector.detect(sampleAgent({ argv: [binary] }))).toMatchObject({ installed: true, path: binary, version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as unknown, loggedIn: true, problem: null });
    const { launch, events } = await run();
    expect(eventsOf(events, 'started')).toEqual([{ type: 'started', sessionRef: launch.argv[launch.argv.indexOf('--session-id') + 1], model: expect.stringContaining('sonnet') as unknown }]);
  });

  it('edits a file, runs the test and finishes', async () => {
    const { workspace, model, run } = await set(turns((folder) => [use('Read', { file_path: join(folder, 'sum.mjs') }), use('Edit', { file_path: join(folder, 'sum.mjs'), old_string: 'a - b', new_string: 'a + b' }), write(join(folder, 'notes/größe.md'), 'fertig ✔\n'), runShell('node sum.test.mjs'), say('The test passes now: größer ✔.')]));
    const done = await run({ order: { briefing: '# Fix the sum\n\nMake the test pass.\n' } });
    expect(done.verdict).toEqual({ errorClass: null, message: null, retryAfterMs: null });
    expect(done.exit).toEqual({ exitCode: 0, signal: null });
    expect(eventsOf(done.events, 'file_change')).toEqual([
      { type: 'file_change', path: 'sum.mjs', kind: 'modified' },
      { type: 'file_change', path: 'notes/größe.md', kind: 'added' },
    ]);
    expect(eventsOf(done.events, 'command')).toEqual([{ type: 'command', text: 'node sum.test.mjs' }]);
    expect(eventsOf(done.events, 'tool_result').map((event) => event.ok)).toEqual([true, true, true, true]);
    expect(eventsOf(done.events, 'tool_result').at(-1)?.summary).toBe('sum adds');
    expect(eventsOf(done.events, 'result')).toEqual([{ type: 'result', ok: true, text: 'The test passes now: größer ✔.' }]);
    expect(eventsOf(done.events, 'usage').at(-1)).toMatchObject({ inputTokens: 5 * 1250, outputTokens: 5 * 25, cumulative: true, costUsd: expect.stringMatching(/^0\.0\d+$/) as unknown });
    expect(await readFile(join(workspace, 'sum.mjs'), 'utf8')).toContain('a + b');
    expect(JSON.stringify(model.requests[0]?.messages)).toContain('Make the test pass.');
    expect(model.requests[0]?.tools).not.toContain('EnterWorktree');
  });

  it('tells text once although it comes piece by piece', async () => {
    const { run } = await set(turns(() => [{ kind: 'say', text: 'An answer of several words.', thinking: 'A thought.' }]));
    const done = await run();
    expect(eventsOf(done.events, 'text').map((event) => event.delta).join('')).toBe('An answer of several words.');
    expect(eventsOf(done.events, 'thought').map((event) => event.delta).join('')).toBe('A thought.');
  });

  it('is refused by the edit tools outside the workspace, in .git and in the folder of runs, and goes on', async () => {
    const { workspace, runsFolder, run } = await set(turns((folder) => [write(join(folder, '../outside.txt'), 'x'), write(join(folder, '.git/hooks/pre-commit'), 'x'), write(join(folder, '../control/runs/r-0/evidence'), 'x'), runShell('echo on'), say('Some things were refused.')]));
    const done = await run();
    expect(denied(done)).toEqual([true, true, true, false]);
    expect(done.verdict.errorClass).toBeNull();
    expect([join(workspace, '../outside.txt'), join(workspace, '.git/hooks/pre-commit'), join(runsFolder, 'r-0/evidence')].map((path) => existsSync(path))).toEqual([false, false, false]);
  });

  it('is a failure of permission when everything was refused, although it exits with 0', async () => {
    const { run } = await set(turns((folder) => [write(join(folder, '../outside.txt'), 'x'), say('I could not.')]));
    const done = await run();
    expect(done.exit.exitCode).toBe(0);
    expect(done.verdict).toMatchObject({ errorClass: 'permission', message: 'Everything that would have changed something was refused: Write.' });
  });

  it('is not steered by settings, hooks, servers or instructions of the repository', async () => {
    const { workspace, model, run } = await set(turns(() => [runShell('echo "planted=$PLANTED"'), say('done')]));
    await mkdir(join(workspace, '.claude/skills/evil'), { recursive: true });
    await writeFile(join(workspace, '.claude/settings.json'), JSON.stringify({ disableAllHooks: true, env: { PLANTED: '1', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' }, hooks: { SessionStart: [{ hooks: [{ type: 'command', command: 'touch HOOK_RAN' }] }] } }));
    await writeFile(join(workspace, '.mcp.json'), JSON.stringify({ mcpServers: { evil: { command: 'touch', args: ['SERVER_RAN'] } } }));
    await writeFile(join(workspace, '.claude/skills/evil/SKILL.md'), '---\nname: evil\ndescription: PLANTED-SKILL\n---\n');
    await writeFile(join(workspace, 'CLAUDE.md'), 'PLANTED-INSTRUCTION');
    const done = await run();
    expect(eventsOf(done.events, 'tool_result').map((event) => event.summary)).toEqual(['planted=']);
    expect([existsSync(join(workspace, 'HOOK_RAN')), existsSync(join(workspace, 'SERVER_RAN'))]).toEqual([false, false]);
    expect(JSON.stringify(model.requests)).not.toContain('PLANTED-');
  });

  it.each([
    [401, 'auth'],
    [402, 'quota'],
    [403, 'auth'],
    [404, 'auth'],
    [429, 'rate_limit'],
    [500, 'overloaded'],
    [529, 'overloaded'],
  ] as const)('answered with HTTP %d is %s', async (status, errorClass) => {
    const { run } = await set(turns(() => [refuse(status, status === 429 ? 1 : undefined)]));
    const done = await run();
    expect(done.verdict.errorClass).toBe(errorClass);
    expect(done.exit.exitCode).toBe(1);
    if (status === 429) expect(done.verdict.retryAfterMs).toBeGreaterThanOrEqual(1_000);
  });

  it('recovers from a short overload by itself', async () => {
    const { run } = await set(() => ({ turns: [say('fine')], refuseFirst: { count: 1, turn: refuse(529) } }));
    const done = await run();
    expect(eventsOf(done.events, 'error').map((event) => event.class)).toEqual(['overloaded']);
    expect(done.verdict.errorClass).toBeNull();
  });

  it('whose connection is cut again and again is network', async () => {
    const { run } = await set(turns(() => [{ kind: 'drop', text: 'half' }]));
    expect((await run()).verdict.errorClass).toBe('network');
  });

  it('stops at its budget', async () => {
    const { run } = await set(turns(() => [runShell('true'), say('done')]));
    expect((await run({ order: { budgetUsd: '0.0001' } })).verdict.errorClass).toBe('budget');
  });

  // SIGINT: 2.1.329 exits with 0 and sometimes tells a failed result, 2.1.197 exits with 1.
  it.each([
    ['INT', /^[01]$/],
    ['TERM', /^143$/],
  ] as const)('ended by SIG%s while a command runs has crashed, whatever its exit code', async (signal, exitCode) => {
    const { run } = await set(turns(() => [runShell(`kill -${signal} $PPID; sleep 30`), say('done')]));
    const done = await run();
    expect(String(done.exit.exitCode)).toMatch(exitCode);
    expect(done.verdict.errorClass).toBe('agent_crash');
    expect(eventsOf(done.events, 'result').filter((event) => event.ok)).toEqual([]);
  });

  it('interrupted before a command has begun has crashed too', async () => {
    const { run } = await set(turns(() => [runShell('sleep 30'), say('done')]));
    const done = await run({ onEvent: (event, stop) => event.type === 'command' && stop('SIGINT') });
    expect(done.verdict.errorClass).toBe('agent_crash');
  });

  it('killed while the model answers has crashed', async () => {
    const { run } = await set(turns(() => [{ kind: 'hang', text: 'A long story begins' }]));
    const done = await run({ onEvent: (event, stop) => event.type === 'text' && stop('SIGKILL') });
    expect(done.exit).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(done.verdict).toEqual({ errorClass: 'agent_crash', message: 'The agent was ended by SIGKILL.', retryAfterMs: null });
  });

  it('goes on with a session of an earlier run, in a budget and with totals of its own', async () => {
    const { model, run } = await set(turns(() => [say('one'), say('two')]));
    const first = await run({ order: { budgetUsd: '0.0060' } });
    const sessionRef = eventsOf(first.events, 'started')[0]?.sessionRef ?? null;
    const second = await run({ name: 'r-2', order: { sessionRef, briefing: 'Go on.', budgetUsd: '0.0060' } });
    expect(second.verdict.errorClass).toBeNull();
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain('one');
    expect([first, second].map((run) => eventsOf(run.events, 'usage').at(-1)?.outputTokens)).toEqual([25, 25]);
  });

  it('says that a session is gone', async () => {
    const { run } = await set(turns(() => [say('one')]));
    const done = await run({ order: { sessionRef: 'c933c64d-ff14-4db0-8438-720a395aa400' } });
    expect(done.verdict).toMatchObject({ errorClass: 'unknown', message: expect.stringContaining('No conversation found') as unknown });
  });
});

import { describe, expect, it } from 'vitest';
import { planLaunch } from '../../../../../src/adapters/connectors/claude-code/invocation.js';
import { isSessionRef } from '../../../../../src/adapters/connectors/claude-code/session-ref.js';
import type { Launch } from '../../../../../src/ports/connector.js';
import { sampleAgent, sampleOrder } from '../../../../support/connector-samples.js';

const plan = (changes: Parameters<typeof sampleOrder>[0] = {}): Launch => planLaunch(sampleOrder(changes));
const after = (launch: Launch, flag: string): string | undefined => (launch.argv.includes(flag) ? launch.argv[launch.argv.indexOf(flag) + 1] : undefined);

describe('the invocation of Claude Code', () => {
  it('reads no settings of the repository or the user, and no MCP servers of theirs', () => {
    const launch = plan();
    expect(after(launch, '--setting-sources')).toBe('');
    expect(launch.argv).toContain('--strict-mcp-config');
  });

  it('edits in the workspace and runs commands without asking, as root too', () => {
    const launch = plan();
    expect(after(launch, '--permission-mode')).toBe('acceptEdits');
    expect(after(launch, '--allowedTools')).toBe('Bash,Read,Glob,Grep');
    expect(launch.argv.join(' ')).not.toMatch(/dangerously|bypass/);
  });

  it('starts what was found, with the registered words', () => {
    expect(plan().argv[0]).toBe('claude');
    expect(plan({ detection: { path: '/usr/bin/claude' } }).argv[0]).toBe('/usr/bin/claude');
    expect(plan({ agent: sampleAgent({ argv: ['nice', '-n', '5', 'claude'] }) }).argv.slice(0, 5)).toEqual(['nice', '-n', '5', 'claude', '-p']);
  });

  it('tells the briefing on stdin, never in an argument that others can see', () => {
    const launch = plan({ briefing: '# A secret plan' });
    expect(launch.stdin).toBe('# A secret plan');
    expect(launch.argv.join(' ')).not.toContain('secret');
  });

  it('never starts a command of the client: a prompt with a slash in front', () => {
    expect(plan({ briefing: ' /clear' }).stdin).toBe('# Task\n\n /clear');
  });

  it('names the session before the client does: one for a run, another for another run', () => {
    const id = after(plan(), '--session-id');
    expect(isSessionRef(id ?? '')).toBe(true);
    expect(after(plan(), '--session-id')).toBe(id);
    expect(after(plan({ runFolder: '/repo/.ai/runs/r-2' }), '--session-id')).not.toBe(id);
  });

  it('resumes a session instead of naming one', () => {
    const launch = plan({ sessionRef: 'c933c64d-ff14-4db0-8438-720a395aa400' });
    expect(after(launch, '--resume')).toBe('c933c64d-ff14-4db0-8438-720a395aa400');
    expect(launch.argv).not.toContain('--session-id');
  });

  it('passes on model and budget', () => {
    const launch = plan({ agent: sampleAgent({ model: 'claude-opus-4-8[1m]' }), budgetUsd: '2.50' });
    expect([after(launch, '--model'), after(launch, '--max-budget-usd')]).toEqual(['claude-opus-4-8[1m]', '2.50']);
    expect(plan().argv).not.toContain('--model');
  });

  it.each([{ sessionRef: '--dangerously-skip-permissions' }, { agent: sampleAgent({ model: '--print' }) }, { agent: sampleAgent({ model: 'a b' }) }, { budgetUsd: '1e3' }, { budgetUsd: '-1' }, { budgetUsd: '0.00' }])('refuses words that the client would take for something else: %j', (changes) => {
    expect(() => plan(changes)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  it('uses a flag of later versions only with them', () => {
    expect(plan({ detection: { version: '2.1.197' } }).argv).not.toContain('--permission-prompts');
    expect(plan({ detection: { version: null } }).argv).not.toContain('--permission-prompts');
    expect(after(plan({ detection: { version: '2.1.329' } }), '--permission-prompts')).toBe('none');
  });

  it('closes the folder of runs to the edit tools', () => {
    const deny = (changes: Parameters<typeof sampleOrder>[0]): unknown => JSON.parse(plan(changes).files[0]?.content ?? '');
    expect(deny({})).toEqual({ permissions: { deny: ['Edit(//repo/.ai/runs/**)'] } });
    expect(deny({ workspace: '/repo/.ai/runs/r-1/tree' })).toEqual({ permissions: { deny: [] } });
    expect(deny({ runFolder: '/repo (old)/[x]*/.ai/runs/r-1' })).toEqual({ permissions: { deny: [] } });
    expect(plan().files[0]?.path).toBe('/repo/.ai/runs/r-1/claude-settings.json');
  });

  it('keeps the client quiet, its retries few, and one process to one answer', () => {
    expect(plan().env).toEqual({
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      CLAUDE_CODE_MAX_RETRIES: '2',
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
      CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    });
  });

  it('uses a configuration folder of its own with a key, and the log-in of the user without one', () => {
    expect(plan({ env: { ANTHROPIC_API_KEY: 'k' } }).env['CLAUDE_CONFIG_DIR']).toBe('/repo/.ai/runs/claude-code');
    expect(plan({ env: { ANTHROPIC_API_KEY: '' } }).env['CLAUDE_CONFIG_DIR']).toBeUndefined();
    expect(plan({ env: { ANTHROPIC_API_KEY: 'k', CLAUDE_CONFIG_DIR: '/mine' } }).env['CLAUDE_CONFIG_DIR']).toBe('/mine');
  });

  it('lets the registration have the last word on a variable', () => {
    expect(plan({ env: { CLAUDE_CODE_MAX_RETRIES: '7' } }).env['CLAUDE_CODE_MAX_RETRIES']).toBe('7');
  });
});

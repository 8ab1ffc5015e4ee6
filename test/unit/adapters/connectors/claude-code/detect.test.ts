import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detectClaudeCode } from '../../../../../src/adapters/connectors/claude-code/detect.js';
import { sampleAgent } from '../../../../support/connector-samples.js';
import { runCommand } from '../../../../support/run-command.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-detect-'));
  await mkdir(join(folder, 'bin'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function install(script: string): Promise<void> {
  const path = join(folder, 'bin', 'claude');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

const detect = (environment: Record<string, string> = {}, agent: Parameters<typeof detectClaudeCode>[0] = null) =>
  detectClaudeCode(agent, { run: runCommand, environment: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, HOME: folder, ...environment } });

describe('finding Claude Code', () => {
  it('names path, version and abilities of what is installed', async () => {
    await install('echo "2.1.329 (Claude Code)"');
    expect(await detect({ ANTHROPIC_API_KEY: 'k' })).toMatchObject({ installed: true, path: join(folder, 'bin', 'claude'), version: '2.1.329', loggedIn: true, problem: null, capabilities: { resume: true, cost: true } });
  });

  it('says how to install it when it is not there', async () => {
    const found = await detect();
    expect(found).toMatchObject({ installed: false, path: null, capabilities: { resume: false } });
    expect(found.problem).toContain('npm install -g @anthropic-ai/claude-code');
  });

  it('passes no keys to --version', async () => {
    await install('echo "9.9.9 ${ANTHROPIC_API_KEY-none}"; [ -z "$ANTHROPIC_API_KEY" ] || exit 3');
    expect((await detect({ ANTHROPIC_API_KEY: 'k' })).version).toBe('9.9.9');
  });

  it('asks the registered program', async () => {
    await install('echo "1.2.3 [$1][$2]"');
    const agent = sampleAgent({ argv: [join(folder, 'bin', 'claude'), '--effort'] });
    expect(await detect({ ANTHROPIC_API_KEY: 'k' }, agent)).toMatchObject({ version: '1.2.3', problem: expect.stringContaining('older than 2.1.197') as unknown });
  });

  it.each([
    ['echo oops >&2; exit 4', 'exited with 4. Its last words: oops'],
    ['echo "a new look"', 'It named no version.'],
  ])('%s: is a problem in words', async (script, words) => {
    await install(script);
    const found = await detect();
    expect(found.installed).toBe(false);
    expect(found.problem).toContain(words);
  });

  it('says that a program does not answer', async () => {
    const silent = await detectClaudeCode(sampleAgent({ argv: ['/bin/sh'] }), { run: async () => ({ exitCode: null, signal: 'SIGKILL', stdout: '', stderr: '', timedOut: true, durationMs: 1, notFound: false }), environment: {} });
    expect(silent.problem).toContain('did not answer --version within 20 s');
  });

  it('takes no program from a folder that only a run has', async () => {
    expect((await detect({}, sampleAgent({ argv: ['./claude'] }))).problem).toContain('full path');
  });
});

describe('the log-in', () => {
  beforeEach(() => install('echo "2.1.329 (Claude Code)"'));

  it.each(['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'])('is there with %s', async (name) => {
    expect((await detect({ [name]: 'x' })).loggedIn).toBe(true);
    if (platform() === 'linux') expect((await detect({ [name]: '' })).loggedIn).toBe(false);
  });

  it('is not known for a cloud account', async () => {
    expect(await detect({ CLAUDE_CODE_USE_BEDROCK: '1' })).toMatchObject({ loggedIn: null, problem: null });
  });

  it('is there with a credentials file, in the home folder or where CLAUDE_CONFIG_DIR says', async () => {
    await mkdir(join(folder, '.claude'));
    await writeFile(join(folder, '.claude', '.credentials.json'), '{}');
    expect((await detect()).loggedIn).toBe(true);
    expect((await detect({ CLAUDE_CONFIG_DIR: join(folder, '.claude'), HOME: '/nonexistent' })).loggedIn).toBe(true);
  });

  it('is there with a key in the state file', async () => {
    await writeFile(join(folder, '.claude.json'), '{"primaryApiKey":"k"}');
    expect((await detect()).loggedIn).toBe(true);
  });

  it.skipIf(platform() === 'darwin')('is missing otherwise, and the problem says what to do', async () => {
    await writeFile(join(folder, '.claude.json'), '{"broken');
    expect(await detect()).toMatchObject({ installed: true, loggedIn: false, problem: expect.stringContaining('/login') as unknown });
  });
});

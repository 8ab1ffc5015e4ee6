import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportError } from '../../../src/cli/report-error.js';
import { AiError } from '../../../src/domain/kernel/errors.js';
import { validateOutput } from '../../support/validate-output.js';
import { NO_GLOBALS, recordSession } from './recording-io.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'ai-report-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function report(error: unknown, options: { json?: boolean; quiet?: boolean; reportFolder?: string; environment?: Record<string, string>; argv?: string[] } = {}) {
  const globals = { ...NO_GLOBALS, json: options.json ?? false, quiet: options.quiet ?? false };
  const session = recordSession({ reportFolder: () => options.reportFolder ?? folder, environment: options.environment ?? {} });
  const exitCode = await reportError(session.openIo(globals), session.host, { error, argv: options.argv ?? ['status'], globals });
  return { exitCode, stdout: session.stdout.text(), stderr: session.stderr.text() };
}

const expected = new AiError({ code: 'TASK_NOT_FOUND', message: 'There is no task "x\u001b[2J".', hint: 'ai task list' });

describe('an expected failure', () => {
  it('is told on stderr with the next command, escaped', async () => {
    expect(await report(expected)).toEqual({ exitCode: 3, stdout: '', stderr: 'error: There is no task "x\\e[2J".\nhint:  ai task list\n' });
  });

  it('is told with --quiet as well', async () => {
    expect((await report(expected, { quiet: true })).stderr).toContain('error:');
  });

  it('is one document on stdout with --json', async () => {
    const { exitCode, stdout, stderr } = await report(expected, { json: true });
    expect([exitCode, stderr]).toEqual([3, '']);
    const document = await validateOutput(stdout);
    expect(document.error).toEqual({ code: 'TASK_NOT_FOUND', message: expected.message, hint: 'ai task list', retryable: false, details: {} });
    expect((await validateOutput((await report(new AiError({ code: 'PENDING', message: 'wait' }), { json: true })).stdout)).error).toMatchObject({ hint: null });
  });
});

describe('a bug', () => {
  const bug = new Error('index 3 of secret-value-123', { cause: new TypeError('deeper') });

  it('exits 70, and shows one sentence and the path of a report', async () => {
    const { exitCode, stdout, stderr } = await report(bug);
    expect([exitCode, stdout]).toEqual([70, '']);
    const [name = ''] = readdirSync(folder);
    expect(stderr).toContain(path.join(folder, name));
    expect(stderr).not.toContain('index 3');
    expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
  });

  it('writes stack, causes, versions and the command into the report, without secrets', async () => {
    await report(bug, { environment: { MY_TOKEN: 'secret-value-123' }, argv: ['agent', 'register', '--api-key', 'hunter2hunter2', '--json'] });
    const text = readFileSync(path.join(folder, readdirSync(folder)[0]!), 'utf8');
    expect(text).toContain('ai 9.9.9');
    expect(text).toContain(`node ${process.version}`);
    expect(text).toContain('command ["agent","register","--api-key","[removed]","--json"]');
    expect(text).toContain('Error: index 3 of [removed]');
    expect(text).toContain('report-error.test.ts');
    expect(text).toContain('caused by: TypeError: deeper');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('secret-value-123');
  });

  it('is one document with --json', async () => {
    const document = await validateOutput((await report(bug, { json: true })).stdout);
    expect(document.error).toMatchObject({ code: 'BUG', details: { report: expect.stringContaining(folder) as string } });
  });

  it('falls back to the temporary folder', async () => {
    const { stderr } = await report('not even an error', { reportFolder: '/proc/nowhere' });
    const file = /\S+ai-bug-\S+\.txt/.exec(stderr)?.[0] ?? '';
    expect(file.startsWith(tmpdir())).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('thrown: string "not even an error"');
    rmSync(file);
  });
});

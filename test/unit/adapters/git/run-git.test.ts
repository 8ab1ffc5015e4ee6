import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGit } from '../../../../src/adapters/git/run-git.js';
import { createWorkspaces } from '../../../../src/adapters/git/workspaces.js';
import type { CommandResult, Processes } from '../../../../src/ports/processes.js';
import { runCommand } from '../../../support/run-command.js';
import { temporaryRepository, workspaceOrder, type TemporaryRepository } from '../../../support/temporary-repository.js';

describe('git itself', () => {
  let made: TemporaryRepository;
  beforeEach(() => {
    made = temporaryRepository();
  });
  afterEach(() => made.close());

  /** A folder for PATH with a git that behaves as told. */
  function pathWith(script: string | null): string {
    const folder = path.join(made.folder, 'bin');
    mkdirSync(folder, { recursive: true });
    if (script !== null) writeFileSync(path.join(folder, 'git'), `#!/bin/sh\n${script}\n`);
    if (script !== null) chmodSync(path.join(folder, 'git'), 0o755);
    return folder;
  }
  const workspacesWith = (script: string | null) => createWorkspaces({ root: made.root, aiFolder: made.aiFolder, environment: { HOME: made.environment['HOME'], PATH: pathWith(script) }, run: runCommand });

  test('is asked for when it is missing', async () => {
    await expect(workspacesWith(null).repository()).rejects.toMatchObject({ code: 'GIT_MISSING', message: expect.stringContaining('2.38') as unknown });
  });

  test('names its version when it is too old', async () => {
    const script = 'case "$*" in *--version*) echo "git version 2.30.2";; *) echo "usage: git" >&2; exit 129;; esac';
    await expect(workspacesWith(script).repository()).rejects.toMatchObject({ code: 'GIT_MISSING', message: expect.stringMatching(/git 2\.30\b.*2\.38/) as unknown });
  });

  test('is quoted when it fails', async () => {
    const script = 'case "$*" in *--version*) echo "git version 2.39.5";; *) echo "fatal: the disk is on fire" >&2; exit 128;; esac';
    await expect(workspacesWith(script).repository()).rejects.toMatchObject({ code: 'GIT_FAILED', message: expect.stringContaining('the disk is on fire') as unknown });
  });

  test.each([
    ['error: unable to write file x: No space left on device', 'DISK_FULL'],
    ['fatal: Unable to create x: Read-only file system', 'READ_ONLY'],
  ])('%s is %s', async (stderr, code) => {
    const script = `case "$*" in *--version*) echo "git version 2.39.5";; *) echo "${stderr}" >&2; exit 128;; esac`;
    await expect(workspacesWith(script).repository()).rejects.toMatchObject({ code });
  });

  test('may be tried again after a failure that was mended', async () => {
    const broken = path.join(made.root, '.git/config');
    writeFileSync(broken, '[core\n');
    await expect(made.workspaces.repository()).rejects.toMatchObject({ code: 'GIT_FAILED' });
    writeFileSync(broken, '[core]\n\trepositoryformatversion = 0\n');
    expect(await made.workspaces.repository()).toMatchObject({ kind: 'git' });
  });

  test('that prints more than can be kept is a failure, not a shorter answer', async () => {
    const answer: CommandResult = { exitCode: 0, signal: null, stdout: 'x'.repeat(128 * 1024 * 1024), stderr: '', timedOut: false, durationMs: 1, notFound: false };
    const run: Processes['run'] = async () => answer;
    await expect(createGit({ run, environment: {} })({ cwd: made.root, args: ['ls-files'] })).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });

  test('says when its time is up', async () => {
    const answer: CommandResult = { exitCode: null, signal: 'SIGKILL', stdout: '', stderr: '', timedOut: true, durationMs: 1, notFound: false };
    await expect(createGit({ run: async () => answer, environment: {} })({ cwd: made.root, args: ['ls-files'] })).rejects.toMatchObject({ code: 'GIT_FAILED', retryable: true });
  });

  test('sees nothing of the environment but the basics', async () => {
    const seen: Record<string, string>[] = [];
    const run: Processes['run'] = (order) => {
      seen.push({ ...order.env });
      return runCommand(order);
    };
    const environment = { ...made.environment, GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere', GIT_CONFIG_COUNT: '1', SECRET: 'x', GIT_EXTERNAL_DIFF: 'evil', GIT_TRACE: '1' };
    const workspaces = createWorkspaces({ root: made.root, aiFolder: made.aiFolder, environment, run });
    await workspaces.remove(await workspaces.prepare(workspaceOrder()), workspaceOrder());
    const names = new Set(seen.flatMap((env) => Object.keys(env)));
    expect([...names].filter((name) => ['SECRET', 'GIT_CONFIG_COUNT', 'GIT_EXTERNAL_DIFF', 'GIT_TRACE'].includes(name))).toEqual([]);
    expect(seen.some((env) => env['GIT_DIR'] === '/nowhere')).toBe(false);
  });

  test('need not know who the user is', async () => {
    made.git('config', 'user.useConfigOnly', 'true');
    const order = workspaceOrder();
    const workspace = await made.workspaces.prepare(order);
    made.write({ 'src/a.txt': 'new\n' }, workspace.path);
    const { head } = await made.workspaces.snapshot(workspace, { ...order, message: 'Work' });
    expect(made.git('show', '--no-patch', '--format=%an <%ae> %cn <%ce>', head).trim()).toBe('ai <ai@localhost> ai <ai@localhost>');
  });

  test('works without a home', async () => {
    const workspaces = createWorkspaces({ root: made.root, aiFolder: made.aiFolder, environment: { PATH: made.environment['PATH'] }, run: runCommand });
    rmSync(path.join(made.folder, 'home'), { recursive: true });
    expect((await workspaces.prepare(workspaceOrder())).base).toBe(made.head());
  });
});

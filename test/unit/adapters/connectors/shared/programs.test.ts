import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { classifyExit, describeExit } from '../../../../../src/adapters/connectors/shared/exit.js';
import { findProgram } from '../../../../../src/adapters/connectors/shared/find-program.js';
import { findVersion, isAtLeast } from '../../../../../src/adapters/connectors/shared/version.js';

describe('finding a program', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ai-find-'));
    await mkdir(join(folder, 'first', 'tool'), { recursive: true });
    await mkdir(join(folder, 'second'));
    await writeFile(join(folder, 'second', 'tool'), '');
    await chmod(join(folder, 'second', 'tool'), 0o755);
    await writeFile(join(folder, 'second', 'text'), '', { mode: 0o644 });
    await symlink(join(folder, 'second', 'tool'), join(folder, 'first', 'link'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const find = (name: string, path = `${join(folder, 'first')}:${join(folder, 'second')}`) => findProgram(name, { PATH: path });

  it('takes the first file on PATH that may be run, not a folder', async () => {
    expect(await find('tool')).toEqual({ kind: 'found', path: join(folder, 'second', 'tool') });
    expect(await find('link')).toEqual({ kind: 'found', path: join(folder, 'first', 'link') });
    expect(await find('text')).toEqual({ kind: 'missing' });
  });

  it('takes absolute paths as they are, and leaves relative ones to the run', async () => {
    expect(await find(join(folder, 'second', 'tool'))).toMatchObject({ kind: 'found' });
    expect(await find(join(folder, 'second', 'no'))).toEqual({ kind: 'missing' });
    expect(await find('scripts/agent.sh')).toEqual({ kind: 'in_workspace' });
  });

  it('never looks into folders that depend on the current one', async () => {
    expect(await find('tool', `:.:${relative(process.cwd(), join(folder, 'second'))}`)).toEqual({ kind: 'missing' });
    expect(await findProgram('tool', {})).toEqual({ kind: 'missing' });
  });
});

describe('versions', () => {
  it.each([
    ['2.1.329 (Claude Code)', [2, 1, 329]],
    ['Tool v10.0.1-beta\n', [10, 0, 1]],
    ['1.2.3.4', [1, 2, 3]],
    ['none', null],
    ['', null],
  ])('%j is %j', (text, version) => {
    expect(findVersion(text)).toEqual(version);
  });

  it('are compared by their numbers', () => {
    expect([isAtLeast([2, 1, 329], [2, 1, 197]), isAtLeast([2, 1, 9], [2, 1, 197]), isAtLeast([3, 0, 0], [2, 9, 9]), isAtLeast([2, 1, 0], [2, 1, 0])]).toEqual([true, false, true, true]);
  });
});

describe('how a process ended', () => {
  const classify = (exitCode: number | null, signal: string | null = null) => classifyExit({ exit: { exitCode, signal }, stderrTail: 'a\nb\n', lastEvents: [] }).errorClass;

  it.each([
    [0, null],
    [1, 'unknown'],
    [126, 'tool_missing'],
    [127, 'tool_missing'],
    [128, 'unknown'],
    [130, 'agent_crash'],
    [137, 'agent_crash'],
    [255, 'unknown'],
    [null, 'agent_crash'],
  ] as const)('exit %s is %s', (exitCode, errorClass) => {
    expect(classify(exitCode)).toBe(errorClass);
  });

  it('is said in words', () => {
    expect(describeExit({ exitCode: 137, signal: null })).toBe('The agent was ended by SIGKILL.');
    expect(describeExit({ exitCode: null, signal: 'SIGSEGV' })).toBe('The agent was ended by SIGSEGV.');
    expect(describeExit({ exitCode: 190, signal: null })).toBe('The agent was ended by signal 62.');
    expect(describeExit({ exitCode: 3, signal: null })).toBe('The agent exited with 3.');
    expect(classifyExit({ exit: { exitCode: 3, signal: null }, stderrTail: 'a\nb\n', lastEvents: [] }).message).toBe('The agent exited with 3. Its last words: a | b');
  });
});

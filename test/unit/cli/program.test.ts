import { describe, expect, it } from 'vitest';
import { NOUNS } from '../../../src/cli/nouns.js';
import { runProgram } from '../../../src/cli/program.js';
import { validateOutput } from '../../support/validate-output.js';
import { recordSession } from './recording-io.js';

async function run(...words: string[]): Promise<string> {
  const session = recordSession();
  await runProgram(words, session);
  return session.stdout.text();
}

const failure = (...words: string[]): Promise<unknown> => run(...words).then((text) => `printed ${text}`, (error: unknown) => error);

describe('help', () => {
  it('lists every noun, for `ai`, `ai --help` and `ai help` alike', async () => {
    const text = await run('--help');
    for (const noun of Object.keys(NOUNS)) expect(text).toMatch(new RegExp(`^  ${noun}\\b`, 'm'));
    expect(await run()).toBe(text);
    expect(await run('help')).toBe(text);
    expect(await run('--no-color')).toBe(text);
  });

  it('of a verb is reached three ways', async () => {
    const text = await run('status', '--help');
    expect(text).toContain('Usage: ai status');
    expect(text).toContain('--json');
    expect(await run('help', 'status')).toBe(text);
    expect(await run('status', '-h')).toBe(text);
  });

  it('is one JSON document with --json', async () => {
    const document = await validateOutput(await run('--json', 'status', '--help'));
    expect(document.kind).toBe('help');
    await validateOutput(await run('status', '--help', '--json'));
  });
});

describe('version', () => {
  it('is the bare number, or a document', async () => {
    expect(await run('--version')).toBe('9.9.9\n');
    expect(await run('-V')).toBe('9.9.9\n');
    for (const words of [['--version', '--json'], ['version', '--json'], ['--json', '--version']]) {
      const document = await validateOutput(await run(...words));
      expect(document).toMatchObject({ kind: 'version', data: { version: '9.9.9', node: process.versions.node } });
    }
  });
});

describe('a line that can not be understood', () => {
  it('names what was probably meant: a noun', async () => {
    expect(await failure('stats')).toMatchObject({ code: 'USAGE', hint: 'ai status', details: { suggestions: ['status'] } });
  });

  it('names what was probably meant: an option, also a global one', async () => {
    expect(await failure('status', '--jsn')).toMatchObject({ code: 'USAGE', hint: 'ai status --help', message: 'ai status: unknown option "--jsn"; did you mean --json?' });
    expect(await failure('doctor', '--fx')).toMatchObject({ details: { suggestions: ['--fix'] } });
  });

  it.each([
    [['status', 'extra'], /too many arguments/],
    [['--root'], /argument missing/],
    [['status', '--root'], /argument missing/],
    [['nonsense'], /unknown command "nonsense"\./],
    [['--nonsense'], /unknown option/],
  ])('is refused: %j', async (words, message) => {
    expect(await failure(...words)).toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) as string });
  });
});

describe('a command', () => {
  it('passes on what opening the control plane throws', async () => {
    expect(await failure('status')).toMatchObject({ code: 'PROJECT_NOT_FOUND', hint: 'ai init' });
  });

  it('tells the host about --root', async () => {
    const roots: (string | null)[] = [];
    const session = recordSession({ open: async (globals) => { roots.push(globals.root); throw new Error('far enough'); } });
    await runProgram(['--root', '/somewhere', 'status'], session).catch(() => undefined);
    expect(roots).toEqual(['/somewhere']);
  });
});

describe('schema', () => {
  it('lists and prints what is published', async () => {
    const document = await validateOutput(await run('schema', '--json'));
    expect(document.data).toContainEqual({ kind: 'status' });
    expect(JSON.parse(await run('schema', 'status'))).toMatchObject({ title: 'status', type: 'object', properties: { kind: { const: 'status' } } });
    await validateOutput(await run('schema', 'error', '--json'));
  });

  it('knows what was meant', async () => {
    expect(await failure('schema', 'statsu')).toMatchObject({ code: 'KIND_NOT_FOUND', hint: 'ai schema status' });
    expect(await failure('schema', 'constructor')).toMatchObject({ code: 'KIND_NOT_FOUND' });
  });
});

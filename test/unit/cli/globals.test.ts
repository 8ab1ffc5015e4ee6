import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addGlobalOptions, firstOperand, globalsOf, guessGlobals } from '../../../src/cli/globals.js';
import type { GlobalOptions } from '../../../src/cli/host.js';

/** Parses a line below a small tree and answers what the verb saw. */
async function parse(words: readonly string[], environment = {}): Promise<{ globals: GlobalOptions; args: readonly string[]; options: Record<string, unknown> }> {
  let seen: Awaited<ReturnType<typeof parse>> | undefined;
  const root = new Command('ai').enablePositionalOptions().exitOverride().configureOutput({ writeErr: () => undefined });
  addGlobalOptions(root);
  root
    .command('task')
    .command('create')
    .argument('<title>')
    .argument('[rest...]')
    .option('-d, --description <text>')
    .action((title: string, rest: string[], options: Record<string, unknown>, command: Command) => {
      seen = { globals: globalsOf(command, environment), args: [title, ...rest], options };
    });
  await root.parseAsync([...words], { from: 'user' });
  return seen!;
}

describe('global options', () => {
  it.each([
    [['--json', 'task', 'create', 'x']],
    [['task', '--json', 'create', 'x']],
    [['task', 'create', '--json', 'x']],
    [['task', 'create', 'x', '--json']],
  ])('are taken wherever they stand: %j', async (words) => {
    const { globals, args } = await parse(words);
    expect(globals.json).toBe(true);
    expect(args).toEqual(['x']);
  });

  it('are all read', async () => {
    const { globals } = await parse(['-q', 'task', '-y', 'create', 'x', '--jsonl', '--no-input', '--no-color', '--root', '/r']);
    expect(globals).toEqual({ json: false, jsonl: true, quiet: true, root: '/r', yes: true, noInput: true, noColor: true });
  });

  it('are off by default', async () => {
    expect((await parse(['task', 'create', 'x'])).globals).toEqual({ json: false, jsonl: false, quiet: false, root: null, yes: false, noInput: false, noColor: false });
  });

  it('near the verb win, and win over AI_ROOT', async () => {
    expect((await parse(['--root', '/a', 'task', 'create', 'x', '--root', '/b'], { AI_ROOT: '/c' })).globals.root).toBe('/b');
    expect((await parse(['task', 'create', 'x'], { AI_ROOT: '/c' })).globals.root).toBe('/c');
    expect((await parse(['task', 'create', 'x'], { AI_ROOT: '' })).globals.root).toBeNull();
  });

  it('are left to others after -- and as the value of an option', async () => {
    const { globals, args } = await parse(['task', 'create', 'x', '--', '--json', '-q']);
    expect([globals.json, globals.quiet, args]).toEqual([false, false, ['x', '--json', '-q']]);
    const valued = await parse(['task', 'create', 'x', '-d', '--json']);
    expect([valued.globals.json, valued.options['description']]).toEqual([false, '--json']);
  });
});

describe('guessGlobals', () => {
  it('reads the words up to --', () => {
    expect(guessGlobals(['tsk', '--json', '--', '--quiet'], {})).toMatchObject({ json: true, quiet: false });
  });
});

describe('firstOperand', () => {
  it.each([
    [['task', 'list'], 0],
    [['--json', '--root', 'task', 'list'], 3],
    [['--root=x', 'list'], 1],
    [['--json'], -1],
    [['--', 'task'], -1],
    [['-'], 0],
    [[], -1],
  ] as const)('of %j is at %i', (words, at) => {
    expect(firstOperand(words)).toBe(at);
  });
});

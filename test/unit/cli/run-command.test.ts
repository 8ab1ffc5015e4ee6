import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { AppDeps } from '../../../src/app/deps.js';
import { addGlobalOptions } from '../../../src/cli/globals.js';
import type { Answer } from '../../../src/cli/io.js';
import { createShell } from '../../../src/cli/run-command.js';
import type { OpenOptions } from '../../../src/cli/host.js';
import { recordSession, type Recording } from './recording-io.js';

const answer: Answer = { kind: 'status', data: { a: 1 }, warnings: ['mind the gap'], text: ({ columns }) => `fits ${columns}`, ids: ['t-1', 't-2'] };

async function run(words: string[], given: Answer | undefined = answer, open?: OpenOptions): Promise<Recording & { readonly opened: OpenOptions[]; readonly seen: unknown[] }> {
  const opened: OpenOptions[] = [];
  const seen: unknown[] = [];
  const deps = { marker: 'deps' } as unknown as AppDeps;
  const session = recordSession({
    open: async (_globals, options) => {
      opened.push(options);
      options.note?.('repaired something');
      return deps;
    },
  });
  const root = new Command('ai').enablePositionalOptions();
  addGlobalOptions(root);
  const shell = createShell(session);
  root
    .command('verb')
    .argument('<id>')
    .argument('[more...]')
    .option('--id-only')
    .action(shell.action(async () => async (context, args: readonly [string, readonly string[]], options: { idOnly?: boolean }) => { seen.push(context.deps, args, options); return given; }, open));
  root.command('bare').action(shell.bareAction(async () => async () => given));
  await root.parseAsync(words, { from: 'user' });
  return { ...session, opened, seen };
}

describe('shell.action', () => {
  it('hands the verb its world, arguments and options', async () => {
    const { seen } = await run(['verb', 'a', 'b', 'c']);
    expect(seen).toEqual([{ marker: 'deps' }, ['a', ['b', 'c']], {}]);
  });

  it('prints text on stdout and warnings on stderr', async () => {
    const { stdout, stderr } = await run(['verb', 'a']);
    expect(stdout.text()).toBe('fits 100\n');
    expect(stderr.text()).toBe('repaired something\nwarning: mind the gap\n');
  });

  it('is silent on stderr with --quiet', async () => {
    expect((await run(['verb', 'a', '-q'])).stderr.text()).toBe('');
  });

  it('prints one document with --json, warnings inside', async () => {
    const { stdout, stderr } = await run(['verb', 'a', '--json']);
    expect(stdout.text()).toBe('{"schemaVersion":1,"kind":"status","data":{"a":1},"meta":{},"warnings":["mind the gap"]}\n');
    expect(stderr.text()).toBe('repaired something\n');
  });

  it('prints the bare ids with --id-only', async () => {
    expect((await run(['verb', 'a', '--id-only'])).stdout.text()).toBe('t-1\nt-2\n');
  });

  it('sets the exit code of an answer that is no', async () => {
    expect((await run(['verb', 'a'], { ...answer, exitCode: 10 })).exitCode()).toBe(10);
    expect((await run(['verb', 'a'])).exitCode()).toBe(0);
  });

  it('prints nothing for a verb that streamed', async () => {
    expect((await run(['bare'], undefined)).stdout.text()).toBe('fits 100\n');
  });

  it('repairs first unless the verb is called all the time', async () => {
    expect((await run(['verb', 'a'])).opened[0]).toMatchObject({ repair: true });
    expect((await run(['verb', 'a'], answer, { repair: false })).opened[0]).toMatchObject({ repair: false });
    expect((await run(['bare'])).opened).toEqual([]);
  });
});

import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { NOUNS } from '../../../../src/cli/nouns.js';
import { createShell } from '../../../../src/cli/run-command.js';
import { recordSession } from '../recording-io.js';

async function declared(noun: string): Promise<Command> {
  const root = new Command('ai');
  (await NOUNS[noun]!.load())(root, createShell(recordSession()));
  return root.commands[0]!;
}

async function everyVerb(): Promise<[string, Command][]> {
  const nouns = await Promise.all(['task', 'subtask', 'agent', 'audit', 'events'].map(declared));
  return nouns.flatMap((noun) => [[noun.name(), noun] as [string, Command], ...noun.commands.map((verb): [string, Command] => [`${noun.name()} ${verb.name()}`, verb])]);
}

const helpOf = (command: Command): string => {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
};

describe('the declarations', () => {
  it('cover the contract', async () => {
    const verbs = async (noun: string): Promise<string[]> => (await declared(noun)).commands.map((verb) => verb.name()).sort();
    expect(await verbs('task')).toEqual(
      [
        'block', 'cancel', 'claim', 'complete', 'create', 'delete', 'diff', 'edit', 'evidence', 'execute', 'fail', 'graph', 'heartbeat', 'import', 'list', 'logs', 'merge', 'pause', 'progress', 'release',
        'resume', 'retry', 'show', 'skip', 'start', 'timeline', 'unblock', 'watch', 'why',
      ],
    );
    expect(await verbs('subtask')).toEqual(['add', 'complete', 'delete', 'list']);
    expect(await verbs('agent')).toEqual(['detect', 'disable', 'enable', 'label', 'list', 'register', 'remove', 'show', 'test', 'update']);
    expect(await verbs('audit')).toEqual(['anchor', 'export', 'key', 'log', 'verify']);
    expect(await verbs('policy')).toEqual(['check', 'conflicts', 'diff', 'explain', 'impact', 'init', 'match', 'override', 'schema', 'show', 'test', 'validate']);
    expect(await verbs('pdr')).toEqual(['explain', 'list', 'replay', 'show']);
    expect(await verbs('approval')).toEqual(['approve', 'deny', 'list', 'show']);
    expect(await verbs('hooks')).toEqual(['install', 'status', 'uninstall']);
  });

  it('have a description and at least two examples each, that begin with the command itself', async () => {
    for (const [name, command] of await everyVerb()) {
      expect(command.description(), name).toMatch(/^[A-Z].*\.$/);
      const examples = helpOf(command).split('Examples:')[1]?.match(/^ {2}\$ .+$/gm) ?? [];
      expect(examples.length, name).toBeGreaterThanOrEqual(2);
      expect(examples.filter((example) => example.includes(`ai ${name}`) || name.split(' ').length === 1).length, name).toBeGreaterThanOrEqual(2);
    }
  });

  it('name an option that exists in every example', async () => {
    const globals = new Set(['--json', '--jsonl', '--yes', '--quiet']);
    for (const [name, command] of await everyVerb()) {
      if (command.commands.length > 0) continue;
      const known = new Set(command.options.flatMap((option) => [option.long, option.short]));
      const examples = helpOf(command).split('Examples:')[1]?.match(/^ {2}\$ .+$/gm) ?? [];
      for (const example of examples) {
        const own = example.split(/ \| | -- | && /).find((part) => part.includes(`ai ${name}`)) ?? '';
        for (const flag of own.match(/(?<= )--?[a-z][a-z-]*/g) ?? []) expect(known.has(flag) || globals.has(flag), `${flag} in: ${example}`).toBe(true);
      }
    }
  });

  it('do not use an option letter or name of the global ones', async () => {
    const taken = new Set(['--json', '--jsonl', '-q', '--quiet', '--root', '-y', '--yes', '--no-input', '--no-color', '-h', '--help']);
    for (const [name, command] of await everyVerb()) {
      for (const option of command.options) for (const flag of [option.long, option.short]) expect(taken.has(flag ?? ''), `${flag ?? ''} of ${name}`).toBe(false);
    }
  });
});

import { Option, type Command } from 'commander';
import type { GlobalOptions } from './host.js';

const GROUP = 'Global options:';

interface Declared {
  readonly flags: string;
  readonly summary: string;
}

const DECLARED: readonly Declared[] = [
  { flags: '--json', summary: 'answer with one JSON document on stdout' },
  { flags: '--jsonl', summary: 'stream one JSON event a line' },
  { flags: '-q, --quiet', summary: 'no progress and no warnings on stderr' },
  { flags: '--root <dir>', summary: 'folder that holds .ai/ (default: found from here upwards)' },
  { flags: '-y, --yes', summary: 'answer every question with yes' },
  { flags: '--no-input', summary: 'never ask' },
  { flags: '--no-color', summary: 'plain text' },
];

/** As commander names them: `--no-input` is kept as `input`. */
const GLOBAL_NAMES: ReadonlySet<string> = new Set(['json', 'jsonl', 'quiet', 'root', 'yes', 'input', 'color']);

/**
 * Gives a command the options that every command takes, and its sub-commands when one of them is
 * about to be parsed: only the commands on the path of this call pay for them.
 */
export function addGlobalOptions(command: Command): void {
  for (const { flags, summary } of DECLARED) command.addOption(new Option(flags, summary).helpGroup(GROUP));
  command.hook('preSubcommand', (_parent, subcommand) => {
    addGlobalOptions(subcommand);
  });
}

/** The global options of a parsed command, wherever on the line they stood; the one nearest to the verb wins. */
export function globalsOf(command: Command, environment: Readonly<Record<string, string | undefined>>): GlobalOptions {
  const path: Command[] = [];
  for (let current: Command | null = command; current !== null; current = current.parent) path.push(current);
  const given = (name: string): unknown => path.find((step) => step.getOptionValueSource(name) === 'cli')?.getOptionValue(name);
  const root = given('root');
  return {
    json: given('json') === true,
    jsonl: given('jsonl') === true,
    quiet: given('quiet') === true,
    root: typeof root === 'string' ? root : rootOf(environment),
    yes: given('yes') === true,
    noInput: given('input') === false,
    noColor: given('color') === false,
  };
}

/** The options that a verb declared itself. */
export function withoutGlobals(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !GLOBAL_NAMES.has(name)));
}

/**
 * The global options as far as the words alone tell. For failures before or during the parsing of the
 * line, when there is no parsed command to ask.
 */
export function guessGlobals(words: readonly string[], environment: Readonly<Record<string, string | undefined>>): GlobalOptions {
  const end = words.indexOf('--');
  const before = new Set(end === -1 ? words : words.slice(0, end));
  return {
    json: before.has('--json'),
    jsonl: before.has('--jsonl'),
    quiet: before.has('-q') || before.has('--quiet'),
    root: rootOf(environment),
    yes: before.has('-y') || before.has('--yes'),
    noInput: before.has('--no-input'),
    noColor: before.has('--no-color'),
  };
}

/** Position of the first word that is neither an option nor the value of one; -1 when there is none. */
export function firstOperand(words: readonly string[]): number {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') return -1;
    if (word === '--root') index += 1;
    else if (!word.startsWith('-') || word === '-') return index;
  }
  return -1;
}

function rootOf(environment: Readonly<Record<string, string | undefined>>): string | null {
  const root = environment['AI_ROOT'];
  return root === undefined || root === '' ? null : root;
}

import { Option, type Command } from 'commander';
import { parseDurationMs } from '../../../domain/kernel/duration.js';
import { LIMITS } from '../../../domain/kernel/limits.js';
import type { TaskEntry } from '../../../domain/task/task-input.js';
import { collect, emptyIsNull, usage, wholeNumber, words } from '../options.js';
import { readText } from '../read-text.js';
import type { ShellContext } from '../../shell.js';

/** What `create` and `edit` have in common, as commander hands it over. */
export interface TaskOptions {
  readonly description?: string;
  readonly file?: string;
  readonly type?: string;
  readonly priority?: string;
  readonly dependsOn?: readonly string[];
  readonly lock?: readonly string[];
  readonly lockShared?: readonly string[];
  readonly label?: readonly string[];
  readonly requires?: readonly string[];
  readonly skill?: readonly string[];
  readonly agent?: string;
  readonly parent?: string;
  readonly project?: string;
  readonly verify?: readonly string[];
  readonly timeout?: string;
  readonly maxAttempts?: string;
  readonly isolation?: string;
  readonly budget?: string;
  readonly target?: string;
}

const many = (flags: string, summary: string): Option => new Option(flags, summary).argParser(collect);

export function addTaskOptions(command: Command): Command {
  return command
    .option('-d, --description <text>', 'what to do, in Markdown; - reads stdin')
    .option('-F, --file <file>', 'read the description from a file; - reads stdin')
    .option('--type <word>', 'a word of yours, such as feature or bug')
    .option('--priority <level>', 'critical, high, medium or low')
    .addOption(many('--depends-on <id>', 'finish this task first (repeat, or separate by commas)'))
    .addOption(many('--lock <glob>', 'paths that it writes, for itself alone (repeat)'))
    .addOption(many('--lock-shared <glob>', 'paths that nobody may write meanwhile (repeat)'))
    .addOption(many('--label <word>', 'for filters and for choosing an agent (repeat)'))
    .addOption(many('--requires <word>', 'a capability that the agent must have (repeat)'))
    .addOption(many('--skill <name>', 'a skill to put into the briefing (repeat)'))
    .option('--agent <id>', 'only this agent may do it')
    .option('--parent <id>', 'the task that this one is a part of')
    .option('--project <name>', 'the project that it belongs to')
    .addOption(many('--verify <command>', 'a shell command that must exit 0 when the work is done (repeat)'))
    .option('--timeout <duration>', 'stop the agent after this long, such as 30m')
    .option('--max-attempts <n>', 'give up after this many failures')
    .option('--isolation <mode>', 'worktree (a working tree of its own) or none (in place)')
    .option('--budget <usd>', 'stop the agent when it has spent this much')
    .option('--target <branch>', 'where the work lands (default: the branch of now)');
}

/** Only the keys that were given; an empty value clears what can be empty. Throws INVALID_INPUT. */
export function entryOf(options: TaskOptions): Partial<TaskEntry> {
  const given: Partial<TaskEntry> = { ...scalars(options), ...lists(options), ...limits(options) };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function scalars(options: TaskOptions): Partial<TaskEntry> {
  return {
    type: options.type,
    priority: options.priority,
    isolation: options.isolation,
    agent: mapped(options.agent, emptyIsNull),
    parent: mapped(options.parent, emptyIsNull),
    project: mapped(options.project, emptyIsNull),
    targetBranch: mapped(options.target, emptyIsNull),
  };
}

function lists(options: TaskOptions): Partial<TaskEntry> {
  return {
    dependsOn: mapped(options.dependsOn, words),
    labels: mapped(options.label, words),
    requires: mapped(options.requires, words),
    skills: mapped(options.skill, words),
    verify: mapped(options.verify, withoutEmpty),
    locks: locks(options),
  };
}

function limits(options: TaskOptions): Partial<TaskEntry> {
  return {
    timeoutMs: mapped(options.timeout, (text) => (emptyIsNull(text) === null ? null : parseDurationMs(text))),
    budgetUsd: mapped(options.budget, emptyIsNull),
    maxAttempts: mapped(options.maxAttempts, (text) => wholeNumber(text, { name: '--max-attempts', min: 1, max: LIMITS.maxAttempts })),
  };
}

/** A glob may hold commas, so that each occurrence is one. */
function locks({ lock, lockShared }: TaskOptions): TaskEntry['locks'] {
  if (lock === undefined && lockShared === undefined) return undefined;
  return [
    ...withoutEmpty(lock ?? []).map((pattern) => ({ pattern, mode: 'exclusive' as const })),
    ...withoutEmpty(lockShared ?? []).map((pattern) => ({ pattern, mode: 'shared' as const })),
  ];
}

const withoutEmpty = (values: readonly string[]): string[] => values.filter((value) => value !== '');

function mapped<T, R>(value: T | undefined, read: (value: T) => R): R | undefined {
  return value === undefined ? undefined : read(value);
}

/** From -d, from -F, or from a lone `-`; at most one of them. Undefined when none was given. */
export async function descriptionOf(context: ShellContext, options: Pick<TaskOptions, 'description' | 'file'>, dash?: string): Promise<string | undefined> {
  const { description, file } = options;
  if ([description, file, dash].filter((source) => source !== undefined).length > 1) throw usage('Give the description once: with -d, with -F, or as - for standard input.', 'ai task create TITLE -F notes.md');
  const source = file ?? dash ?? (description === '-' ? '-' : undefined);
  return source === undefined ? description : readText(context, source, LIMITS.descriptionBytes);
}

import type { LockRequest } from '../lock/path-lock.js';
import type { Task } from '../task/task.js';
import { utf8Bytes } from '../kernel/text.js';

/** What a dependency handed over. */
export interface DependencyResult {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly result: unknown;
  readonly changedPaths: readonly string[];
}

export interface PreviousAttempt {
  readonly outcome: string;
  readonly message: string | null;
  /** The tails of failing checks. */
  readonly checkOutput: readonly { readonly command: string; readonly tail: string }[];
  /** True when the workspace starts with the work of that attempt. */
  readonly continued: boolean;
  readonly ref: string | null;
}

export interface BriefingInput {
  readonly task: Task;
  readonly attempt: number;
  readonly locks: readonly LockRequest[];
  readonly subtasks: readonly { readonly title: string; readonly done: boolean }[];
  readonly dependencies: readonly DependencyResult[];
  readonly dependents: readonly string[];
  readonly previous: PreviousAttempt | null;
  /** Content of AGENTS.md or CLAUDE.md at the base, for clients that are kept from reading it themselves. */
  readonly projectNotes: string | null;
}

export interface Briefing {
  readonly text: string;
  /** Parts that were shortened or left out, by name. */
  readonly cut: readonly string[];
}

export const BRIEFING_MAX_BYTES = 128 * 1024;
const PART_MAX_BYTES = { description: 48 * 1024, dependencies: 16 * 1024, previous: 16 * 1024, notes: 32 * 1024 } as const;

/** One Markdown document: what to do, where, within which limits, and how to report. Bounded; what was cut is said. */
export function renderBriefing(input: BriefingInput): Briefing {
  const cut: string[] = [];
  const bounded = (name: keyof typeof PART_MAX_BYTES, text: string): string => {
    if (utf8Bytes(text) <= PART_MAX_BYTES[name]) return text;
    cut.push(name);
    return `${shorten(text, PART_MAX_BYTES[name])}\n\n(The rest of this part was left out: it is longer than a briefing allows.)`;
  };
  const parts = [
    header(input),
    input.task.description.trim() === '' ? null : bounded('description', input.task.description.trim()),
    subtaskPart(input),
    scopePart(input.locks),
    checksPart(input.task),
    input.dependencies.length === 0 ? null : bounded('dependencies', dependencyPart(input)),
    input.previous === null ? null : bounded('previous', previousPart(input.previous)),
    input.projectNotes === null ? null : bounded('notes', `## Notes of the project\n\n${input.projectNotes.trim()}`),
    reportPart(input.task),
  ];
  return { text: `${parts.filter((part) => part !== null).join('\n\n')}\n`, cut };
}

function header({ task, attempt }: BriefingInput): string {
  const labels = task.labels.length > 0 ? ` Labels: ${task.labels.join(', ')}.` : '';
  return `# ${task.title}\n\nTask ${task.id}, a ${task.priority} priority ${task.type}, attempt ${attempt} of at most ${task.maxAttempts}.${labels}`;
}

function subtaskPart({ subtasks }: BriefingInput): string | null {
  if (subtasks.length === 0) return null;
  return `## Subtasks\n\n${subtasks.map((subtask) => `- [${subtask.done ? 'x' : ' '}] ${subtask.title}`).join('\n')}`;
}

function scopePart(locks: readonly LockRequest[]): string {
  const list = (mode: string): string => locks.filter((lock) => lock.mode === mode).map((lock) => `- \`${lock.pattern}\``).join('\n');
  if (locks.length === 0) return '## What you may write\n\nAnything in this working folder that the task needs. Nothing outside of it.';
  const writable = list('exclusive');
  const shared = list('shared');
  const write = writable === '' ? 'Nothing: this task only reads.' : `Only paths that match these patterns. A change anywhere else fails the run:\n\n${writable}`;
  return `## What you may write\n\n${write}${shared === '' ? '' : `\n\nThese stay unchanged by others while you read them:\n\n${shared}`}`;
}

function checksPart(task: Task): string | null {
  if (task.verify.length === 0) return null;
  return `## What will be checked\n\nWhen you are done, these commands are run in this folder, and each must exit 0:\n\n${task.verify.map((command) => `- \`${command}\``).join('\n')}`;
}

function dependencyPart({ dependencies, dependents }: BriefingInput): string {
  const rows = dependencies.map((dependency) => {
    const result = dependency.result === null ? '' : `\n  It handed over: ${oneLine(JSON.stringify(dependency.result))}`;
    const changed = dependency.changedPaths.length === 0 ? '' : `\n  It changed: ${dependency.changedPaths.slice(0, 20).join(', ')}`;
    return `- ${dependency.id} (${dependency.status}): ${dependency.title}${result}${changed}`;
  });
  const after = dependents.length === 0 ? '' : `\n\nWaiting for this task: ${dependents.slice(0, 20).join(', ')}.`;
  return `## What this task builds on\n\nThe results of these tasks are in your working folder:\n\n${rows.join('\n')}${after}`;
}

function previousPart(previous: PreviousAttempt): string {
  const message = previous.message === null ? '' : ` ${previous.message}`;
  const where = previous.continued ? 'Your working folder starts with what that attempt left.' : previous.ref === null ? 'Your working folder is fresh.' : `Your working folder is fresh; that attempt's work is at \`${previous.ref}\`.`;
  const checks = previous.checkOutput.map((check) => `\n\nThe end of the output of \`${check.command}\`:\n\n${fenced(check.tail)}`).join('');
  return `## What went wrong before\n\nThe attempt before this one ended as ${previous.outcome}.${message} ${where}${checks}`;
}

function reportPart(task: Task): string {
  return [
    '## How to report',
    '',
    'The program `ai` is on your PATH, and your lease is in the environment.',
    '',
    `- Progress: \`ai task progress ${task.id} --percent 40 --note "what is done"\``,
    `- A step of your own: \`ai subtask add ${task.id} "title"\`, then \`ai subtask complete ID\``,
    `- If you can't go on: \`ai task block ${task.id} --reason "why"\``,
    '- Done: exit 0. Failed: exit with another code, and say why as the last thing you print.',
    '',
    'Commit or not, as you like: everything in this folder that git does not ignore is taken as your work.',
  ].join('\n');
}

/** A fence longer than any run of backticks inside, so that quoted output can't end it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

function oneLine(text: string): string {
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}

function shorten(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += utf8Bytes(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

import { AiError } from '../kernel/errors.js';
import { parseAgentId, quote, type AgentId } from '../kernel/ids.js';
import { LIMITS } from '../kernel/limits.js';
import { parseLine, parseText } from '../kernel/text.js';
import { parsePattern } from '../glob/pattern.js';
import type { LockRequest } from '../lock/path-lock.js';
import { ISOLATIONS, PRIORITIES, type Isolation, type Priority, type TaskSpec } from './task.js';

/** A task as people and files state it: every key but the title is optional, ids are still text. */
export interface TaskEntry {
  readonly title: string;
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly priority?: string | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly requires?: readonly string[] | undefined;
  readonly skills?: readonly string[] | undefined;
  readonly agent?: string | null | undefined;
  readonly project?: string | null | undefined;
  readonly parent?: string | null | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  readonly locks?: readonly LockRequest[] | undefined;
  readonly verify?: readonly string[] | undefined;
  readonly isolation?: string | undefined;
  readonly timeoutMs?: number | null | undefined;
  readonly budgetUsd?: string | null | undefined;
  readonly maxAttempts?: number | undefined;
  readonly targetBranch?: string | null | undefined;
}

export interface TaskDefaults {
  readonly maxAttempts: number;
  readonly isolation: Isolation;
  readonly targetBranch: string | null;
}

/** Checks everything but the ids. Throws INVALID_INPUT or INVALID_GLOB. */
export function parseTaskEntry(entry: TaskEntry, defaults: TaskDefaults): Omit<TaskSpec, 'parent' | 'dependsOn'> {
  return { ...parseWhat(entry), ...parseHow(entry, defaults) };
}

type WhatKey = 'title' | 'description' | 'type' | 'priority' | 'labels' | 'requires' | 'skills' | 'agent' | 'project';

function parseWhat(entry: TaskEntry): Pick<TaskSpec, WhatKey> {
  return {
    title: parseTitle(entry.title),
    description: parseDescription(entry.description ?? ''),
    type: parseWord(entry.type ?? 'task', 'type'),
    priority: parsePriority(entry.priority ?? 'medium'),
    labels: parseWords(entry.labels ?? [], 'label'),
    requires: parseWords(entry.requires ?? [], 'capability'),
    skills: parseWords(entry.skills ?? [], 'skill'),
    agent: parseOptionalAgent(entry.agent),
    project: entry.project == null ? null : parseWord(entry.project, 'project'),
  };
}

function parseHow(entry: TaskEntry, defaults: TaskDefaults): Omit<TaskSpec, WhatKey | 'parent' | 'dependsOn'> {
  return {
    locks: parseLocks(entry.locks ?? []),
    verify: parseCommands(entry.verify ?? []),
    isolation: parseIsolation(entry.isolation ?? defaults.isolation),
    timeoutMs: entry.timeoutMs ?? null,
    budgetUsd: entry.budgetUsd == null ? null : parseBudget(entry.budgetUsd),
    maxAttempts: parseMaxAttempts(entry.maxAttempts ?? defaults.maxAttempts),
    targetBranch: entry.targetBranch == null ? defaultBranch(entry.targetBranch, defaults) : parseBranch(entry.targetBranch),
  };
}

export const parseTitle = (text: string): string => parseLine(text, { name: 'title', max: LIMITS.titleCharacters });
export const parseDescription = (text: string): string => parseText(text, { name: 'description', max: LIMITS.descriptionBytes });
export const parseReason = (text: string): string => parseText(text.trim(), { name: 'reason', max: LIMITS.reasonCharacters });
export const parseOptionalAgent = (text: string | null | undefined): AgentId | null => (text == null ? null : parseAgentId(text));

export function parsePriority(text: string): Priority {
  return oneOf(text, PRIORITIES, 'priority');
}

export function parseIsolation(text: string): Isolation {
  return oneOf(text, ISOLATIONS, 'isolation');
}

export function oneOf<T extends string>(text: string, allowed: readonly T[], name: string): T {
  const found = allowed.find((word) => word === text);
  if (found === undefined) throw new AiError({ code: 'INVALID_INPUT', message: `${quote(text)} is no ${name}; it is one of ${allowed.join(', ')}.` });
  return found;
}

const WORD = /^[\p{L}\p{N}][\p{L}\p{N}._:/@+-]*$/u;

export function parseWord(text: string, name: string): string {
  const word = parseLine(text, { name, max: LIMITS.labelCharacters });
  if (!WORD.test(word)) {
    throw new AiError({ code: 'INVALID_INPUT', message: `${quote(text)} is no ${name}: use letters, digits and . _ : / @ + - without spaces.` });
  }
  return word;
}

export function parseWords(texts: readonly string[], name: string): string[] {
  const words = [...new Set(texts.map((text) => parseWord(text, name)))];
  if (words.length > LIMITS.labelsPerTask) throw tooMany(words.length, `${name} entries`, LIMITS.labelsPerTask);
  return words;
}

/** Same pattern twice: the stronger mode wins. Patterns are kept as written. */
export function parseLocks(locks: readonly LockRequest[]): LockRequest[] {
  if (locks.length > LIMITS.locksPerTask) throw tooMany(locks.length, 'locks', LIMITS.locksPerTask);
  const byPattern = new Map<string, LockRequest>();
  let alternatives = 0;
  for (const lock of locks) {
    alternatives += parsePattern(lock.pattern).alternatives.length;
    if (alternatives > LIMITS.lockAlternativesPerTask) throw tooMany(alternatives, 'lock patterns, braces expanded,', LIMITS.lockAlternativesPerTask);
    const before = byPattern.get(lock.pattern);
    if (before?.mode !== 'exclusive') byPattern.set(lock.pattern, { pattern: lock.pattern, mode: lock.mode });
  }
  return [...byPattern.values()];
}

export function parseCommands(commands: readonly string[]): string[] {
  if (commands.length > LIMITS.verifyCommandsPerTask) throw tooMany(commands.length, 'verify commands', LIMITS.verifyCommandsPerTask);
  return commands.map((command) => {
    const text = parseText(command.trim(), { name: 'verify command', max: LIMITS.commandCharacters });
    if (text === '') throw new AiError({ code: 'INVALID_INPUT', message: 'A verify command is empty.', hint: '--verify "npm test"' });
    return text;
  });
}

export function parseMaxAttempts(value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > LIMITS.maxAttempts) {
    throw new AiError({ code: 'INVALID_INPUT', message: `The number of attempts is a whole number from 1 to ${LIMITS.maxAttempts}, not ${value}.` });
  }
  return value;
}

const BRANCH_CHARACTERS = 255;
/** What git-check-ref-format(1) refuses in a branch name. */
const NO_BRANCH = /^[-/.]|[\s~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|[/.]$|^@$/;

/** The short name of a branch. Throws INVALID_INPUT. */
export function parseBranch(text: string): string {
  const name = parseLine(text, { name: 'branch', max: BRANCH_CHARACTERS });
  if (NO_BRANCH.test(name)) throw new AiError({ code: 'INVALID_INPUT', message: `${quote(text)} can't name a branch.`, hint: 'git branch --list' });
  return name;
}

/** Null is said on purpose; nothing said means the default. */
function defaultBranch(said: null | undefined, defaults: TaskDefaults): string | null {
  return said === null ? null : defaults.targetBranch;
}

const MONEY = /^\d{1,9}(\.\d{1,6})?$/;

/** A decimal string in US dollars. NaN, negative, infinite and exponent forms are refused. */
export function parseBudget(text: string): string {
  const money = text.trim().replace(/^\$/, '');
  if (!MONEY.test(money) || Number(money) === 0) throw new AiError({ code: 'INVALID_INPUT', message: `${quote(text)} is no budget: write US dollars such as 2.50.` });
  return money;
}

function tooMany(count: number, what: string, limit: number): AiError {
  return new AiError({ code: 'INVALID_INPUT', message: `${count} ${what} are too many; the limit is ${limit}.` });
}

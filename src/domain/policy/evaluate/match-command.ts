import type { CommandReading, SimpleCommand, Word } from '../command/read-command.js';
import type { CommandPattern } from '../layer.js';
import { skipOptions } from './program-options.js';

/** Whether a command is one that a pattern means; unknown when a word that decides it is only known when it runs. */
export type CommandMatch = 'yes' | 'no' | 'unknown';

/**
 * Compares for a deny or an ask: a program by its last name and in any case, options between program and sub-command
 * skipped, options in every spelling that programs usually take (`--force=x`, `--forc`, `-uf`).
 */
export function guardsCommand(pattern: CommandPattern, command: SimpleCommand): CommandMatch {
  const begins = guardsStart(pattern.starts, command.words);
  if (begins !== 'yes' || pattern.any.length === 0) return begins;
  const [, ...rest] = command.words;
  if (rest.some((word) => word !== null && pattern.any.some((wanted) => isOption(wanted, word)))) return begins;
  return command.words.includes(null) ? 'unknown' : 'no';
}

/** The strictest answer over all commands of a line: what could not be read may be one of them. */
export function guardsReading(pattern: CommandPattern, reading: CommandReading): CommandMatch {
  let answer: CommandMatch = reading.kind === 'plain' ? 'no' : 'unknown';
  for (const command of reading.commands) {
    const match = guardsCommand(pattern, command);
    if (match === 'yes') return match;
    if (match === 'unknown') answer = match;
  }
  return answer;
}

/** Compares for an allow: word by word, exactly as written, and nothing skipped. */
export function allowsCommand(pattern: CommandPattern, command: SimpleCommand): boolean {
  const rest = command.words.slice(1);
  return pattern.starts.every((wanted, index) => command.words[index] === wanted) && (pattern.any.length === 0 || rest.some((word) => word !== null && pattern.any.includes(word)));
}

function guardsStart(starts: readonly string[], words: readonly Word[]): CommandMatch {
  const [program, ...wanted] = starts;
  if (program === undefined) return 'yes';
  const [first, ...rest] = words;
  if (first === null) return 'unknown';
  if (first === undefined || !isProgram(program, first)) return 'no';
  const literal = beginsWith(rest, wanted);
  if (literal === 'yes' || wanted.length === 0) return literal;
  const skipped = skipOptions(programName(first), rest);
  if (skipped === 'unknown') return 'unknown';
  const afterOptions = beginsWith(skipped, wanted);
  return afterOptions === 'no' ? literal : afterOptions;
}

function beginsWith(words: readonly Word[], wanted: readonly string[]): CommandMatch {
  for (const [index, word] of wanted.entries()) {
    const actual = words[index];
    // A word that is not known may stand for several words or none, so that nothing is known of what follows it.
    if (actual === null) return 'unknown';
    if (actual !== word) return 'no';
  }
  return 'yes';
}

function isProgram(wanted: string, word: string): boolean {
  if (!wanted.includes('/')) return programName(word) === programName(wanted);
  const path = wanted.replace(/^(\.\/)+/, '').toLowerCase();
  const actual = word.replace(/^(\.\/)+/, '').toLowerCase();
  return actual === path || actual.endsWith(path.startsWith('/') ? path : `/${path}`);
}

/** `/usr/bin/Git` and `git.exe` run git wherever case and extension do not count. */
export const programName = (word: string): string => word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1).toLowerCase().replace(/\.(exe|cmd|bat|com)$/, '');

const LONG = /^--[A-Za-z]/;
const SHORTEST_ABBREVIATION = 3;

function isOption(wanted: string, word: string): boolean {
  if (word === wanted || (wanted.startsWith('-') && word.startsWith(`${wanted}=`))) return true;
  if (LONG.test(wanted)) return word.length >= SHORTEST_ABBREVIATION && LONG.test(word) && wanted.startsWith(word.split('=')[0] ?? word);
  return /^-[A-Za-z0-9]$/.test(wanted) && /^-[A-Za-z0-9]/.test(word) && word.includes(wanted.charAt(1));
}

import type { CommandPattern } from '../layer.js';

/** A command as its words. */
export type Words = readonly string[];

/**
 * A command that both patterns match, or null when there is none: proved for commands without options between program
 * and sub-command. Names of programs count as equal when their last names are, whatever their case: `/usr/bin/git` may be
 * read as `git`, so it is never taken for another program; nor is a word proved another one where one of the patterns
 * names options, which may be skipped.
 */
export function findCommonCommand(a: CommandPattern, b: CommandPattern): Words | null {
  const [longer, shorter] = a.starts.length >= b.starts.length ? [a.starts, b.starts] : [b.starts, a.starts];
  if (!mayBeSameProgram(shorter[0], longer[0])) return null;
  const namesOptions = [...a.starts, ...b.starts].some((word) => word.startsWith('-'));
  if (!namesOptions && !shorter.slice(1).every((word, index) => word === longer[index + 1])) return null;
  return extend(extend(withProgram(longer), a.any), b.any);
}

/** A command that the pattern matches. */
export const exampleCommand = (pattern: CommandPattern): Words => extend(withProgram(pattern.starts), pattern.any);

const withProgram = (starts: Words): Words => (starts.length === 0 ? ['true'] : starts);

/** True when every command that `inner` matches is matched by `outer`. */
export function coversCommands(outer: CommandPattern, inner: CommandPattern): boolean {
  const begins = outer.starts.length <= inner.starts.length && outer.starts.every((word, index) => word === inner.starts[index]);
  if (!begins || outer.any.length === 0) return begins;
  const isOuter = (word: string): boolean => outer.any.includes(word);
  return inner.starts.slice(1).some(isOuter) || (inner.any.length > 0 && inner.any.every(isOuter));
}

function extend(words: Words, any: readonly string[]): Words {
  const [first] = any;
  return first === undefined || words.slice(1).some((word) => any.includes(word)) ? words : [...words, first];
}

const mayBeSameProgram = (a: string | undefined, b: string | undefined): boolean => a === undefined || b === undefined || programName(a) === programName(b);

const programName = (word: string): string => word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1).toLowerCase().replace(/\.(exe|cmd|bat|com)$/, '');

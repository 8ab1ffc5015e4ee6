import { toRanges, type Ranges } from './code-points.js';
import { invalidGlob } from './invalid-glob.js';

/** `[a-z]` or `[!a-z]` as written. */
export interface CharacterClass {
  readonly negated: boolean;
  readonly ranges: Ranges;
}

/**
 * Index of the bracket that closes the one at `start` of the text, which is a part of the pattern.
 * Throws INVALID_GLOB when there is none in the same path segment.
 */
export function classEnd(text: string, start: number, pattern: string): number {
  const first = text.charAt(start + 1) === '!' ? start + 2 : start + 1;
  const end = text.indexOf(']', first + 1);
  const slash = text.indexOf('/', start);
  if (end === -1 || (slash !== -1 && slash < end)) {
    throw invalidGlob(pattern, 'a "[" is never closed within its path segment', 'Close it with "]", or write [[] for a literal bracket.');
  }
  return end;
}

/** Reads what stands between the brackets. Throws INVALID_GLOB, naming the whole pattern. */
export function parseClass(inside: string, pattern: string): CharacterClass {
  if (inside.startsWith('^')) throw invalidGlob(pattern, '"[^" does not negate here', 'Write [!...] for "none of these".');
  if (/\[[:.=]/.test(inside)) throw invalidGlob(pattern, 'named character classes are not supported', 'Write the characters, as in [a-z0-9].');
  const negated = inside.startsWith('!');
  const members = Array.from(negated ? inside.slice(1) : inside);
  return { negated, ranges: toRanges(readRanges(members, pattern)) };
}

function readRanges(members: readonly string[], pattern: string): [number, number][] {
  const ranges: [number, number][] = [];
  for (let at = 0; at < members.length; at += 1) {
    const low = pointAt(members, at);
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    const high = isRange ? pointAt(members, at + 2) : low;
    if (high < low) throw invalidGlob(pattern, `the range ${members.slice(at, at + 3).join('')} runs backwards`, 'Write the smaller character first.');
    ranges.push([low, high]);
    if (isRange) at += 2;
  }
  return ranges;
}

const pointAt = (members: readonly string[], at: number): number => members[at]?.codePointAt(0) ?? 0;

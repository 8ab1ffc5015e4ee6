import { comparisonKey } from './comparison-key.js';
import { expandBraces } from './braces.js';
import { invalidGlob } from './invalid-glob.js';
import { ANY_DEPTH, ANY_NAME, parseSegment, type Segment } from './segment.js';

export const PATTERN_CHARACTERS = 1_024;

/** A pattern that was read and found valid. */
export interface Pattern {
  readonly text: string;
  /** What the braces stand for, each as the names of a path. A path matches the pattern when it matches one of them. */
  readonly alternatives: readonly (readonly Segment[])[];
}

/**
 * Reads a path pattern. The grammar: literal text, `?`, `*`, `[abc]`, `[!abc]`, `{a,b}`, and `**` as a whole
 * path segment. A pattern without wildcard covers the name and everything below it; a `/` at the end
 * means everything below; `src/**` does not cover `src` itself. Names that begin with a dot are
 * names like all others. Throws INVALID_GLOB with the reason and what to write instead.
 */
export function parsePattern(text: string): Pattern {
  refuseUnsafeText(text);
  const composed = comparisonKey(text, false);
  return { text, alternatives: expandBraces(composed, text).map((alternative) => readAlternative(alternative, text)) };
}

function readAlternative(alternative: string, pattern: string): readonly Segment[] {
  const names = alternative.split('/');
  const isSubtree = names.length > 1 && names.at(-1) === '';
  if (isSubtree) names.pop();
  const segments: Segment[] = [];
  for (const name of names) {
    const segment = parseSegment(name, pattern);
    if (segment.kind !== 'any-depth' || segments.at(-1) !== ANY_DEPTH) segments.push(segment);
  }
  if (isSubtree && segments.at(-1) !== ANY_DEPTH) segments.push(ANY_DEPTH);
  // "**" at the end asks for at least one name; a bare name covers itself and all below.
  if (segments.at(-1) === ANY_DEPTH) segments.push(ANY_NAME);
  else if (!segments.some((segment) => segment.kind !== 'literal')) segments.push(ANY_DEPTH);
  return segments;
}

const DANGEROUS = /[\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Cf}]|(?! )\p{Zs}/u;

function refuseUnsafeText(text: string): void {
  if (text === '') throw invalidGlob(text, 'it is empty', 'Write ** for every path.');
  if (text.length > PATTERN_CHARACTERS) throw invalidGlob(text, `it has ${text.length} characters and the limit is ${PATTERN_CHARACTERS}`, 'Write several patterns, or a shorter one with *.');
  const [dangerous] = DANGEROUS.exec(text) ?? [];
  if (dangerous === '\\') throw invalidGlob(text, 'it has a backslash', 'Write / between names, and [*] for a literal special character.');
  if (dangerous !== undefined) throw invalidGlob(text, `it has the invisible or control character ${codePointName(dangerous)}`, 'Write the name without it, or ? in its place.');
  if (text.trim() !== text) throw invalidGlob(text, 'it begins or ends with a space', 'Leave the space out, or write [ ] if the name has one.');
  if (/^(\/|[A-Za-z]:|~(\/|$))/.test(text)) throw invalidGlob(text, 'it is an absolute path', 'Write the path from the root of the repository, as in src/auth.');
  if (/^!(?!\()/.test(text)) throw invalidGlob(text, 'a "!" at the beginning does not negate', 'Put what is left out into the exceptions of the set.');
}

const codePointName = (character: string): string => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

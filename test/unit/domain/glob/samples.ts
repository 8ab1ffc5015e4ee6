import fc from 'fast-check';

/** A generated pattern, and the patterns without braces that it must stand for. */
export interface SamplePattern {
  readonly text: string;
  readonly expansions: readonly string[];
}

interface Part {
  readonly text: string;
  readonly expansions: readonly string[];
}

const plain = (text: string): Part => ({ text, expansions: [text] });
const join = (parts: readonly Part[], separator: string): Part => ({
  text: parts.map((part) => part.text).join(separator),
  expansions: parts.reduce<string[]>((beginnings, part, index) => beginnings.flatMap((beginning) => part.expansions.map((ending) => (index === 0 ? ending : beginning + separator + ending))), ['']),
});
const brace = (parts: readonly Part[]): Part => ({ text: `{${parts.map((part) => part.text).join(',')}}`, expansions: parts.flatMap((part) => part.expansions) });

const character = fc.constantFrom('a', 'b', 'a', 'b', '*', '?', '[ab]', '[!a]', '[!b.]', '[a-c]', '.');
const word = fc.constantFrom('a', 'b', 'ab', '.a', 'a.b', 'a/b', '*', 'b*', '?').map(plain);
const innerBrace = fc.array(word, { minLength: 2, maxLength: 2 }).map(brace);
const outerBrace = fc.array(fc.oneof({ weight: 4, arbitrary: word }, { weight: 1, arbitrary: innerBrace }), { minLength: 2, maxLength: 3 }).map(brace);
const piece = fc.oneof({ weight: 8, arbitrary: character.map(plain) }, { weight: 1, arbitrary: outerBrace });
const name = fc.oneof({ weight: 4, arbitrary: fc.array(piece, { minLength: 1, maxLength: 3 }).map((parts) => join(parts, '')) }, { weight: 1, arbitrary: fc.constant(plain('**')) });

const isValid = (text: string): boolean => text.split('/').every((part) => part === '**' || (!part.includes('**') && !/^\.{0,2}$/.test(part)));

/** Patterns over a small alphabet, so that many pairs meet and many nearly do. */
export const patterns: fc.Arbitrary<SamplePattern> = fc
  .array(name, { minLength: 1, maxLength: 3 })
  .map((names) => join(names, '/'))
  .filter((pattern) => pattern.expansions.length <= 64 && pattern.expansions.every(isValid));

/** Text of any code points, more often of scripts with upper and lower case. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0x24ff), fc.nat(0x10ffff)), { maxLength: 8 })
  .map((points) => String.fromCodePoint(...points));

export const patternTexts = patterns.map((pattern) => pattern.text);

function pathsOver(names: readonly string[], depth: number): string[] {
  return depth === 1 ? [...names] : [...names, ...pathsOver(names, depth - 1).flatMap((rest) => names.map((first) => `${first}/${rest}`))];
}

/** Every short path over the alphabet of the patterns, one character more than they name, and some longer ones. */
export const smallPaths: readonly string[] = [
  ...new Set([
    ...pathsOver(['a', 'b', 'c', 'ab', 'ba', 'aa', '.a', 'a.', '...', 'a.b', 'bab'], 2),
    ...pathsOver(['a', 'b', 'x', '.b', 'ab'], 3),
    ...pathsOver(['a', 'b'], 4),
  ]),
];


import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXPANSION_LIMIT, expandBraces } from '../../../../src/domain/glob/braces.js';
import { parsePattern, PATTERN_CHARACTERS } from '../../../../src/domain/glob/pattern.js';
import { isAiError } from '../../../../src/domain/kernel/errors.js';
import { quote } from '../../../../src/domain/kernel/ids.js';
import { anyText, patterns } from './samples.js';

function refusal(text: string): string {
  try {
    parsePattern(text);
  } catch (error) {
    if (isAiError(error, 'INVALID_GLOB')) return error.message;
    throw error;
  }
  return 'accepted';
}

const FROM_ROOT = 'Write the path from the root of the repository, as in src/auth.';
const WHOLE_SEGMENT = '"**" stands beside other characters. Write ** as a whole path segment, as in src/**/*.ts, or a single *.';
const ALTERNATIVES = 'Write {a,b} for alternatives, or [(] for a literal parenthesis.';
const tooMany = `its braces stand for more than ${EXPANSION_LIMIT} patterns. Write several patterns, or use * instead of naming every case.`;

describe('refused patterns', () => {
  it.each([
    ['', 'it is empty. Write ** for every path.'],
    ['a'.repeat(PATTERN_CHARACTERS + 1), 'it has 1025 characters and the limit is 1024. Write several patterns, or a shorter one with *.'],
    ['src\\a', 'it has a backslash. Write / between names, and [*] for a literal special character.'],
    ['a\u0000b', 'it has the invisible or control character U+0000. Write the name without it, or ? in its place.'],
    ['a\nb', 'it has the invisible or control character U+000A. Write the name without it, or ? in its place.'],
    ['a\u0085', 'it has the invisible or control character U+0085. Write the name without it, or ? in its place.'],
    ['.g\u200bit', 'it has the invisible or control character U+200B. Write the name without it, or ? in its place.'],
    ['a\u202eb', 'it has the invisible or control character U+202E. Write the name without it, or ? in its place.'],
    ['a\ufe0fb', 'it has the invisible or control character U+FE0F. Write the name without it, or ? in its place.'],
    ['a\u00adb', 'it has the invisible or control character U+00AD. Write the name without it, or ? in its place.'],
    ['a\u3164b', 'it has the invisible or control character U+3164. Write the name without it, or ? in its place.'],
    ['a\u00a0b', 'it has the invisible or control character U+00A0. Write the name without it, or ? in its place.'],
    ['a\ud800', 'it has the invisible or control character U+D800. Write the name without it, or ? in its place.'],
    ['a\u{e0041}', 'it has the invisible or control character U+E0041. Write the name without it, or ? in its place.'],
    [' src', 'it begins or ends with a space. Leave the space out, or write [ ] if the name has one.'],
    ['/src', `it is an absolute path. ${FROM_ROOT}`],
    ['C:/src', `it is an absolute path. ${FROM_ROOT}`],
    ['~/src', `it is an absolute path. ${FROM_ROOT}`],
    ['!src/**', 'a "!" at the beginning does not negate. Put what is left out into the exceptions of the set.'],
    ['./src', `it has the path segment ".". ${FROM_ROOT}`],
    ['src/../x', `it has the path segment "..". ${FROM_ROOT}`],
    ['src/{a,..}', `it has the path segment "..". ${FROM_ROOT}`],
    ['src/[.].', `it has the path segment "..". ${FROM_ROOT}`],
    ['src//x', 'it has an empty path segment. Write one "/" between two names.'],
    ['src/x//', 'it has an empty path segment. Write one "/" between two names.'],
    ['src/{,a}/x', 'it has an empty path segment. Write one "/" between two names.'],
    ['{a,}', 'it has an empty path segment. Write one "/" between two names.'],
    ['a**b', WHOLE_SEGMENT],
    ['**.ts', WHOLE_SEGMENT],
    ['src/***', WHOLE_SEGMENT],
    ['a{*,b}*', WHOLE_SEGMENT],
    ['!(a)', 'the extended form "!(...)" is not supported. Put what is left out into the exceptions of the set, or [(] for a literal parenthesis.'],
    ['src/!(a)', 'the extended form "!(...)" is not supported. Put what is left out into the exceptions of the set, or [(] for a literal parenthesis.'],
    ['a@(b|c)', `the extended form "@(...)" is not supported. ${ALTERNATIVES}`],
    ['a+(b)', `the extended form "+(...)" is not supported. ${ALTERNATIVES}`],
    ['a?(b)', `the extended form "?(...)" is not supported. ${ALTERNATIVES}`],
    ['a*(b)', `the extended form "*(...)" is not supported. ${ALTERNATIVES}`],
    ['{1..9}', 'the range {1..9} is not supported. Write [1-9] for one character of a range, or list the names: {1,2,3}.'],
    ['{a}', '{a} has one alternative only. List two or more, as in {a,b}, or write [{] and [}] for literal braces.'],
    ['{}', '{} has one alternative only. List two or more, as in {a,b}, or write [{] and [}] for literal braces.'],
    ['{a,b', 'a "{" is never closed. Close it with "}", or write [{] for a literal brace.'],
    ['{a,{b,c}', 'a "{" is never closed. Close it with "}", or write [{] for a literal brace.'],
    ['a}', 'a "}" closes no "{". Write [}] for a literal brace.'],
    ['[a', 'a "[" is never closed within its path segment. Close it with "]", or write [[] for a literal bracket.'],
    ['[a/b]', 'a "[" is never closed within its path segment. Close it with "]", or write [[] for a literal bracket.'],
    ['[]', 'a "[" is never closed within its path segment. Close it with "]", or write [[] for a literal bracket.'],
    ['[!]', 'a "[" is never closed within its path segment. Close it with "]", or write [[] for a literal bracket.'],
    ['{[a,b}', 'a "[" is never closed within its path segment. Close it with "]", or write [[] for a literal bracket.'],
    ['[^a]', '"[^" does not negate here. Write [!...] for "none of these".'],
    ['[[:alpha:]]', 'named character classes are not supported. Write the characters, as in [a-z0-9].'],
    ['[z-a]', 'the range z-a runs backwards. Write the smaller character first.'],
    ['{a,b}'.repeat(9), tooMany],
    [`{${'a,'.repeat(257)}a}`, tooMany],
    ['{a,{b,{c,d}}{e,f}}'.repeat(5), tooMany],
  ])('%j', (text, reason) => expect(refusal(text)).toBe(`${quote(text)} is no path pattern: ${reason}`));

  it('a refusal quotes the text as it was typed, not its composed form', () => {
    expect(refusal('}\u1feb')).toBe(`"}\u1feb" is no path pattern: a "}" closes no "{". Write [}] for a literal brace.`);
    expect(refusal('{\u1feb,[}')).toContain('"{\u1feb,[}" is no path pattern');
  });

  it('any text is either refused with a message that names it, or read', () => {
    const texts = fc.oneof(anyText, fc.string({ unit: fc.constantFrom(...Array.from('ab/*?[]{},.!-()')) }));
    fc.assert(
      fc.property(texts, (text) => {
        const answer = refusal(text);
        expect(answer === 'accepted' || answer.startsWith(`${quote(text)} is no path pattern: `)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('braces', () => {
  it('stand for every combination', () => {
    fc.assert(
      fc.property(patterns, (pattern) => {
        expect(new Set(expandBraces(pattern.text))).toEqual(new Set(pattern.expansions));
      }),
      { numRuns: 500 },
    );
  });
  it(`stand for ${EXPANSION_LIMIT} patterns at most`, () => {
    expect(expandBraces('{a,b}'.repeat(8))).toHaveLength(EXPANSION_LIMIT);
    expect(expandBraces(`{${Array.from({ length: EXPANSION_LIMIT }, (_, index) => index).join(',')}}`)).toHaveLength(EXPANSION_LIMIT);
  });
  it('may be nested as deep as a pattern is long', () => {
    expect(expandBraces(`${'{a,'.repeat(250)}b${'}'.repeat(250)}`)).toEqual(['a', 'b']);
  });
  it('are literal within brackets', () => expect(expandBraces('[{]a[},]')).toEqual(['[{]a[},]']));
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findOverlap } from '../../../../src/domain/glob/overlap.js';
import { compilePathSet } from '../../../../src/domain/glob/path-set.js';
import { literalPrefix, prefixAncestors } from '../../../../src/domain/glob/prefix.js';
import { patternTexts } from './samples.js';

describe('the literal prefix', () => {
  it.each([
    ['src/auth', 'src/auth'],
    ['SRC/Auth/', 'src/auth'],
    ['src/**', 'src'],
    ['src/*.ts', 'src'],
    ['**/*.ts', ''],
    ['*', ''],
    ['src/{a,b}/x', 'src'],
    ['src/{a/b,a/c}/x', 'src/a'],
    ['{src,src/a}/x', 'src'],
    ['{src,docs}', ''],
    ['app/[[]id]/*', 'app/[id]'],
    ['cafe\u0301/*', 'café'],
  ])('of %s is %j', (pattern, prefix) => expect(literalPrefix(pattern)).toBe(prefix));

  it('has its ancestors in order, itself last', () => {
    expect(prefixAncestors('')).toEqual(['']);
    expect(prefixAncestors('src/auth/x')).toEqual(['', 'src', 'src/auth', 'src/auth/x']);
  });

  it('never separates patterns that overlap', () => {
    // Few names, so that many pairs share the beginning; a random tail, so that the rest differs.
    const withPrefix = fc.tuple(fc.constantFrom('', 'a/', 'a/b/', 'A/', 'ab/', '{a,b}/', '{a/b,a}/'), patternTexts).map(([before, rest]) => before + rest);
    fc.assert(
      fc.property(withPrefix, withPrefix, (a, b) => {
        const answer = findOverlap(compilePathSet({ include: [a] }, { fold: true }), compilePathSet({ include: [b] }, { fold: true }));
        const [left, right] = [literalPrefix(a), literalPrefix(b)];
        if (answer.overlap) expect(prefixAncestors(left).includes(right) || prefixAncestors(right).includes(left)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePathSet, matchesPath, type PathSet } from '../../../../src/domain/glob/path-set.js';
import { findOutside } from '../../../../src/domain/glob/subset.js';
import { patternTexts, smallPaths } from './samples.js';

const folded = (include: readonly string[], except: readonly string[] = []): PathSet => compilePathSet({ include, except }, { fold: true });

/** What the answer must be for every pair of sets, whatever they are. */
function checkSubset(inner: PathSet, outer: PathSet): void {
  const answer = findOutside(inner, outer);
  if (answer.subset) {
    expect(smallPaths.filter((path) => matchesPath(inner, path) && !matchesPath(outer, path))).toEqual([]);
    return;
  }
  expect(answer.exact).toBe(true);
  expect(matchesPath(inner, answer.witness)).toBe(true);
  expect(matchesPath(outer, answer.witness)).toBe(false);
}

const some = fc.array(patternTexts, { minLength: 1, maxLength: 2 });
const exceptions = fc.array(patternTexts, { maxLength: 2 });

describe('a set within another', () => {
  it('agrees with an enumeration of paths, for pairs of patterns', () => {
    fc.assert(
      fc.property(patternTexts, patternTexts, fc.boolean(), (a, b, fold) => checkSubset(compilePathSet({ include: [a] }, { fold }), compilePathSet({ include: [b] }, { fold }))),
      { numRuns: 500 },
    );
  });

  it('agrees with an enumeration of paths, for sets with exceptions', () => {
    fc.assert(
      fc.property(some, exceptions, some, exceptions, (includeA, exceptA, includeB, exceptB) => checkSubset(folded(includeA, exceptA), folded(includeB, exceptB))),
      { numRuns: 250 },
    );
  });

  it('agrees with an enumeration of paths, for sets that are nearly the same', () => {
    fc.assert(
      fc.property(some, exceptions, patternTexts, (include, except, more) => {
        checkSubset(folded(include, except), folded([...include, more], except));
        checkSubset(folded([...include, more], except), folded(include, except));
        checkSubset(folded(include, [...except, more]), folded(include, except));
        checkSubset(folded(include, except), folded(include, [...except, more]));
      }),
      { numRuns: 120 },
    );
  });

  it('holds for every set and itself, and for a set with fewer exceptions', () => {
    fc.assert(
      fc.property(some, exceptions, patternTexts, (include, except, more) => {
        expect(findOutside(folded(include, except), folded(include, except))).toEqual({ subset: true });
        expect(findOutside(folded(include, [...except, more]), folded([...include, more], except))).toEqual({ subset: true });
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    [['src/auth/**'], [], ['src/**'], []],
    [['src/auth'], [], ['src'], []],
    [['src/auth/login.ts'], [], ['src/auth', 'docs'], []],
    [['**/*.ts'], ['**/*.test.ts'], ['**'], ['**/*.test.ts']],
    [['a/?'], ['a/b'], ['a/[!b]'], []],
    [['{a,b}/**'], [], ['a/**', 'b/**'], []],
    [['SRC/A'], [], ['src/a'], []],
    [['a'], ['**'], ['b'], []],
    [[], [], ['b'], []],
  ])('%j without %j is within %j without %j', (include, except, outer, outerExcept) => expect(findOutside(folded(include, except), folded(outer, outerExcept))).toEqual({ subset: true }));

  it.each([
    [['src/**'], [], ['src/auth/**'], [], 'src/x'],
    [['src'], [], ['src/**'], [], 'src'],
    [['**/*.ts'], [], ['**'], ['**/*.test.ts'], '.test.ts'],
    [['a/*'], [], ['a/[!b]'], [], 'a/b'],
    [['**'], [], ['**'], ['a'], 'a'],
    [['a'], [], [], [], 'a'],
  ])('%j without %j is not within %j without %j: %s', (include, except, outer, outerExcept, witness) => {
    expect(findOutside(folded(include, except), folded(outer, outerExcept))).toEqual({ subset: false, witness, exact: true });
  });

  it('distinguishes spellings only in exact mode', () => {
    const exact = (include: readonly string[]): PathSet => compilePathSet({ include }, { fold: false });
    expect(findOutside(exact(['README']), exact(['readme']))).toEqual({ subset: false, witness: 'README', exact: true });
    expect(() => findOutside(exact(['a']), folded(['a']))).toThrow('one mode');
  });

  it('says so when the question is too hard, and never claims a subset then', () => {
    const many = Array.from({ length: 30 }, (_, index) => `**/a${'?'.repeat(index)}b*`);
    const answer = findOutside(folded(['**/*a*b*a*b*'], many), folded(many.map((pattern) => `${pattern}c`)));
    if (!answer.subset && !answer.exact) expect(answer.witness).toBe('');
    else expect(answer.subset).toBe(false);
  });
});

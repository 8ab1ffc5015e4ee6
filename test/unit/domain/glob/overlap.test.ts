import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FOLDED_CHARACTERS } from '../../../../src/domain/glob/code-points.js';
import { CommonPaths } from '../../../../src/domain/glob/common-path.js';
import { ExceptionStates } from '../../../../src/domain/glob/exception-states.js';
import { findOverlap } from '../../../../src/domain/glob/overlap.js';
import { compilePathSet, matchesPath, type PathSet } from '../../../../src/domain/glob/path-set.js';
import { searchOutside } from '../../../../src/domain/glob/search-outside.js';
import { startWork } from '../../../../src/domain/glob/work.js';
import { patternTexts, smallPaths } from './samples.js';

const folded = (include: readonly string[], except: readonly string[] = []): PathSet => compilePathSet({ include, except }, { fold: true });

/** What the answer must be for every pair of sets, whatever they are. */
function checkOverlap(a: PathSet, b: PathSet): void {
  const answer = findOverlap(a, b);
  const shared = smallPaths.filter((path) => matchesPath(a, path) && matchesPath(b, path));
  if (!answer.overlap) expect(shared).toEqual([]);
  else {
    expect(answer.exact).toBe(true);
    expect(matchesPath(a, answer.witness)).toBe(true);
    expect(matchesPath(b, answer.witness)).toBe(true);
  }
  const other = findOverlap(b, a);
  expect(other.overlap).toBe(answer.overlap);
}

const some = fc.array(patternTexts, { minLength: 1, maxLength: 2 });
const exceptions = fc.array(patternTexts, { maxLength: 3 });

describe('overlap is exact', () => {
  it('for pairs of patterns', () => {
    fc.assert(
      fc.property(patternTexts, patternTexts, fc.boolean(), (a, b, fold) => checkOverlap(compilePathSet({ include: [a] }, { fold }), compilePathSet({ include: [b] }, { fold }))),
      { numRuns: 600 },
    );
  });

  it('for sets with exceptions', () => {
    fc.assert(
      fc.property(some, exceptions, some, exceptions, (includeA, exceptA, includeB, exceptB) => checkOverlap(folded(includeA, exceptA), folded(includeB, exceptB))),
      { numRuns: 300 },
    );
  });

  it('for sets and the exceptions that take nearly all of them away', () => {
    fc.assert(
      fc.property(patternTexts, patternTexts, exceptions, (a, b, others) => checkOverlap(folded([a, b], [a, ...others]), folded([b, a], others))),
      { numRuns: 150 },
    );
  });

  it('two methods agree: by names and gaps, and by a walk over the automata', () => {
    fc.assert(
      fc.property(patternTexts, patternTexts, (a, b) => {
        for (const left of folded([a]).include) {
          for (const right of folded([b]).include) {
            const work = startWork(1_000_000);
            const walked = searchOutside({ left, right, except: new ExceptionStates([], FOLDED_CHARACTERS, work), maxStates: 20_000 }, work);
            expect(walked.kind).toBe(new CommonPaths(work).find(left, right) === null ? 'none' : 'found');
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('for every script: the witness belongs to both even where characters compose', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'É', 'é', 'e', '\u0301', '*', '?', '[!a]', '[É-ý]', '𝒳', 'Σ', 'ς', 'ᄀ', 'ᅡ', '/'), minLength: 1, maxLength: 5 });
    const valid = text.filter((pattern) => !/\*\*|\/\/|^\/|\/$/.test(pattern));
    fc.assert(
      fc.property(valid, valid, fc.boolean(), (a, b, fold) => {
        const [left, right] = [compilePathSet({ include: [a] }, { fold }), compilePathSet({ include: [b] }, { fold })];
        const answer = findOverlap(left, right);
        if (answer.overlap && answer.exact) expect([matchesPath(left, answer.witness), matchesPath(right, answer.witness)]).toEqual([true, true]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('witnesses', () => {
  it.each([
    ['src/**', '**/login.ts', 'src/login.ts'],
    ['src/auth', 'src/**', 'src/auth'],
    ['src/auth', 'src/auth/login.ts', 'src/auth/login.ts'],
    ['src', 'src/auth/**', 'src/auth/x'],
    ['**/*.ts', 'src/**', 'src/x.ts'],
    ['**', '**', 'x'],
    ['test-*', '*.ts', 'test-x.ts'],
    ['*auth*', '*', 'auth'],
    ['?', '[!x]', 'a'],
    ['SRC/A', 'src/a', 'src/a'],
    ['{docs,src}/api', 'src/*', 'src/api'],
    ['a/**/z', 'a/*/*/z', 'a/x/x/z'],
    ['.*', '??', '.x'],
  ])('%s and %s both cover %s', (a, b, witness) => expect(findOverlap(folded([a]), folded([b]))).toEqual({ overlap: true, witness, exact: true }));

  it.each([
    ['*.ts', '*.js'],
    ['src/**', 'src-old/**'],
    ['src/auth', 'src/authors'],
    ['a/*', 'a/*/b'],
    ['.*', '?'],
    ['[a-c]x', '[!a-c]x'],
    ['src/*.ts', 'src/auth/**'],
    ['**/a', '**/b'],
  ])('%s and %s share nothing', (a, b) => expect(findOverlap(folded([a]), folded([b]))).toEqual({ overlap: false }));

  it.each([
    [['src/**'], ['src/billing'], ['src/billing/**'], null],
    [['src/**'], ['src/x'], ['src/**'], 'src/a'],
    [['**'], ['**/*.ts'], ['src/*.{ts,js}'], 'src/x.js'],
    [['a/?'], ['a/[!q]'], ['**'], 'a/q'],
    [['a'], ['a/**'], ['a/**'], null],
    [['a'], ['a/**'], ['**'], 'a'],
  ])('%j without %j and %j', (include, except, other, witness) => {
    expect(findOverlap(folded(include, except), folded(other))).toEqual(witness === null ? { overlap: false } : { overlap: true, witness, exact: true });
  });

  it('an exception of either set counts', () => {
    expect(findOverlap(folded(['a/**'], ['a/b/**']), folded(['a/**'], ['a/[!b]', 'a/[!b]/**', 'a/??*', 'a/??*/**']))).toEqual({ overlap: true, witness: 'a/b', exact: true });
    expect(findOverlap(folded(['a/*'], ['a/b']), folded(['a/?'], ['a/[!b]']))).toEqual({ overlap: false });
  });

  it('an empty set overlaps nothing', () => expect(findOverlap(folded([]), folded(['**']))).toEqual({ overlap: false }));

  it('sets of different modes are not compared', () => {
    expect(() => findOverlap(folded(['a']), compilePathSet({ include: ['a'] }, { fold: false }))).toThrow('one mode');
  });
});

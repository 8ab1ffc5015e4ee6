import { describe, expect, it } from 'vitest';
import { EXPANSION_LIMIT } from '../../../../src/domain/glob/braces.js';
import { EVERY_CHARACTER } from '../../../../src/domain/glob/code-points.js';
import { CommonPaths } from '../../../../src/domain/glob/common-path.js';
import { CACHE_CHARACTERS, compilePattern } from '../../../../src/domain/glob/compile.js';
import { ExceptionStates } from '../../../../src/domain/glob/exception-states.js';
import { findOverlap, OVERLAP_STATES, OVERLAP_STEPS } from '../../../../src/domain/glob/overlap.js';
import { compilePathSet, matchesCounting, type PathSet } from '../../../../src/domain/glob/path-set.js';
import { PATTERN_CHARACTERS } from '../../../../src/domain/glob/pattern.js';
import { searchOutside } from '../../../../src/domain/glob/search-outside.js';
import { startWork } from '../../../../src/domain/glob/work.js';

const folded = (include: readonly string[], except: readonly string[] = []): PathSet => compilePathSet({ include, except }, { fold: true });

/** Patterns that make a backtracking matcher take exponential time. */
const HOSTILE = ['*a'.repeat(511), '**/a/'.repeat(200), '**/*a*/'.repeat(140), '?'.repeat(1_000), '[!b]*'.repeat(200), `${'*a'.repeat(500)}b`, '*/'.repeat(500), `${'a*'.repeat(300)}/**/${'*b'.repeat(200)}`];

/** Enough for every pair of characters of the longest two, a few times over. */
const STEPS_PER_PAIR = 3 * PATTERN_CHARACTERS ** 2;

describe('work on hostile patterns is bounded', () => {
  it.each(HOSTILE.map((pattern) => [pattern.slice(0, 12), pattern]))('membership of %s... is at most quadratic', (_, pattern) => {
    for (const path of ['a'.repeat(1_000), 'a/'.repeat(500).slice(0, -1), `${'a'.repeat(999)}c`, 'ab/'.repeat(300).slice(0, -1)]) {
      const work = startWork(Number.POSITIVE_INFINITY);
      matchesCounting(folded([pattern]), path, work);
      expect(work.steps).toBeLessThanOrEqual(2 * pattern.length * path.length);
    }
  });

  it('so is the overlap of any two', () => {
    for (const a of HOSTILE) {
      for (const b of HOSTILE) {
        const work = startWork(STEPS_PER_PAIR);
        new CommonPaths(work).find(folded([a]).include[0]!, folded([b]).include[0]!);
        expect(work.steps).toBeLessThanOrEqual(STEPS_PER_PAIR);
        const answer = findOverlap(folded([a]), folded([b]));
        expect(answer.overlap ? answer.exact : true).toBe(true);
      }
    }
  });

  it('a question that exceeds the states is answered safely: they overlap, not proved', () => {
    // Each exception asks for an a at another distance from the end, so the set of states remembers the last 20 characters.
    const except = Array.from({ length: 20 }, (_, distance) => `*a${'?'.repeat(distance)}`);
    const everything = `*${'?'.repeat(21)}`;
    const guarded = folded([`*a${'?'.repeat(20)}`], [...except, everything]);
    expect(findOverlap(guarded, folded(['**']))).toEqual({ overlap: true, witness: `a${'x'.repeat(20)}`, exact: false });
    expect(findOverlap(folded([`*a${'?'.repeat(20)}`], [everything]), folded(['**']))).toEqual({ overlap: false });
  });
});

describe('limits', () => {
  it('wide classes stay small when folded, so that comparing them stays cheap', () => {
    for (const pattern of ['[ -\u{10ffff}]', '[À-\u{10ffff}]', '[! -\u{10ffff}]', '[A-Ωa-ω]', '[!À-Ý]']) {
      const [name] = folded([pattern]).include[0]![0]!;
      const [[set]] = name!.literal === null ? (name!.runs as [[readonly number[]]]) : [[[]]];
      expect(set.length, pattern).toBeGreaterThan(0);
      expect(set.length, pattern).toBeLessThan(200);
    }
  });

  it('a search stops at its states and at its steps', () => {
    const [left, right] = [folded(['*']).include[0]!, folded(['*']).include[0]!];
    const search = (maxSteps: number, maxStates: number) => {
      const work = startWork(maxSteps);
      const except = new ExceptionStates(folded([], ['*']).except, EVERY_CHARACTER, work);
      return searchOutside({ left, right, except, maxStates }, work);
    };
    expect(search(OVERLAP_STEPS, OVERLAP_STATES)).toEqual({ kind: 'none' });
    expect(search(OVERLAP_STEPS, 1)).toEqual({ kind: 'limit' });
    expect(search(5, OVERLAP_STATES)).toEqual({ kind: 'limit' });
  });

  it('the cache is bounded, and a dropped pattern is compiled anew', () => {
    const first = compilePattern('first/**', true);
    expect(compilePattern('first/**', true)).toBe(first);
    const alternatives = EXPANSION_LIMIT - 6;
    const heavy = (which: number) => `{${Array.from({ length: alternatives }, (_, index) => (1296 + index + which * alternatives).toString(36)).join(',')}}`;
    const perPattern = heavy(0).length * alternatives;
    for (let which = 0; which <= CACHE_CHARACTERS / perPattern; which += 1) compilePattern(heavy(which), true);
    expect(compilePattern('first/**', true)).not.toBe(first);
    expect(compilePattern('first/**', true)).toEqual(first);
  });
});

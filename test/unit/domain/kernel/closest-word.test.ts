import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestWord, editDistance } from '../../../../src/domain/kernel/closest-word.js';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['maxAttempts', 'maxAtempts', 1],
    ['abc', '', 3],
  ])('%j to %j is %i', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
  });

  it('is symmetric, zero only for equal words, and at most the longer length', () => {
    fc.assert(
      fc.property(word, word, (from, to) => {
        const distance = editDistance(from, to);
        expect(distance).toBe(editDistance(to, from));
        expect(distance === 0).toBe(from === to);
        expect(distance).toBeLessThanOrEqual(Math.max(from.length, to.length));
      }),
    );
  });
});

describe('closestWord', () => {
  it('finds what was meant, whatever the case', () => {
    expect(closestWord('stallTimout', ['timeout', 'stallTimeout', 'setup'])).toBe('stallTimeout');
    expect(closestWord('MAXATTEMPTS', ['maxAttempts'])).toBe('maxAttempts');
  });

  it('keeps quiet when nothing is near', () => {
    expect(closestWord('colour', ['timeout', 'setup'])).toBeUndefined();
    expect(closestWord('x'.repeat(10_000), ['x'.repeat(64)])).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasPoint } from '../../../../src/domain/glob/code-points.js';
import { comparisonKey } from '../../../../src/domain/glob/comparison-key.js';
import { foldCharacters, LAST_CASED_CODE_POINT } from '../../../../src/domain/glob/fold-characters.js';
import { anyText } from './samples.js';

describe('the form of comparison', () => {
  it('is its own form, folded or not', () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, fold) => {
        const key = comparisonKey(text, fold);
        expect(comparisonKey(key, fold)).toBe(key);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the same for composed and decomposed text', () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, fold) => {
        expect(comparisonKey(text.normalize('NFD'), fold)).toBe(comparisonKey(text, fold));
      }),
      { numRuns: 2_000 },
    );
  });

  it('no character beyond the table of folding changes', () => {
    const changed: number[] = [];
    for (let point = LAST_CASED_CODE_POINT + 1; point <= 0x10ffff; point += 1) {
      const character = String.fromCodePoint(point);
      if (character.toLowerCase() !== character) changed.push(point);
    }
    expect(changed).toEqual([]);
  });

  it('a folded class holds what its members become, and no upper case letter of ASCII', () => {
    fc.assert(
      fc.property(fc.nat(0x24ff), fc.nat(0x400), fc.nat(0x24ff), (low, length, other) => {
        const character = String.fromCodePoint(other);
        // A class speaks of composed characters; these never occur in what it is compared with.
        fc.pre(comparisonKey(character, false) === character);
        const set = foldCharacters([low, low + length]);
        const becomes = comparisonKey(character, true);
        const isMember = other >= low && other <= low + length;
        if (isMember && Array.from(becomes).length === 1) expect(hasPoint(set, becomes.codePointAt(0) ?? 0)).toBe(true);
        if (isMember && becomes === character) expect(hasPoint(set, other)).toBe(true);
        expect(hasPoint(set, 0x41 + (other % 26))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deltas, joinDeltas } from '../../../../../src/adapters/connectors/shared/events.js';
import { clip, escapeControlCharacters, lastLines, MAX_DELTA_CHARACTERS, pieces } from '../../../../../src/adapters/connectors/shared/text.js';

const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const halves = /\p{Surrogate}/u;

describe('cutting text', () => {
  it('into pieces loses nothing, splits no character and keeps the limit', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 20 }), (whole, max) => {
        const parts = pieces(whole, max);
        expect(parts.join('')).toBe(whole);
        expect(parts.every((part) => part.length > 0 && part.length <= max && !halves.test(part))).toBe(true);
      }),
    );
  });

  it('at a length marks the cut', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 20 }), (whole, max) => {
        const cut = clip(whole, max);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(halves.test(cut)).toBe(false);
        expect(cut === whole || cut.endsWith('…')).toBe(true);
      }),
    );
  });

  it('into events of at most 64 KiB, and joins small ones again', () => {
    const events = deltas('text', '€'.repeat(50_000));
    expect(events.map((event) => (event.type === 'text' ? Buffer.byteLength(event.delta) : 0)).every((bytes) => bytes > 0 && bytes <= 65_536)).toBe(true);
    expect(joinDeltas([...deltas('text', 'a'), ...deltas('text', 'b'), ...deltas('thought', 'c'), ...deltas('text', 'd')])).toEqual([
      { type: 'text', delta: 'ab' },
      { type: 'thought', delta: 'c' },
      { type: 'text', delta: 'd' },
    ]);
    expect(joinDeltas([...deltas('text', 'x'.repeat(MAX_DELTA_CHARACTERS)), ...deltas('text', 'y')])).toHaveLength(2);
  });
});

describe('text of an agent', () => {
  it('never steers a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (words) => {
        expect(escapeControlCharacters(words)).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
      }),
    );
    expect(escapeControlCharacters('a\u001b]0;x\u0007b')).toBe('a\\u{1b}]0;x\\u{7}b');
  });

  it('is known by its last lines', () => {
    expect(lastLines('one\n\n two \r\nthree\n', 2)).toBe('two | three');
    expect(lastLines(`${'x'.repeat(100_000)}\n`, 5).length).toBeLessThanOrEqual(2_000);
  });
});

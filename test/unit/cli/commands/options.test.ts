import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyIsNull, sinceSeq, waitMs, wholeNumber, words } from '../../../../src/cli/commands/options.js';

describe('a number on the command line', () => {
  const limit = (text: string): number => wholeNumber(text, { name: '--limit', min: 1, max: 1_000 });

  it('is plain decimal digits within its limits', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000 }), (value) => limit(String(value)) === value));
  });

  it.each(['', ' ', '0', '1001', '-1', '+1', '1.5', '1e2', '0x10', 'NaN', 'Infinity', 'null', '９', '1 2', '9'.repeat(400)])('is not %j', (text) => {
    expect(() => limit(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining('--limit takes a whole number from 1 to 1000') as unknown }) as Error);
  });

  it('never becomes anything but a whole number within the limits, whatever is typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.bigInt().map(String)), (text) => {
        let value: number;
        try {
          value = limit(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_INPUT' });
          return;
        }
        expect(Number.isInteger(value) && value >= 1 && value <= 1_000).toBe(true);
      }),
    );
  });

  it('is a sequence number up to what a double holds exactly', () => {
    expect(sinceSeq(undefined)).toBe(0);
    expect(sinceSeq('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => sinceSeq('9007199254740992')).toThrow('--since takes a whole number');
  });
});

describe('a time to wait', () => {
  it('may be none at all', () => {
    expect([waitMs(undefined, 7), waitMs('0', 7), waitMs('0s', 7), waitMs('250ms', 7), waitMs('1m', 7)]).toEqual([7, 0, 0, 250, 60_000]);
    for (const text of ['', '-1s', '5', 'soon', '1y']) expect(() => waitMs(text, 0)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }) as Error);
  });
});

describe('repeated words', () => {
  it('may also be separated by commas; empty ones are none', () => {
    expect(words(['a', 'b,c', ' d , ', ''])).toEqual(['a', 'b', 'c', 'd']);
    expect(words([''])).toEqual([]);
    expect([emptyIsNull(''), emptyIsNull('  '), emptyIsNull('x')]).toEqual([null, null, 'x']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDurationMs } from '../../../../src/domain/kernel/duration.js';
import { isAiError } from '../../../../src/domain/kernel/errors.js';
import { makeId, parseFencingToken, parseIdPrefix, quote } from '../../../../src/domain/kernel/ids.js';
import { parseLine } from '../../../../src/domain/kernel/text.js';

const refuses = (read: () => unknown): boolean => {
  try {
    read();
    return false;
  } catch (error) {
    return isAiError(error, 'INVALID_INPUT');
  }
};

describe('durations', () => {
  it.each([['90s', 90_000], ['1h30m', 5_400_000], ['250ms', 250], ['1.5h', 5_400_000], [' 2D ', 172_800_000]])('%s', (text, ms) => expect(parseDurationMs(text)).toBe(ms));
  it.each(['', '5', 's', '5x', '-5s', '0s', '5 s', '1h-', '9999d', 'NaNs', '1e3s'])('refuses %j', (text) => expect(refuses(() => parseDurationMs(text))).toBe(true));
});

describe('ids', () => {
  it('every made id parses, in any case, with or without its letter, and so does each prefix', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), fc.integer({ min: 1, max: 6 }), (bytes, length) => {
        const id = makeId('task', bytes);
        expect(id).toMatch(/^t-[0-9a-hjkmnp-tv-z]{6}$/);
        expect(parseIdPrefix('task', id.toUpperCase())).toBe(id);
        expect(parseIdPrefix('task', id.slice(2, 2 + length))).toBe(id.slice(0, 2 + length));
      }),
    );
  });
  it.each(['', 't-', 't-abc!', 't-1234567', 'r-12', '%', "'; drop table task"])('refuses %j as a task id', (text) => expect(refuses(() => parseIdPrefix('task', text))).toBe(true));
  it.each(['', '0', '-1', '1.5', '1e9', '99999999999999999', 'abc'])('refuses %j as a token', (text) => expect(refuses(() => parseFencingToken(text))).toBe(true));
});

describe('text', () => {
  it.each(['a\nb', 'a\u001b[2Jb', 'a\u0000b', 'a\u0085b', 'a\u2028b', '\ud800'])('a title never holds %j', (text) => expect(refuses(() => parseLine(text, { name: 'title', max: 500 }))).toBe(true));
  it('quotes invisible characters visibly', () => expect(quote('a\u202eb\u001b')).toBe('"a\\u202eb\\u001b"'));
});

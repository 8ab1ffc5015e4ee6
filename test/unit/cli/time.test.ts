import { describe, expect, it } from 'vitest';
import { age, iso } from '../../../src/cli/time.js';

describe('age', () => {
  it.each([
    [0, '0s'],
    [-5_000, '0s'],
    [999, '0s'],
    [45_000, '45s'],
    [192_000, '3m 12s'],
    [7_200_000, '2h'],
    [3_600_000 + 59_999, '1h'],
    [5 * 86_400_000 + 4 * 3_600_000, '5d 4h'],
  ])('%i ms is %s', (ms, text) => {
    expect(age(ms)).toBe(text);
  });
});

describe('iso', () => {
  it('has milliseconds and a Z, and keeps null', () => {
    expect(iso(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(iso(null)).toBeNull();
  });
});

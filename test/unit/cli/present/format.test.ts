import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteSize, commandLine, count, duration, someOf, stamp, thousands } from '../../../../src/cli/present/format.js';

describe('figures for people', () => {
  it('are durations', () => {
    expect([0, 240, 999.6, 12_100, 59_949, 60_000, 192_000].map(duration)).toEqual(['0 ms', '240 ms', '1.0 s', '12.1 s', '59.9 s', '1m', '3m 12s']);
  });

  it('are sizes and counts', () => {
    expect([0, 999, 4_200, 64_000_000, 5e12].map(byteSize)).toEqual(['0 B', '999 B', '4.2 kB', '64.0 MB', '5000.0 GB']);
    expect([count(1, 'file'), count(0, 'file'), count(1_204, 'entry', 'entries')]).toEqual(['1 file', '0 files', '1,204 entries']);
    expect(thousands(1_234_567)).toBe('1,234,567');
    expect(stamp(Date.UTC(2026, 2, 1, 9, 30, 5, 999))).toBe('2026-03-01 09:30:05');
    expect([someOf(['a', 'b', 'c'], 3), someOf(['a', 'b', 'c'], 2)]).toEqual(['a, b, c', 'a, b and 1 more']);
  });
});

describe('a command for a person to copy', () => {
  it('is read back by a real shell as the same words', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }).filter((word) => !word.includes('\0')), { minLength: 1, maxLength: 4 }), (words) => {
        const output = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${commandLine(words)}`], { encoding: 'utf8' });
        expect(output).toBe(words.map((word) => `${word}\0`).join(''));
      }),
      { numRuns: 30 },
    );
  });
});

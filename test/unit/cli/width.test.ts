import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStyle } from '../../../src/cli/style.js';
import { displayWidth, padEnd, padStart, truncate } from '../../../src/cli/width.js';

describe('displayWidth', () => {
  it.each([
    ['plain', 5],
    ['', 0],
    ['日本語', 6],
    ['한글', 4],
    ['ｆｕｌｌ', 8],
    ['e\u0301', 1],
    ['👍', 2],
    ['👍🏽', 2],
    ['👩\u200d💻', 2],
    ['❤\ufe0f', 2],
    ['🇨🇭', 2],
    ['…', 1],
    ['✓ done', 6],
  ])('%j takes %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('does not count colours', () => {
    const style = createStyle(true);
    expect(displayWidth(style.bold(style.red('word')))).toBe(4);
  });
});

describe('truncate', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '日', 'e\u0301', '👩\u200d💻', '…'), maxLength: 40 });

  it('never exceeds the columns, and changes nothing that fits', () => {
    fc.assert(
      fc.property(text, fc.nat(50), (value, columns) => {
        const cut = truncate(value, columns);
        expect(displayWidth(cut)).toBeLessThanOrEqual(columns);
        if (displayWidth(value) <= columns) expect(cut).toBe(value);
        else if (columns > 0) expect(cut.endsWith('…')).toBe(true);
      }),
    );
  });

  it('does not tear a character apart', () => {
    expect(truncate('ab👩\u200d💻cd', 4)).toBe('ab…');
  });
});

describe('padding', () => {
  it('fills up to the width and leaves longer text alone', () => {
    expect(padEnd('日', 4)).toBe('日  ');
    expect(padStart('7', 3)).toBe('  7');
    expect(padEnd('long', 2)).toBe('long');
  });
});

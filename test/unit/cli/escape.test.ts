import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeJson, escapeLine, escapeText } from '../../../src/cli/escape.js';

/** What a terminal acts on instead of showing, written apart from the code under test. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const ACTS = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
const hostile = fc.string({ unit: fc.oneof(fc.constantFrom('\u001b', '\u009b', '\u007f', '\u202e', '\u2066', '\u200b', '\u200d', '\ufeff', '\r', '\n', '\t', '\u0000', '\u{e0041}', '\ud800', 'a', '日', '👩', '💻', '\u0301'), fc.string({ unit: 'binary', minLength: 1, maxLength: 2 })) });

describe('escapeLine', () => {
  it('leaves nothing that a terminal acts on', () => {
    fc.assert(fc.property(hostile, (text) => { expect(escapeLine(text)).not.toMatch(ACTS); }));
  });

  it('shows what was there', () => {
    expect(escapeLine('red \u001b[31m, bell \u0007, C1 \u009b, DEL \u007f')).toBe('red \\e[31m, bell \\x07, C1 \\x9b, DEL \\x7f');
    expect(escapeLine('two\nlines\r\tand')).toBe('two\\nlines\\r\\tand');
    expect(escapeLine('safe\u202etxt.exe')).toBe('safe\\u{202e}txt.exe');
    expect(escapeLine('a\u200bb\ufeffc\u{e0041}')).toBe('a\\u{200b}b\\u{feff}c\\u{e0041}');
    expect(escapeLine('half \ud83d')).toBe('half \\u{d83d}');
  });

  it('keeps letters of every script, and emoji that are joined', () => {
    for (const text of ['plain ascii', 'Grüße, 日本語, العربية, हिन्दी, é', '👩\u200d💻 and ❤\ufe0f and 👍🏽']) expect(escapeLine(text)).toBe(text);
  });

  it('does not keep a joiner that joins no emoji', () => {
    expect(escapeLine('pay\u200dpal')).toBe('pay\\u{200d}pal');
    expect(escapeLine('👩\u200dx')).toBe('👩\\u{200d}x');
  });
});

describe('escapeText', () => {
  it('keeps line breaks and tabs only', () => {
    expect(escapeText('a\r\nb\n\tc\rd\u001b[2J')).toBe('a\nb\n\tc\\rd\\e[2J');
    fc.assert(fc.property(hostile, (text) => { expect(escapeText(text).replaceAll(/[\n\t]/g, '')).not.toMatch(ACTS); }));
  });
});

describe('escapeJson', () => {
  it('keeps the value and leaves nothing that a terminal acts on', () => {
    fc.assert(
      fc.property(fc.dictionary(hostile, hostile), (value) => {
        const escaped = escapeJson(JSON.stringify(value));
        expect(escaped).not.toMatch(ACTS);
        expect(JSON.parse(escaped)).toEqual(value);
      }),
    );
  });
});

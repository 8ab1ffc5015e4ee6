import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseResult } from '../../../../src/cli/commands/task/parse-result.js';
import { canonicalJson } from '../../../../src/domain/audit/canonical-json.js';

describe('what a worker hands over', () => {
  it('is JSON when it is JSON, else text', () => {
    expect([parseResult('{"a":[1,null]}'), parseResult('42'), parseResult('null'), parseResult('"x"'), parseResult(' all done \n'), parseResult('{broken')]).toEqual([{ a: [1, null] }, 42, null, 'x', 'all done', '{broken']);
  });

  it('can always be stored in the canonical form of the event log', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (text) => {
        try {
          expect(typeof canonicalJson(parseResult(text))).toBe('string');
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_INPUT' });
        }
      }),
    );
  });

  it.each([
    ['a number that no double can hold', '{"n":1e999}', 'a number that is too large'],
    ['half of a character', '["\\ud800"]', 'broken Unicode'],
    ['half of a character in a key', '{"\\udfff":1}', 'broken Unicode'],
    ['bottomless nesting', '['.repeat(200_000) + ']'.repeat(200_000), 'more than 100 levels'],
    ['bottomless objects', '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000), 'more than 100 levels'],
  ])('is refused when it holds %s', (_name, text, problem) => {
    expect(() => parseResult(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', message: `The result can't be stored: it holds ${problem}.` }) as Error);
  });

  it('may be nested a hundred levels deep', () => {
    const text = '['.repeat(100) + ']'.repeat(100);
    expect(JSON.stringify(parseResult(text))).toBe(text);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountAt, isRecord, numberAt, parseJson, recordAt, recordsAt, textAt, textsAt, valueAt } from '../../../../../src/adapters/connectors/shared/json.js';
import { boundedValue, TOOL_INPUT_LIMITS } from '../../../../../src/adapters/connectors/shared/bounded-value.js';
import { decimalUsd, formatUsd, wholeNumber } from '../../../../../src/adapters/connectors/shared/numbers.js';

describe('readers of foreign JSON', () => {
  it('never throw, whatever the text and the key', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'length')), (text, key) => {
        const value = parseJson(text);
        const record = isRecord(value) ? value : {};
        for (const read of [valueAt, textAt, numberAt, amountAt, recordAt, recordsAt, textsAt, wholeNumber, decimalUsd]) read(record, key);
      }),
    );
  });

  it('see own members only', () => {
    const record = parseJson('{"__proto__":{"a":"inherited"},"b":"own"}') as Record<string, unknown>;
    expect([textAt(record, 'a'), textAt(record, 'b'), valueAt({}, 'constructor'), recordAt(record, '__proto__')]).toEqual([null, 'own', undefined, { a: 'inherited' }]);
  });

  it('answer nothing for members of another type', () => {
    expect([textAt({ a: 1 }, 'a'), numberAt({ a: '1' }, 'a'), numberAt({ a: Number.NaN }, 'a'), amountAt({ a: -1 }, 'a'), recordsAt({ a: [1, { b: 1 }, null] }, 'a'), textsAt({ a: 'x' }, 'a')]).toEqual([null, null, null, null, [{ b: 1 }], []]);
  });
});

describe('amounts', () => {
  it.each([
    [0.018599999999999995, '0.0186'],
    [0, '0'],
    [10, '10'],
    [1e-7, '0.0000001'],
    [1e-12, '0'],
    [1e7, null],
    [-1, null],
    [Number.POSITIVE_INFINITY, null],
  ])('%d dollars are %s', (amount, text) => {
    expect(formatUsd(amount)).toBe(text);
  });

  it('are plain decimals, and the same number', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1_000_000, noNaN: true }), (amount) => {
        const text = formatUsd(amount)!;
        expect(text).toMatch(/^\d+(\.\d+)?$/);
        expect(Math.abs(Number(text) - amount)).toBeLessThan(1e-9);
      }),
    );
  });

  it('are read from numbers and decimal strings', () => {
    expect(['0.50', 2, '1e3', ' 1', '-1', true].map((value) => decimalUsd({ value }, 'value'))).toEqual(['0.5', '2', null, null, null, null]);
  });
});

describe('a bounded copy', () => {
  it('is the same for ordinary values', () => {
    const value = { a: [1, 'two', null, true], b: { c: {} } };
    expect(boundedValue(value, TOOL_INPUT_LIMITS)).toEqual(value);
  });

  it('ends at its depth', () => {
    expect(boundedValue({ a: [[[1]]], b: 1 }, { depth: 2, members: 9, characters: 9, nodes: 9 })).toEqual({ a: [null], b: 1 });
  });

  it('is bounded for any value, and can always be printed', () => {
    const limits = { depth: 3, members: 4, characters: 10, nodes: 30 };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(JSON.stringify(boundedValue(value, limits)).length).toBeLessThan(30 * 30);
      }),
    );
  });
});

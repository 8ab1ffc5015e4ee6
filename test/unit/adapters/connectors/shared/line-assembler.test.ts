import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineAssembler } from '../../../../../src/adapters/connectors/shared/line-assembler.js';

type Line = readonly [string, boolean];

function assemble(chunks: readonly Uint8Array[], maxBytes: number): readonly Line[] {
  const lines: Line[] = [];
  const assembler = new LineAssembler((line, truncated) => lines.push([line, truncated]), maxBytes);
  for (const chunk of chunks) assembler.push(chunk);
  assembler.end();
  return lines;
}

const bytes = fc.array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xff, 0x0d) }, { weight: 1, arbitrary: fc.constant(0x0a) }), { maxLength: 200 }).map((list) => Uint8Array.from(list));

describe('lines of a byte stream', () => {
  it('are the same, however it is cut', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), fc.integer({ min: 3, max: 40 }), (whole, sizes, maxBytes) => {
        const chunks: Uint8Array[] = [];
        for (let start = 0, index = 0; start < whole.length; index += 1) {
          const size = sizes[index % sizes.length]!;
          chunks.push(whole.subarray(start, start + size));
          start += size;
        }
        expect(assemble(chunks, maxBytes)).toEqual(assemble([whole], maxBytes));
      }),
    );
  });

  it('are what splitting the whole gives', () => {
    fc.assert(
      fc.property(bytes, (whole) => {
        const expected = Buffer.from(whole)
          .toString('latin1')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => Buffer.from(line, 'latin1').toString('utf8').replace(/\r$/, ''));
        expect(assemble([whole], 1_000).map(([line]) => line)).toEqual(expected);
      }),
    );
  });

  it('beyond the limit are told once, cut, and the next one is whole again', () => {
    expect(assemble([Buffer.from('aaaaaa'), Buffer.from('aaaaaa\nbb\n')], 4)).toEqual([
      ['aaaa', true],
      ['bb', false],
    ]);
    expect(assemble([Buffer.from('aaaa\n')], 4)).toEqual([['aaaa', false]]);
  });

  it('are not cut inside a character', () => {
    expect(assemble([Buffer.from('aaa€€€\n')], 5)).toEqual([['aaa', true]]);
  });

  it('do not depend on what happens to a chunk afterwards', () => {
    const chunk = Buffer.from('abc');
    const lines: string[] = [];
    const assembler = new LineAssembler((line) => lines.push(line));
    assembler.push(chunk);
    chunk.fill('x');
    assembler.push(Buffer.from('d\n'));
    expect(lines).toEqual(['abcd']);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from '../../../../src/domain/audit/canonical-json.js';
import { hashedForm } from '../../../../src/domain/audit/hashed-form.js';

const wellFormed = fc.string({ unit: 'grapheme' });
const optional = fc.option(wellFormed);

it('is the canonical JSON of the nine fields of an event', () => {
  const data = fc.dictionary(wellFormed, fc.oneof(wellFormed, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null), fc.boolean(), fc.array(wellFormed)));
  fc.assert(
    fc.property(fc.record({ actor: wellFormed, atMs: fc.nat(), data, prev: wellFormed, run: optional, seq: fc.nat(), task: optional, token: fc.option(fc.nat()), type: wellFormed }), (event) => {
      const { atMs, ...rest } = event;
      expect(hashedForm(event)).toBe(canonicalJson({ ...rest, at: atMs }));
    }),
  );
});

it('never changes: every log that was ever written depends on it', () => {
  const event = { seq: 7, atMs: 1_772_357_400_000, actor: 'user:ann', type: 'task.claimed', task: 't-aaaaaa', run: null, token: 4_294_967_297, data: { holder: 'wörker "1"', list: [1.5, true] }, prev: '0'.repeat(64) };
  expect(hashedForm(event)).toBe(
    `{"actor":"user:ann","at":1772357400000,"data":{"holder":"wörker \\"1\\"","list":[1.5,true]},"prev":"${'0'.repeat(64)}","run":null,"seq":7,"task":"t-aaaaaa","token":4294967297,"type":"task.claimed"}`,
  );
});

it('has no form for half a character', () => {
  for (const text of ['\ud800', 'a\udc00b', '\udc00\ud800']) expect(() => canonicalJson(text)).toThrow(TypeError);
  expect(canonicalJson('\ud83d\ude00')).toBe('"😀"');
});

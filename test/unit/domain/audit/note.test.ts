import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVerifier, generateKey, readKey } from '../../../../src/adapters/signing-key/ed25519.js';
import { fromBase64, fromHex, toBase64, toHex, utf8 } from '../../../../src/domain/audit/bytes.js';
import { checkpointText, dueReason, originOf, parseCheckpoint } from '../../../../src/domain/audit/checkpoint.js';
import { openEnvelope, preAuthEncoding, sealEnvelope } from '../../../../src/domain/audit/dsse.js';
import { checkNote, formatNote, formatVerifierKey, parseNote, parseVerifierKey, verifierKey } from '../../../../src/domain/audit/note.js';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
const verify = createVerifier();

// The example of the C2SP signed-note specification.
const SPEC_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const SPEC_NOTE = 'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
const ORIGIN = 'ai/0123456789abcdef';

const pair = readKey(generateKey())!;
const key = verifierKey(sha256, ORIGIN, pair.publicKey);
const signed = (text: string): string => formatNote(text, { name: key.name, keyId: key.id, signature: pair.sign(utf8(text)) });

describe('signed notes', () => {
  it('reads the example of the specification: key, id, note and signature', () => {
    const specKey = parseVerifierKey(sha256, SPEC_KEY)!;
    expect(specKey).toMatchObject({ name: 'example.com/foo', id: '530d903a' });
    expect(formatVerifierKey(specKey)).toBe(SPEC_KEY);
    expect(checkNote(parseNote(SPEC_NOTE)!, specKey, verify)).toBe('signed');
    expect(checkNote(parseNote(SPEC_NOTE.replace('example message', 'other message'))!, specKey, verify)).toBe('forged');
    expect(formatNote('This is an example message.\n', parseNote(SPEC_NOTE)!.signatures[0]!)).toBe(SPEC_NOTE);
  });

  it('comes back from its text, and no change of a character leaves it signed', () => {
    const note = signed(checkpointText({ origin: ORIGIN, size: 300, root: 'ab'.repeat(32) }));
    expect(parseCheckpoint(note)).toMatchObject({ origin: ORIGIN, size: 300, root: 'ab'.repeat(32) });
    expect(checkNote(parseNote(note)!, key, verify)).toBe('signed');
    fc.assert(
      fc.property(fc.nat({ max: note.length - 1 }), fc.integer({ min: 32, max: 126 }), (at, code) => {
        const changed = note.slice(0, at) + String.fromCharCode(code) + note.slice(at + 1);
        const parsed = parseNote(changed);
        if (changed !== note && parsed !== null) expect(checkNote(parsed, key, verify)).not.toBe('signed');
      }),
      { numRuns: 500 },
    );
  });

  it('ignores signatures of others, and takes a false one in our name for a forgery', () => {
    const text = checkpointText({ origin: ORIGIN, size: 1, root: '00'.repeat(32) });
    const other = readKey(generateKey())!;
    const otherKey = verifierKey(sha256, 'witness.example', other.publicKey);
    const line = (name: string, id: string, signature: Uint8Array): string => `— ${name} ${toBase64(Uint8Array.of(...fromHex(id)!, ...signature))}\n`;
    const note = `${signed(text)}${line(otherKey.name, otherKey.id, other.sign(utf8(text)))}`;
    expect(checkNote(parseNote(note)!, key, verify)).toBe('signed');
    expect(checkNote(parseNote(note)!, otherKey, verify)).toBe('signed');
    expect(checkNote(parseNote(`${text}\n${line(otherKey.name, otherKey.id, other.sign(utf8(text)))}`)!, key, verify)).toBe('unknown');
    expect(checkNote(parseNote(`${text}\n${line(key.name, key.id, other.sign(utf8(text)))}`)!, key, verify)).toBe('forged');
    expect(checkNote(parseNote(`${signed(text)}${line(key.name, key.id, new Uint8Array(64))}`)!, key, verify)).toBe('forged');
  });

  it('refuses what is no note, key or checkpoint', () => {
    for (const text of ['', '\n', 'a\n', 'a\n\n', 'a\n\nb\n', SPEC_NOTE.trimEnd(), `\t${SPEC_NOTE}`, `a\u0000\n\n${SPEC_NOTE.split('\n\n')[1]!}`, 'x'.repeat(70_000)]) expect(parseNote(text)).toBeNull();
    for (const text of ['', 'a+b+c', SPEC_KEY.replace('530d903a', '530d903b'), SPEC_KEY.slice(0, -1), SPEC_KEY.replace('+Ae', '+Be')]) expect(parseVerifierKey(sha256, text)).toBeNull();
    const root = toBase64(new Uint8Array(32));
    for (const text of [`${ORIGIN}\n01\n${root}\n`, `${ORIGIN}\n-1\n${root}\n`, `${ORIGIN}\n1e3\n${root}\n`, `${ORIGIN}\n1\nabcd\n`, `${ORIGIN}\n9999999999999999\n${root}\n`, `${ORIGIN}\n1\n`]) expect(parseCheckpoint(signed(text))).toBeNull();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const parse of [parseNote, parseCheckpoint, (key: string) => parseVerifierKey(sha256, key)]) expect(() => parse(text)).not.toThrow();
      }),
    );
  });

  it('names a log by its first event', () => {
    expect(originOf('0123456789abcdef'.repeat(4))).toBe(ORIGIN);
  });
});

describe('when a checkpoint is due', () => {
  it('after 256 events, after 60 seconds, and also when the clock was set back, but never without a new event', () => {
    const latest = { size: 100, atMs: 1_000_000 };
    expect(dueReason(null, 0, 5)).toBeNull();
    expect(dueReason(null, 1, 5)).toBe('time');
    expect(dueReason(latest, 100, 9_000_000)).toBeNull();
    expect(dueReason(latest, 101, 1_059_999)).toBeNull();
    expect(dueReason(latest, 101, 1_060_000)).toBe('time');
    expect(dueReason(latest, 355, 1_000_000)).toBeNull();
    expect(dueReason(latest, 356, 1_000_000)).toBe('events');
    expect(dueReason(latest, 101, 999_999)).toBe('time');
    expect(dueReason(latest, 99, 9_000_000)).toBeNull();
  });
});

describe('bytes as text', () => {
  it('come back, and only from their one spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
    for (const text of ['A', 'AB', 'AB=', 'AB==', 'A===', 'AAA', 'AA==\n', 'A-==', '====']) expect(fromBase64(text) === null || toBase64(fromBase64(text)!) === text).toBe(true);
    expect(fromBase64('AB==')).toBeNull();
    for (const text of ['0', '0G', 'AB', '0x']) expect(fromHex(text)).toBeNull();
  });
});

describe('envelopes', () => {
  it('encode what is signed as DSSE says', () => {
    expect(new TextDecoder().decode(preAuthEncoding('http://example.com/HelloWorld', utf8('hello world')))).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('open with their key only, unchanged', () => {
    const envelope = sealEnvelope('{"a":"ä"}', { key, sign: pair.sign });
    expect(openEnvelope(envelope, key, verify)).toEqual(utf8('{"a":"ä"}'));
    expect(openEnvelope({ ...envelope, payload: toBase64(utf8('{"a":"b"}')) }, key, verify)).toBeNull();
    expect(openEnvelope({ ...envelope, payloadType: 'text/plain' }, key, verify)).toBeNull();
    expect(openEnvelope({ ...envelope, signatures: [] }, key, verify)).toBeNull();
    expect(openEnvelope(envelope, verifierKey(sha256, ORIGIN, readKey(generateKey())!.publicKey), verify)).toBeNull();
    expect(sealEnvelope('{"a":"ä"}', { key, sign: pair.sign })).toEqual(envelope);
  });
});

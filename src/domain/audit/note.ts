import { concat, fromBase64, fromHex, toBase64, toHex, utf8 } from './bytes.js';
import type { Sha256 } from './merkle/node-hash.js';

/** Ed25519 (RFC 8032), handed in: true when the signature is by the holder of the 32-byte public key. */
export type VerifySignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** A public key as C2SP signed-note names it. */
export interface VerifierKey {
  readonly name: string;
  /** First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key), in hex. */
  readonly id: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** With its last line break. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const ED25519 = 0x01;
const KEY_BYTES = 32;
const ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
/** Witnesses may add theirs; more is no note of ours. */
const MAX_SIGNATURES = 64;
const MAX_NOTE_CHARACTERS = 64 * 1024;
// The dash by its number: the packed program is read as Latin-1.
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) (\S+)$/u;
// eslint-disable-next-line no-control-regex -- signed-note forbids them
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

export function verifierKey(sha256: Sha256, name: string, publicKey: Uint8Array): VerifierKey {
  return { name, id: keyId(sha256, name, publicKey), publicKey };
}

/** `<name>+<id>+<base64 of type and key>`. */
export function formatVerifierKey(key: VerifierKey): string {
  return `${key.name}+${key.id}+${toBase64(concat(Uint8Array.of(ED25519), key.publicKey))}`;
}

/** Null for anything that is no Ed25519 key in this form, or whose id does not belong to it. */
export function parseVerifierKey(sha256: Sha256, text: string): VerifierKey | null {
  const parts = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text.trim());
  const [, name = '', id = '', material = ''] = parts ?? [];
  const bytes = fromBase64(material);
  if (bytes?.length !== KEY_BYTES + 1 || bytes[0] !== ED25519) return null;
  const publicKey = bytes.slice(1);
  return keyId(sha256, name, publicKey) === id ? { name, id, publicKey } : null;
}

/** A note with one signature. `text` ends in a line break. */
export function formatNote(text: string, signed: NoteSignature): string {
  const id = fromHex(signed.keyId);
  if (id?.length !== ID_BYTES) throw new RangeError(`${signed.keyId} is no key id`);
  return `${text}\n— ${signed.name} ${toBase64(concat(id, signed.signature))}\n`;
}

/** Null for anything that is no signed note. Says nothing about who signed it. */
export function parseNote(note: string): SignedNote | null {
  if (note.length > MAX_NOTE_CHARACTERS || CONTROL.test(note) || !note.endsWith('\n')) return null;
  const split = note.lastIndexOf('\n\n');
  if (split < 1) return null;
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) return null;
  const signatures = lines.map(parseSignature);
  return signatures.every((one) => one !== null) ? { text: note.slice(0, split + 1), signatures } : null;
}

/** `signed`: by this key. `unknown`: by others only. `forged`: a signature that claims to be of this key is not. */
export function checkNote(note: SignedNote, key: VerifierKey, verify: VerifySignature): 'signed' | 'unknown' | 'forged' {
  const own = note.signatures.filter(({ name, keyId: id }) => name === key.name && id === key.id);
  if (own.length === 0) return 'unknown';
  const message = utf8(note.text);
  return own.every(({ signature }) => signature.length === SIGNATURE_BYTES && verify(key.publicKey, message, signature)) ? 'signed' : 'forged';
}

function keyId(sha256: Sha256, name: string, publicKey: Uint8Array): string {
  return toHex(sha256(concat(utf8(`${name}\n`), Uint8Array.of(ED25519), publicKey)).slice(0, ID_BYTES));
}

function parseSignature(line: string): NoteSignature | null {
  const [, name = '', encoded = ''] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = name === '' ? null : fromBase64(encoded);
  return bytes !== null && bytes.length > ID_BYTES ? { name, keyId: toHex(bytes.slice(0, ID_BYTES)), signature: bytes.slice(ID_BYTES) } : null;
}

const HEX = /^(?:[0-9a-f][0-9a-f])*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const HEX_RADIX = 16;
const DECIMAL_DIGITS = 10;
const [ZERO, NINE, LOWER_A] = [0x30, 0x39, 0x61];
const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(HEX_RADIX).padStart(2, '0'));
const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Lowercase. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += PAIRS[byte] ?? '';
  return text;
}

/** Null for anything but lowercase hex digits in pairs. */
export function fromHex(text: string): Uint8Array | null {
  if (!HEX.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = digit(text.charCodeAt(2 * index)) * HEX_RADIX + digit(text.charCodeAt(2 * index + 1));
  return bytes;
}

/** Of a digit that was checked to be one; this runs for every event of a log. */
function digit(code: number): number {
  return code <= NINE ? code - ZERO : code - LOWER_A + DECIMAL_DIGITS;
}

/** RFC 4648, section 4, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Null for anything but the one canonical text of the bytes: signed text must not have two spellings. */
export function fromBase64(text: string): Uint8Array | null {
  if (!BASE64.test(text)) return null;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : null;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

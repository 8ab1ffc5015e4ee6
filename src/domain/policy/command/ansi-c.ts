import { Unreadable } from './unreadable.js';

const SIMPLE = new Map([['n', '\n'], ['t', '\t'], ['r', '\r'], ['a', '\u0007'], ['b', '\b'], ['e', '\u001b'], ['E', '\u001b'], ['f', '\f'], ['v', '\v'], ['\\', '\\'], ["'", "'"], ['"', '"'], ['?', '?']]);
const ESCAPE = /\\(?:x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}|[\s\S])/g;
const LAST_ASCII = 0x7f;
const LAST_CODE_POINT = 0x10ffff;

/** The text that stands between the quotes of `$'...'`. Single bytes beyond ASCII depend on the locale: then it is unreadable. */
export function decodeEscapes(text: string): string {
  return text.replaceAll(ESCAPE, (escape) => decodeEscape(escape.slice(1)));
}

function decodeEscape(body: string): string {
  if (/^[xuU]./.test(body)) return fromPoint(Number.parseInt(body.slice(1), 16), body.startsWith('x') ? LAST_ASCII : LAST_CODE_POINT);
  return /^[0-7]/.test(body) ? fromPoint(Number.parseInt(body, 8), LAST_ASCII) : decodeSimple(body);
}

function fromPoint(point: number, last: number): string {
  if (point === 0 || point > last || (point >= 0xd800 && point <= 0xdfff)) throw new Unreadable("it has an escape inside $'...' that has no one meaning");
  return String.fromCodePoint(point);
}

function decodeSimple(character: string): string {
  const decoded = SIMPLE.get(character);
  if (decoded === undefined) throw new Unreadable("it has an unknown escape inside $'...'");
  return decoded;
}

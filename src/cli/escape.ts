/**
 * Characters that would change what a terminal does or shows instead of being shown: C0, DEL and C1 controls,
 * bidirectional marks, embeddings, overrides and isolates, zero-width characters, line and paragraph
 * separators, the byte order mark, the tag block, and lone surrogates.
 */
const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;
const DANGEROUS_IN_TEXT = new RegExp(DANGEROUS.source.replace(String.raw`\u0000-\u001f`, String.raw`\u0000-\u0008\u000b-\u001f`), 'gu');
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' };

/** One line of foreign text, safe for a terminal: control characters become visible escapes. */
export function escapeLine(text: string): string {
  return text.replaceAll(DANGEROUS, visible);
}

/** Several lines of foreign text: line breaks and tabs stay, everything else is escaped as in `escapeLine`. */
export function escapeText(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(DANGEROUS_IN_TEXT, visible);
}

/** The same JSON value in characters that a terminal takes as they are. JSON.stringify escapes only C0. */
export function escapeJson(json: string): string {
  return json.replaceAll(DANGEROUS, (character) =>
    Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join(''),
  );
}

function visible(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const point = character.codePointAt(0) ?? 0;
  return point <= 0xff ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u{${point.toString(16)}}`;
}

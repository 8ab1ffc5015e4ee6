import { PLAIN_LINE } from './plain-text.js';

/**
 * What would change what a terminal does or shows, instead of being shown: controls (C0, DEL, C1), line and
 * paragraph separators, lone surrogates, and everything that Unicode calls default-ignorable (bidirectional
 * marks and overrides, zero-width characters, fillers, tags). Variation selectors 15 and 16 stay, and the joiner
 * between two pictographs stays: emoji are made of them.
 */
const PICTOGRAPH_BEFORE = String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])`;
const DANGEROUS_SOURCE = String.raw`(?![\ufe0e\ufe0f]|${PICTOGRAPH_BEFORE}\u200d(?=\p{Extended_Pictographic}))[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]`;
const PLAIN_TEXT = new RegExp(PLAIN_LINE.source.replace('[', '[\\n\\t'));
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' };

let compiled: RegExp | undefined;

/** Compiled at the first text that is not plain: Unicode properties make it dear. */
function dangerous(): RegExp {
  compiled ??= new RegExp(DANGEROUS_SOURCE, 'gu');
  return compiled;
}

/** One line of foreign text, safe for a terminal: control characters become visible escapes. */
export function escapeLine(text: string): string {
  return PLAIN_LINE.test(text) ? text : text.replaceAll(dangerous(), visible);
}

/** Several lines of foreign text: line breaks and tabs stay, everything else is escaped as in `escapeLine`. */
export function escapeText(text: string): string {
  if (PLAIN_TEXT.test(text)) return text;
  return text.replaceAll('\r\n', '\n').replaceAll(dangerous(), (character) => (character === '\n' || character === '\t' ? character : visible(character)));
}

/** The same JSON value in characters that a terminal takes as they are. JSON.stringify escapes only C0. */
export function escapeJson(json: string): string {
  if (PLAIN_LINE.test(json)) return json;
  return json.replaceAll(dangerous(), (character) =>
    Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join(''),
  );
}

function visible(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const point = character.codePointAt(0) ?? 0;
  return point <= 0xff ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u{${point.toString(16)}}`;
}

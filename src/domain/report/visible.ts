/**
 * What acts on a terminal, a log viewer or a parser instead of being shown: controls (C0, DEL, C1), line and paragraph
 * separators, lone surrogates, noncharacters, and invisible characters (bidirectional marks, zero-width, tags).
 */
const ACTIVE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}]/gu;
const PLAIN = /^[ -~]*$/;
const SHORT: ReadonlyMap<string, string> = new Map([['\n', '\\n'], ['\r', '\\r'], ['\t', '\\t'], ['\u001b', '\\e']]);

/** One line of foreign text in characters that stand for themselves everywhere; the others become escapes such as `\n` and `\u{202e}`. */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replaceAll(ACTIVE, (character) => SHORT.get(character) ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same JSON value in characters that stand for themselves: JSON escapes only some of them. */
export function visibleJson(json: string): string {
  return PLAIN.test(json) ? json : json.replaceAll(ACTIVE, escapeUnits);
}

function escapeUnits(character: string): string {
  // A line break between values is layout, not content.
  if (character === '\n') return character;
  return Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
}

/** The first `most` characters, and a mark when something was left out. */
export function shortened(text: string, most: number): string {
  const characters = text.length > most ? Array.from(text.slice(0, 2 * most + 2)) : [];
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : text;
}

/** Most UTF-16 units of one text event: at most 64 KiB when encoded, whatever the script. */
export const MAX_DELTA_CHARACTERS = 21_000;
/** Most UTF-16 units of a raw event. The raw output file has everything. */
export const MAX_RAW_CHARACTERS = 8_192;
/** Most UTF-16 units of a message that ends up in a run's record. */
export const MAX_MESSAGE_CHARACTERS = 2_000;

const CLIP_MARK = '…';

/** The beginning of a text, marked when it was cut, never cut inside a character. `max` counts UTF-16 units and is at least 2. */
export function clip(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, characterBoundary(text, max - CLIP_MARK.length)) + CLIP_MARK;
}

/** Pieces of at most `max` UTF-16 units (at least 2) that join to the same text, never cut inside a character. */
export function pieces(text: string, max: number): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = start + max >= text.length ? text.length : characterBoundary(text, start + max);
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}

/** Text of an agent made safe for one line of a terminal: control characters and line breaks become escapes. */
export function escapeControlCharacters(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The last lines that are not blank, escaped and joined with ` | `, at most `MAX_MESSAGE_CHARACTERS`. */
export function lastLines(text: string, count: number): string {
  const lines = text
    .slice(-4 * MAX_MESSAGE_CHARACTERS)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length > 0);
  return clip(lines.slice(-count).map(escapeControlCharacters).join(' | '), MAX_MESSAGE_CHARACTERS);
}

/** One line of a message: escaped and clipped. */
export function messageLine(text: string): string {
  return clip(escapeControlCharacters(text.trim().replace(/\s*\r?\n\s*/g, ' ')), MAX_MESSAGE_CHARACTERS);
}

function characterBoundary(text: string, position: number): number {
  const unit = text.charCodeAt(position - 1);
  return position > 0 && unit >= 0xd800 && unit <= 0xdbff ? position - 1 : position;
}

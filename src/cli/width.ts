import { PLAIN_LINE } from './plain-text.js';

interface Classes {
  /** Blocks that terminals draw in two columns: East Asian Wide and Fullwidth of UAX #11 (coarse ranges), and emoji by presentation. */
  readonly wide: RegExp;
  /** What stands in no column of its own: combining marks, joiners, variation selectors. */
  readonly zeroWidth: RegExp;
}

let builtClasses: Classes | undefined;

function classes(): Classes {
  builtClasses ??= {
    wide: /[\u1100-\u115f\u231a\u231b\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u,
    zeroWidth: /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u,
  };
  return builtClasses;
}

const ESCAPE = '\u001b';
const SGR = new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g');
const ELLIPSIS = '…';

let segmenter: Intl.Segmenter | undefined;

/** Columns that the text takes on a terminal. Our own colour sequences take none. */
export function displayWidth(text: string): number {
  const plain = text.includes(ESCAPE) ? text.replaceAll(SGR, '') : text;
  if (PLAIN_LINE.test(plain)) return plain.length;
  let width = 0;
  for (const grapheme of graphemes(plain)) width += graphemeWidth(grapheme);
  return width;
}

/** At most `columns` wide; what was cut shows as an ellipsis. The text holds no colour sequences. */
export function truncate(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 1) return '';
  let kept = '';
  let width = 0;
  for (const grapheme of graphemes(text)) {
    width += graphemeWidth(grapheme);
    if (width > columns - 1) break;
    kept += grapheme;
  }
  return `${kept.trimEnd()}${ELLIPSIS}`;
}

/** Filled with spaces up to `columns`. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - displayWidth(text))) + text;
}

function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function graphemeWidth(grapheme: string): number {
  const { wide, zeroWidth } = classes();
  if (zeroWidth.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}

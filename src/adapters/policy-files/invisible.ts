const INVISIBLE = /[\p{Cs}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}]|(?!\n|\r\n)\p{Cc}|(?! )\p{Zs}/u;
const SEVERAL_ALPHABETS = /(?=.*\p{Script=Latin})(?=.*[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Cherokee}\p{Script=Armenian}])/su;
const PRINTABLE = /^[\n -~]*$/;

export interface Invisible {
  readonly offset: number;
  /** `a tab`, or `the invisible character U+200B`. */
  readonly what: string;
}

/** The first character that a reader of the text can't see, or can't tell from another: controls, bidirectional marks, zero-width characters, odd spaces. */
export function findInvisible(text: string): Invisible | null {
  if (PRINTABLE.test(text)) return null;
  const found = INVISIBLE.exec(text);
  if (found === null) return null;
  const point = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return { offset: found.index, what: found[0] === '\t' ? 'a tab' : `the invisible character U+${point}` };
}

/** True for a word such as `сoder` with a Cyrillic first letter: it only looks like another. */
export const mixesAlphabets = (text: string): boolean => !PRINTABLE.test(text) && SEVERAL_ALPHABETS.test(text);

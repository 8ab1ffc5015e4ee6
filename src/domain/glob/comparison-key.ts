const PRINTABLE_ASCII = /^[ -~]*$/;

/** Such text is its own composed form. */
export const isPrintableAscii = (text: string): boolean => PRINTABLE_ASCII.test(text);

/**
 * The form in which patterns and paths are compared. Exact: Unicode NFC. Folded: NFC and lower case,
 * so that two spellings of one file on a case-insensitive disk are equal everywhere.
 */
export function comparisonKey(text: string, fold: boolean): string {
  if (isPrintableAscii(text)) return fold ? text.toLowerCase() : text;
  const composed = text.normalize('NFC');
  // toLowerCase writes the last sigma of a word differently, and lower case letters may compose anew.
  return fold ? composed.toLowerCase().replaceAll('ς', 'σ').normalize('NFC') : composed;
}

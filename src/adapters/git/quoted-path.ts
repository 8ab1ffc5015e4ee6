/**
 * Paths as git prints them without `-z`, with `core.quotePath` on: plain ASCII, anything else as C escapes in
 * double quotes (git-config(1), core.quotePath). Output reaches us as UTF-8 text, so this form is the one that
 * keeps every byte of a name that is not UTF-8; git reads the same form back on stdin.
 */
export type QuotedPath = string;

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** The bytes of the path, for the file system. */
export function pathBytes(quoted: QuotedPath): Buffer {
  if (!quoted.startsWith('"')) return Buffer.from(quoted, 'utf8');
  const bytes: number[] = [];
  for (const [, octal, letter, plain] of quoted.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (letter !== undefined) bytes.push(ESCAPES[letter] ?? letter.charCodeAt(0));
    else bytes.push(...Buffer.from(plain ?? '', 'utf8'));
  }
  return Buffer.from(bytes);
}

/** The path as text, for people and patterns: bytes that are not UTF-8 become U+FFFD. */
export function pathText(quoted: QuotedPath): string {
  return quoted.startsWith('"') ? pathBytes(quoted).toString('utf8') : quoted;
}

const SAFE = /^[ !#-[\]-~]*$/;

/** The form that git reads back, for any bytes without NUL. */
export function quotePath(bytes: Uint8Array): QuotedPath {
  const text = Buffer.from(bytes).toString('latin1');
  if (SAFE.test(text)) return text;
  const escaped = text.replaceAll(/[^ !#-[\]-~]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return `"${escaped}"`;
}

/** An absolute path below a folder, in bytes. */
export function below(folder: string, quoted: QuotedPath): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`, 'utf8'), pathBytes(quoted)]);
}

/** The paths of a listing, one in each line. */
export function outputLines(stdout: string): QuotedPath[] {
  return stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n');
}

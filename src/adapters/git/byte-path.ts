declare const brand: unique symbol;

/**
 * A path inside a repository as git stores it, one character per byte: names need not be UTF-8.
 * Git prints it C-quoted (`core.quotePath=true`, no `-z`), because output reaches us decoded as UTF-8 and
 * the quoted form is pure ASCII: no byte, line break or quote is lost on the way, nor on the way back through stdin.
 */
export type BytePath = string & { readonly [brand]: 'BytePath' };

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r', '"': '"', '\\': '\\' };
const LETTERS = new Map(Object.entries(ESCAPES).map(([letter, character]) => [character, letter]));

/** Reads one path as git prints it: plain, or C-quoted between double quotes. */
export function parseGitPath(printed: string): BytePath {
  if (!printed.startsWith('"')) return printed as BytePath;
  const body = printed.slice(1, -1);
  return body.replaceAll(/\\(?:([0-3][0-7]{2})|(.))/g, (_, octal: string | undefined, letter: string | undefined) =>
    octal === undefined ? (ESCAPES[letter ?? ''] ?? '') : String.fromCharCode(Number.parseInt(octal, 8)),
  ) as BytePath;
}

/** The C-quoted form, always between quotes: what `--stdin` and `--index-info` of `git update-index` read. */
export function quoteGitPath(path: BytePath): string {
  const body = path.replaceAll(/[^ !#-[\]-~]/g, (character) => {
    const letter = LETTERS.get(character);
    return `\\${letter ?? character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  });
  return `"${body}"`;
}

/** For people and for globs: bytes that are not UTF-8 become U+FFFD. */
export function pathToText(path: BytePath): string {
  return pathToBytes(path).toString('utf8');
}

export function pathToBytes(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1');
}

export function pathFromText(text: string): BytePath {
  return Buffer.from(text, 'utf8').toString('latin1') as BytePath;
}

export function joinBytePath(folder: BytePath, name: BytePath): BytePath {
  return `${folder}/${name}` as BytePath;
}

/** Lines of git's output, without the empty one at the end. */
export function outputLines(output: string): string[] {
  return output.split('\n').filter((line) => line !== '');
}

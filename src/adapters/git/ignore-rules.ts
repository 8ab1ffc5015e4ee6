/** One `.gitignore` file: where it is, as bytes relative to the top with a `/` at the end (empty at the top), and its content. */
export interface IgnoreFile {
  readonly folder: Buffer;
  readonly content: Buffer;
}

/**
 * Several `.gitignore` files as one list of patterns for the top folder, meaning the same (gitignore(5)): so that
 * rules can be frozen before an agent is let near the files. Deeper files come later, because the last match
 * decides. Bytes are kept as they are.
 */
export function mergeIgnoreFiles(files: readonly IgnoreFile[]): Buffer {
  const ordered = [...files].sort((a, b) => depth(a.folder) - depth(b.folder));
  return Buffer.from(ordered.flatMap((file) => anchoredLines(file)).join(''), 'latin1');
}

function depth(folder: Buffer): number {
  return folder.filter((byte) => byte === 0x2f).length;
}

function anchoredLines({ folder, content }: IgnoreFile): string[] {
  // Latin-1 keeps every byte as one character.
  const prefix = escapeForPattern(folder.toString('latin1'));
  const text = content.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
  return text.split('\n').flatMap((line) => anchoredLine(line, prefix));
}

function anchoredLine(line: string, prefix: string): string[] {
  const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
  const pattern = withoutTrailingSpaces(bare);
  if (pattern === '' || pattern.startsWith('#')) return [];
  if (prefix === '') return [`${pattern}\n`];
  const negation = pattern.startsWith('!') ? '!' : '';
  const body = pattern.slice(negation.length);
  if (body === '' || body === '/') return [];
  const isAnchored = body.slice(0, -1).includes('/');
  const unrooted = body.startsWith('/') ? body.slice(1) : body;
  // A first backslash only protected a leading `!` or `#`, and still means the same in the middle.
  return [`${negation}/${prefix}${isAnchored ? '' : '**/'}${unrooted}\n`];
}

function withoutTrailingSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === ' ' && !isEscaped(line, end - 1)) end -= 1;
  return line.slice(0, end);
}

function isEscaped(line: string, index: number): boolean {
  let backslashes = 0;
  while (line[index - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

/** A pattern that matches exactly this path below the top. */
export function literalPattern(path: string): string {
  return `/${escapeForPattern(path)}`;
}

function escapeForPattern(path: string): string {
  return path.replaceAll(/[\\*?[\]!# ]/g, (character) => `\\${character}`);
}

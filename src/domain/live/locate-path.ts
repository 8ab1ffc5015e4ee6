/** Where the paths of a call lie. */
export interface Whereabouts {
  /** The workspace in every spelling that it has (with links followed, and without); absolute. */
  readonly roots: readonly string[];
  /** Where the client is; absolute. */
  readonly cwd: string;
}

/** The root of the workspace itself. */
export const ROOT = '.';

/** The absolute form as written: links and `..` are for the file system to follow. Null for what is no path of this machine. */
export function absolutePath(written: string, cwd: string): string | null {
  if (written === '' || written.startsWith('~') || written.includes('\0')) return null;
  return written.startsWith('/') ? written : `${cwd}/${written}`;
}

/**
 * The path below the workspace, `.` for its root, names of dots taken away by the words alone. What lies elsewhere keeps its
 * absolute form, and what is no path stays as it is: policy allows neither.
 */
export function locatePath(written: string, { roots, cwd }: Whereabouts): string {
  const absolute = absolutePath(written, cwd);
  if (absolute === null) return written;
  const plain = withoutDots(absolute);
  for (const root of roots.map(withoutDots)) {
    if (plain === root) return ROOT;
    const prefix = root === '/' ? root : `${root}/`;
    if (plain.startsWith(prefix)) return plain.slice(prefix.length);
  }
  return plain;
}

function withoutDots(absolute: string): string {
  const names: string[] = [];
  for (const name of absolute.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

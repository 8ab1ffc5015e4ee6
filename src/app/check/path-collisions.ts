import { comparisonKey } from '../../domain/glob/comparison-key.js';

export interface Collision {
  /** What was added, or a folder above it. */
  readonly path: string;
  /** What is spelled otherwise and is the same on a disk that ignores case or the form of accents. */
  readonly other: string;
}

const MAX_COLLISIONS = 1_000;
/** Of one name; whatever is spelled in yet another way collides with each of them. */
const MAX_SPELLINGS = 8;

/**
 * Added paths, and the folders above them, that another path of the tree equals but for case or Unicode form. Folders count:
 * `A` as a link beside `a/file` is how a checkout is made to write where it should not.
 */
export function findCollisions(added: readonly string[], all: Iterable<string>): Collision[] {
  const spelled = spellings(added);
  const found: Collision[] = [];
  const reported = new Set<string>();
  for (const name of withFolders(all)) {
    for (const path of spelled.get(comparisonKey(name, true)) ?? []) {
      // Below two folders that collide everything does; the folders are the finding.
      if (path === name || folderOf(path) !== folderOf(name)) continue;
      const pair = path < name ? `${path}\0${name}` : `${name}\0${path}`;
      if (reported.has(pair)) continue;
      reported.add(pair);
      found.push({ path, other: name });
      if (found.length >= MAX_COLLISIONS) return found;
    }
  }
  return found;
}

/** By the form in which names are one. */
function spellings(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const spelled = new Map<string, string[]>();
  for (const name of withFolders(paths)) {
    const key = comparisonKey(name, true);
    const known = spelled.get(key);
    if (known === undefined) spelled.set(key, [name]);
    else if (known.length < MAX_SPELLINGS && !known.includes(name)) known.push(name);
  }
  return spelled;
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Each path, and each folder above it once. */
function* withFolders(paths: Iterable<string>): Generator<string> {
  const seen = new Set<string>();
  for (const path of paths) {
    yield path;
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (seen.has(folder)) break;
      seen.add(folder);
      yield folder;
    }
  }
}

import { comparisonKey } from '../../glob/comparison-key.js';

/** A path of a request in the forms in which it is compared. */
export interface ComparedPath {
  readonly path: string;
  /** Why it is no plain path within the repository, or null. Such a path fits no allow and every deny and ask that has paths. */
  readonly unsafe: string | null;
  /** Its names as written, in NFC: for allows. */
  readonly exact: readonly string[];
  /** Its names folded, for denies and asks: as written, and as a case-preserving disk with short names may resolve them. */
  readonly folded: readonly (readonly string[])[];
}

const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Cf}]/u;
const DISK_TRICK = /[~:]|[. ](\/|$)/;

export function comparePath(path: string): ComparedPath {
  const unsafe = whyUnsafe(path);
  if (unsafe !== null) return { path, unsafe, exact: [], folded: [] };
  const relative = path.endsWith('/') ? path.slice(0, -1) : path;
  const folded = comparisonKey(relative, true).split('/');
  return { path, unsafe, exact: comparisonKey(relative, false).split('/'), folded: DISK_TRICK.test(relative) ? [folded, folded.map(resolvedName)] : [folded] };
}

const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'it is empty'],
  [/\\/, 'it has a backslash'],
  [INVISIBLE, 'it has an invisible or control character, or broken Unicode'],
  [/^\/|^[A-Za-z]:/, 'it is absolute'],
  [/^~/, 'it begins in a home directory'],
  [/\/\//, 'it has an empty name'],
  [/(^|\/)[. ]+(\/|$)/, 'it has a name of dots'],
  [/%(2e|2f|5c|00)/i, 'it has an encoded dot or separator'],
];
const PLAIN = /^[A-Za-z0-9_-][A-Za-z0-9_./-]*$/;
const DOUBTFUL = /\/\/|\/\.+(\/|$)/;

/** A name of dots may have spaces: NTFS drops them, so that ".." is left. */
function whyUnsafe(path: string): string | null {
  if (PLAIN.test(path) && !DOUBTFUL.test(path)) return null;
  return REFUSALS.find(([refused]) => refused.test(path))?.[1] ?? null;
}

/**
 * What some disks make of a name: NTFS drops dots and spaces at the end and whatever follows a colon, and knows
 * `.git` by its short name `git~1` as well.
 */
function resolvedName(name: string): string {
  const stripped = name.replace(/:.*$/s, '').replace(/[. ]+$/, '');
  const short = /^([a-z0-9_-]{1,6})~\d+$/.exec(stripped);
  return short === null ? stripped : `.${short[1] ?? ''}`;
}

/** Code points as sorted, separate, inclusive ranges: [low, high, low, high, ...]. */
export type Ranges = readonly number[];

/** What one position of a name may be: one code point, or any of several. */
export type CharacterSet = number | Ranges;

const LAST_CODE_POINT = 0x10ffff;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const NOT_DOT: Ranges = [0, DOT - 1, DOT + 1, LAST_CODE_POINT];
export const NOT_SLASH: Ranges = [0, SLASH - 1, SLASH + 1, LAST_CODE_POINT];
export const EVERY_CHARACTER: Ranges = [0, LAST_CODE_POINT];
/** Without A to Z, which folded text never holds. */
export const FOLDED_CHARACTERS: Ranges = [0, 0x40, 0x5b, LAST_CODE_POINT];

/** Sorts and joins ranges given in any order. */
export function toRanges(pairs: readonly (readonly [low: number, high: number])[]): Ranges {
  const result: number[] = [];
  for (const [low, high] of pairs.toSorted((a, b) => a[0] - b[0])) {
    const lastHigh = result.at(-1);
    if (lastHigh === undefined || low > lastHigh + 1) result.push(low, high);
    else result[result.length - 1] = Math.max(lastHigh, high);
  }
  return result;
}

export function toPairs(ranges: Ranges): (readonly [low: number, high: number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (let at = 0; at < ranges.length; at += 2) pairs.push([ranges[at] ?? 0, ranges[at + 1] ?? 0]);
  return pairs;
}

export function complement(ranges: Ranges): Ranges {
  const result: number[] = [];
  let next = 0;
  for (const [low, high] of toPairs(ranges)) {
    if (low > next) result.push(next, low - 1);
    next = high + 1;
  }
  if (next <= LAST_CODE_POINT) result.push(next, LAST_CODE_POINT);
  return result;
}

export function intersect(a: CharacterSet, b: CharacterSet): Ranges {
  const [left, right] = [asRanges(a), asRanges(b)];
  const result: number[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const [leftHigh, rightHigh] = [left[i + 1] ?? 0, right[j + 1] ?? 0];
    const low = Math.max(left[i] ?? 0, right[j] ?? 0);
    const high = Math.min(leftHigh, rightHigh);
    if (low <= high) result.push(low, high);
    if (leftHigh < rightHigh) i += 2;
    else j += 2;
  }
  return result;
}

export const asRanges = (set: CharacterSet): Ranges => (typeof set === 'number' ? [set, set] : set);

export function hasPoint(set: CharacterSet, point: number): boolean {
  if (typeof set === 'number') return set === point;
  for (let at = 0; at < set.length; at += 2) {
    if (point <= (set[at + 1] ?? 0)) return point >= (set[at] ?? 0);
  }
  return false;
}

/** True when some code point is in both. */
export function charactersMeet(a: CharacterSet, b: CharacterSet): boolean {
  if (typeof a === 'number') return hasPoint(b, a);
  if (typeof b === 'number') return hasPoint(a, b);
  return intersect(a, b).length > 0;
}

const READABLE = toPairs([0x78, 0x78, 0x61, 0x7a, 0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x2d, 0x2d, 0x21, 0x7e, 0xa1, 0xd7ff, 0xe000, LAST_CODE_POINT, 0x20, 0x20]);

/** The most readable code point of a set that is not empty: x if it can be, then letters, then digits. */
export function readablePoint(ranges: Ranges): number {
  for (const [low, high] of READABLE) {
    const point = intersect(ranges, [low, high])[0];
    if (point !== undefined) return point;
  }
  return ranges[0] ?? 0;
}

export const pointsOf = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);

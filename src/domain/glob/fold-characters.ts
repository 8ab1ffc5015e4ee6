import { comparisonKey } from './comparison-key.js';
import { FOLDED_CHARACTERS, intersect, pointsOf, toPairs, toRanges, type Ranges } from './code-points.js';

/** Above this code point no letter has a lower case; a test keeps it true. */
export const LAST_CASED_CODE_POINT = 0x1ffff;
const LAST_ASCII = 0x7f;

/** A character that folding turns into one other. */
type Change = readonly [from: number, to: number];

/**
 * A class for folded text: its members and what they become. Upper case letters beyond ASCII stay in, though
 * folded text has none, because taking them out would tear wide ranges into a thousand pieces.
 */
export function foldCharacters(ranges: Ranges): Ranges {
  const changes = (ranges.at(-1) ?? 0) <= LAST_ASCII ? asciiChanges() : allChanges();
  const pairs = toPairs(ranges);
  const folded = pairs.flatMap(([low, high]) => changesBetween(changes, low, high).map(([, to]): [number, number] => [to, to]));
  return intersect(toRanges([...pairs, ...folded]), FOLDED_CHARACTERS);
}

function changesBetween(changes: readonly Change[], low: number, high: number): readonly Change[] {
  return changes.slice(firstFrom(changes, low), firstFrom(changes, high + 1));
}

/** Index of the first change at or after the code point. */
function firstFrom(changes: readonly Change[], point: number): number {
  let [low, high] = [0, changes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((changes[middle]?.[0] ?? 0) < point) low = middle + 1;
    else high = middle;
  }
  return low;
}

const asciiChanges = once(() => findChanges(LAST_ASCII));
const allChanges = once(() => findChanges(LAST_CASED_CODE_POINT));

function findChanges(last: number): readonly Change[] {
  const changes: Change[] = [];
  for (let point = 0; point <= last; point += 1) {
    const character = String.fromCodePoint(point);
    if (character.toLowerCase() === character && character !== 'ς') continue;
    const [to, ...more] = pointsOf(comparisonKey(character, true));
    if (to !== undefined && more.length === 0) changes.push([point, to]);
  }
  return changes;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

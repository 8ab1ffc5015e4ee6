import { comparisonKey } from './comparison-key.js';
import { complement, hasPoint, intersect, toPairs, toRanges, type Ranges } from './code-points.js';

/** Above this code point no letter has a lower case; a test keeps it true. */
export const LAST_CASED_CODE_POINT = 0x1ffff;
const LAST_ASCII = 0x7f;

/** Code points that folding changes, each with what it becomes (null when more than one). */
interface FoldTable {
  readonly changes: readonly (readonly [from: number, to: number | null])[];
  readonly unchanged: Ranges;
}

/** The characters that members of the set become by folding. */
export function foldCharacters(ranges: Ranges): Ranges {
  const table = (ranges.at(-1) ?? 0) <= LAST_ASCII ? asciiTable() : fullTable();
  const folded = table.changes.flatMap(([from, to]): [number, number][] => (to !== null && hasPoint(ranges, from) ? [[to, to]] : []));
  return intersect(toRanges([...toPairs(ranges), ...folded]), table.unchanged);
}

/** The characters that occur in folded text, as far as ASCII goes. */
export const FOLDED_ASCII_AND_OTHERS: Ranges = [0, 0x40, 0x5b, 0x10ffff];

const asciiTable = once(() => foldTable(LAST_ASCII));
const fullTable = once(() => foldTable(LAST_CASED_CODE_POINT));

function foldTable(last: number): FoldTable {
  const changes: [number, number | null][] = [];
  for (let point = 0; point <= last; point += 1) {
    const character = String.fromCodePoint(point);
    const folded = comparisonKey(character, true);
    if (folded !== character) changes.push([point, folded.length === String.fromCodePoint(folded.codePointAt(0) ?? 0).length ? (folded.codePointAt(0) ?? 0) : null]);
  }
  return { changes, unchanged: complement(toRanges(changes.map(([from]) => [from, from]))) };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

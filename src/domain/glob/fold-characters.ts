import { comparisonKey } from './comparison-key.js';
import { complement, hasPoint, intersect, pointsOf, toPairs, toRanges, type Ranges } from './code-points.js';

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

const asciiTable = once(() => foldTable(LAST_ASCII));
const fullTable = once(() => foldTable(LAST_CASED_CODE_POINT));

function foldTable(last: number): FoldTable {
  const changes: [number, number | null][] = [];
  for (let point = 0; point <= last; point += 1) {
    const character = String.fromCodePoint(point);
    if (character.toLowerCase() === character && character !== 'ς') continue;
    const folded = pointsOf(comparisonKey(character, true));
    changes.push([point, folded.length === 1 ? (folded[0] ?? null) : null]);
  }
  return { changes, unchanged: complement(toRanges(changes.map(([from]) => [from, from]))) };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

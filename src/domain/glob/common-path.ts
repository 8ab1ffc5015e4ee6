import { asRanges, charactersMeet, intersect, readablePoint, type CharacterSet } from './code-points.js';
import type { CompiledAlternative } from './compile.js';
import { namesMeet, type NameMatcher, type WildName, type Work } from './name-matcher.js';
import { joinRuns } from './runs.js';

const ANY: WildName = { literal: null, runs: [[], []], affixes: { before: '', after: '' }, variants: [[[], []]] };

/** A readable path that both cover, or null when there is none. Exact; the work is bounded by the product of their lengths. */
export function commonPath(a: CompiledAlternative, b: CompiledAlternative, work: Work): string | null {
  return bareName(a, b, work) ?? bareName(b, a, work) ?? joinPaths(a, b, work);
}

/** The name itself, when `bare` is a name that stands for itself and all below it. */
function bareName(bare: CompiledAlternative, other: CompiledAlternative, work: Work): string | null {
  const [names = [], rest] = bare;
  if (bare.length !== 2 || rest?.length !== 0 || names.some((name) => name.literal === null)) return null;
  return joinPaths([names], other, work);
}

function joinPaths(a: CompiledAlternative, b: CompiledAlternative, work: Work): string | null {
  const joined = joinRuns<NameMatcher, string>(a, b, {
    meets: (left, right) => namesMeet(left, right, work),
    both: commonName,
    one: (name) => commonName(name, ANY),
  });
  return joined === null ? null : joined.flat().join('/');
}

function commonName(a: NameMatcher, b: NameMatcher): string {
  if (a.literal !== null) return a.literal;
  if (b.literal !== null) return b.literal;
  const [fixed, other] = a.runs.length === 1 ? [a, b] : [b, a];
  for (const variant of fixed.variants) {
    const joined = joinRuns<CharacterSet, string>(variant, other.runs, { meets: charactersMeet, both: (left, right) => character(intersect(left, right)), one: character });
    if (joined !== null) return fillGaps(joined.map((part) => part.join('')));
  }
  return '';
}

const character = (set: CharacterSet): string => String.fromCodePoint(typeof set === 'number' ? set : readablePoint(asRanges(set)));

const BEGINS_READABLY = /^[\p{L}\p{N}]/u;
const ENDS_READABLY = /[\p{L}\p{N}]$/u;

/** Puts an x where nothing would be left of a `*`, unless letters stand on one side of it. */
function fillGaps(parts: readonly string[]): string {
  return parts.reduce((name, part) => (ENDS_READABLY.test(name) || BEGINS_READABLY.test(part) ? name + part : `${name}x${part}`));
}

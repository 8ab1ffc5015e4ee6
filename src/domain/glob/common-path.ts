import { asRanges, charactersMeet, intersect, readablePoint, type CharacterSet } from './code-points.js';
import type { CompiledAlternative } from './compile.js';
import { namesMeet, type NameMatcher, type WildName } from './name-matcher.js';
import { joinRuns, type Joiner } from './runs.js';
import type { Work } from './work.js';

const ANY: WildName = { literal: null, runs: [[], []], affixes: { before: '', after: '' }, variants: [[[], []]] };

/** Finds paths that two patterns share, counting the work: at most the product of their lengths for each pair. */
export class CommonPaths {
  private readonly work: Work;
  private readonly joiner: Joiner<NameMatcher, string>;

  constructor(work: Work) {
    this.work = work;
    this.joiner = { meets: (a, b) => namesMeet(a, b, work), both: commonName, one: (name) => commonName(name, ANY) };
  }

  /** A readable path that both cover, or null when there is none. */
  find(a: CompiledAlternative, b: CompiledAlternative): string | null {
    this.work.steps += 1;
    if (beginDifferently(a, b)) return null;
    return this.bareName(a, b) ?? this.bareName(b, a) ?? this.join(a, b);
  }

  /** The name itself, when `bare` is a name that stands for itself and all below it. */
  private bareName(bare: CompiledAlternative, other: CompiledAlternative): string | null {
    if (bare.length !== 2 || bare[1]?.length !== 0) return null;
    return this.join(bare.slice(0, 1), other);
  }

  private join(a: CompiledAlternative, b: CompiledAlternative): string | null {
    const joined = joinRuns(a, b, this.joiner);
    return joined === null ? null : joined.flat().join('/');
  }
}

/** The quick no for the commonest pair: one literal name at their beginning differs. */
export function beginDifferently(a: CompiledAlternative, b: CompiledAlternative): boolean {
  const [headA, headB] = [a[0] ?? [], b[0] ?? []];
  for (let index = 0; index < headA.length && index < headB.length; index += 1) {
    const [nameA, nameB] = [headA[index]?.literal, headB[index]?.literal];
    if (nameA == null || nameB == null) return false;
    if (nameA !== nameB) return true;
  }
  return false;
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

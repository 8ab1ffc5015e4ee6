import { asRanges, charactersMeet, complement, FOLDED_CHARACTERS, hasPoint, intersect, NOT_DOT, NOT_SLASH, pointsOf, type CharacterSet, type Ranges } from './code-points.js';
import { comparisonKey } from './comparison-key.js';
import { foldCharacters } from './fold-characters.js';
import { placeRuns, runsMeet, type Runs } from './runs.js';
import type { CharacterClass } from './class.js';
import type { Piece, Segment } from './segment.js';
import type { Work } from './work.js';

/** One name of a path, compiled: what it is compared with is a name of a folded or composed path. */
export type NameMatcher = LiteralName | WildName;

export interface LiteralName {
  readonly literal: string;
}

export interface WildName {
  readonly literal: null;
  /** Characters, with a gap for each `*`. */
  readonly runs: Runs<CharacterSet>;
  /** Set when the name is literal text around one `*`, the commonest case by far. */
  readonly affixes: { readonly before: string; readonly after: string } | null;
  /** The same without the names "." and "..", which no path has. */
  readonly variants: readonly Runs<CharacterSet>[];
}

export function compileName(segment: Exclude<Segment, { kind: 'any-depth' }>, fold: boolean): NameMatcher {
  if (segment.kind === 'literal') return { literal: comparisonKey(segment.text, fold) };
  const runs: CharacterSet[][] = [[]];
  for (const piece of segment.pieces) {
    if (piece.kind === 'many') runs.push([]);
    else runs.at(-1)?.push(...compilePiece(piece, fold));
  }
  return { literal: null, runs, affixes: findAffixes(segment.pieces, fold), variants: withoutDotNames(runs) };
}

function compilePiece(piece: Exclude<Piece, { kind: 'many' }>, fold: boolean): CharacterSet[] {
  if (piece.kind === 'text') return pointsOf(comparisonKey(piece.text, fold));
  return [piece.kind === 'one' ? NOT_SLASH : compileClass(piece, fold)];
}

/** A pattern has room for fewer classes than this, however often its braces repeat them. */
const KNOWN_CLASSES = 256;
const knownClasses = new Map<string, Ranges>();

function compileClass(written: CharacterClass, fold: boolean): Ranges {
  const key = `${fold ? 'folded' : 'exact'} ${written.negated ? '!' : ''}${written.ranges.join()}`;
  const known = knownClasses.get(key) ?? computeClass(written, fold);
  if (knownClasses.size >= KNOWN_CLASSES) knownClasses.clear();
  knownClasses.set(key, known);
  return known;
}

function computeClass(written: CharacterClass, fold: boolean): Ranges {
  const members = fold ? foldCharacters(written.ranges) : written.ranges;
  if (!written.negated) return intersect(members, NOT_SLASH);
  const others = intersect(complement(members), NOT_SLASH);
  return fold ? intersect(others, FOLDED_CHARACTERS) : others;
}

function findAffixes(pieces: readonly Piece[], fold: boolean): WildName['affixes'] {
  const star = pieces.findIndex((piece) => piece.kind === 'many');
  const around = [...pieces.slice(0, star), ...pieces.slice(star + 1)];
  if (star === -1 || around.some((piece) => piece.kind !== 'text')) return null;
  const text = (part: readonly Piece[]): string => part.map((piece) => (piece.kind === 'text' ? comparisonKey(piece.text, fold) : '')).join('');
  return { before: text(pieces.slice(0, star)), after: text(pieces.slice(star + 1)) };
}

function withoutDotNames(runs: Runs<CharacterSet>): Runs<CharacterSet>[] {
  const [only] = runs;
  if (runs.length > 1 || only === undefined || only.length > 2) return [runs];
  // A name of one or two characters is no dot name when one of them is no dot.
  const variants = only.map((_, position) => only.map((set, index) => (index === position ? intersect(set, NOT_DOT) : set)));
  return variants.filter((variant) => variant.every((set) => asRanges(set).length > 0)).map((variant) => [variant]);
}

/** True when the name, which is not "." or "..", is one that the matcher describes. */
export function matchesName(matcher: NameMatcher, name: string, work: Work): boolean {
  work.steps += 1;
  if (matcher.literal !== null) return matcher.literal === name;
  const { affixes } = matcher;
  if (affixes !== null) return name.length >= affixes.before.length + affixes.after.length && name.startsWith(affixes.before) && name.endsWith(affixes.after);
  return placeRuns(matcher.runs, pointsOf(name), (set, point) => {
    work.steps += 1;
    return hasPoint(set, point);
  }) !== null;
}

/** True when some name is described by both. */
export function namesMeet(a: NameMatcher, b: NameMatcher, work: Work): boolean {
  if (a.literal !== null) return matchesName(b, a.literal, work);
  if (b.literal !== null) return matchesName(a, b.literal, work);
  work.steps += 1;
  const [fixed, other] = a.runs.length === 1 ? [a, b] : [b, a];
  return fixed.variants.some((variant) =>
    runsMeet(variant, other.runs, (left, right) => {
      work.steps += 1;
      return charactersMeet(left, right);
    }),
  );
}

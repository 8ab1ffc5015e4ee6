import { quote } from '../kernel/ids.js';
import { classEnd, parseClass, type CharacterClass } from './class.js';
import { invalidGlob } from './invalid-glob.js';

/** A run of literal text, `?` (one character), `*` (any number of characters), or a class. */
export type Piece = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'one' } | { readonly kind: 'many' } | ({ readonly kind: 'class' } & CharacterClass);

/** One name of a path as a pattern describes it; `any-depth` is `**`: any number of names, also none. */
export type Segment = { readonly kind: 'literal'; readonly text: string } | { readonly kind: 'wild'; readonly pieces: readonly Piece[] } | { readonly kind: 'any-depth' };

export const ANY_DEPTH: Segment = { kind: 'any-depth' };
export const ANY_NAME: Segment = { kind: 'wild', pieces: [{ kind: 'many' }] };

const SPECIAL = /[*?[]|[!@+]\(/;

/** Reads what stands between two slashes. Throws INVALID_GLOB, naming the whole pattern. */
export function parseSegment(source: string, pattern: string): Segment {
  if (source === '**') return ANY_DEPTH;
  const segment = SPECIAL.test(source) ? toSegment(readPieces(source, pattern)) : { kind: 'literal' as const, text: source };
  if (segment.kind === 'literal') refuseSpecialName(segment.text, pattern);
  return segment;
}

function refuseSpecialName(name: string, pattern: string): void {
  if (name === '') throw invalidGlob(pattern, 'it has an empty path segment', 'Write one "/" between two names.');
  if (name === '.' || name === '..') throw invalidGlob(pattern, `it has the path segment ${quote(name)}`, 'Write the path from the root of the repository, as in src/auth.');
}

function toSegment(pieces: readonly Piece[]): Segment {
  const [first] = pieces;
  return pieces.length === 1 && first?.kind === 'text' ? { kind: 'literal', text: first.text } : { kind: 'wild', pieces };
}

function readPieces(source: string, pattern: string): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < source.length; at += 1) {
    refuseCombination(source.slice(at, at + 2), pattern);
    const end = source.charAt(at) === '[' ? classEnd(source, at, pattern) : at;
    addPiece(pieces, readPiece(source.slice(at, end + 1), pattern));
    at = end;
  }
  return pieces;
}

function refuseCombination(two: string, pattern: string): void {
  if (two === '**') throw invalidGlob(pattern, '"**" stands beside other characters', 'Write ** as a whole path segment, as in src/**/*.ts, or a single *.');
  if (/^[!@?+*]\($/.test(two)) {
    const instead = two === '!(' ? 'Put what is left out into the exceptions of the set' : 'Write {a,b} for alternatives';
    throw invalidGlob(pattern, `the extended form "${two}...)" is not supported`, `${instead}, or [(] for a literal parenthesis.`);
  }
}

function readPiece(source: string, pattern: string): Piece {
  if (source === '*') return { kind: 'many' };
  if (source === '?') return { kind: 'one' };
  if (!source.startsWith('[')) return { kind: 'text', text: source };
  const parsed = parseClass(source.slice(1, -1), pattern);
  const [low, high] = parsed.ranges;
  // A class of one character is how a special character is written literally: [[] or [*].
  if (!parsed.negated && parsed.ranges.length === 2 && low === high) return { kind: 'text', text: String.fromCodePoint(low ?? 0) };
  return { kind: 'class', ...parsed };
}

function addPiece(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  if (last?.kind === 'text' && piece.kind === 'text') pieces[pieces.length - 1] = { kind: 'text', text: last.text + piece.text };
  else pieces.push(piece);
}

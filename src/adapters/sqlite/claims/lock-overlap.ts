import { findOverlap } from '../../../domain/glob/overlap.js';
import { compilePathSet } from '../../../domain/glob/path-set.js';
import { literalPrefix, prefixAncestors } from '../../../domain/glob/prefix.js';

/** Answers kept; the same few patterns meet again and again. */
const MAX_KNOWN = 4_096;
const FOLDED = { fold: true };

const known = new Map<string, string | null>();

/** The key under which a lock is stored and searched. Patterns were checked where they entered. */
export const prefixOf: (pattern: string) => string = literalPrefix;
export const ancestorsOf: (prefix: string) => string[] = prefixAncestors;

/** A path that both patterns cover, in any case and spelling; null when there is none. */
export function overlapWitness(a: string, b: string): string | null {
  const key = `${a}\n${b}`;
  const answer = known.get(key);
  if (answer !== undefined) return answer;
  const overlap = findOverlap(compilePathSet({ include: [a] }, FOLDED), compilePathSet({ include: [b] }, FOLDED));
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, overlap.overlap ? overlap.witness : null);
  return overlap.overlap ? overlap.witness : null;
}

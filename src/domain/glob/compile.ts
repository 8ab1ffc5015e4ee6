import { compileName, type NameMatcher } from './name-matcher.js';
import { parsePattern } from './pattern.js';
import type { Runs } from './runs.js';
import type { Segment } from './segment.js';

/** A pattern ready for comparison: one entry for each thing that its braces stand for. */
export interface CompiledPattern {
  readonly text: string;
  readonly alternatives: readonly CompiledAlternative[];
  /** Leading names without wildcard that all alternatives share. */
  readonly prefix: readonly string[];
}

/** Names, with a gap for each `**`. */
export type CompiledAlternative = Runs<NameMatcher>;

/** What the cache may hold, in characters of patterns after their braces are expanded. */
export const CACHE_CHARACTERS = 4_000_000;
const ENTRY_OVERHEAD_CHARACTERS = 64;

interface CacheEntry {
  readonly compiled: CompiledPattern;
  readonly characters: number;
}

const caches = { folded: new Map<string, CacheEntry>(), exact: new Map<string, CacheEntry>() };
let cachedCharacters = 0;

/** Compiles a pattern, or takes it from a cache of bounded size. Throws INVALID_GLOB. */
export function compilePattern(text: string, fold: boolean): CompiledPattern {
  const cache = fold ? caches.folded : caches.exact;
  const cached = cache.get(text);
  if (cached !== undefined) return cached.compiled;
  const pattern = parsePattern(text);
  const alternatives = pattern.alternatives.map((segments) => compileAlternative(segments, fold));
  const compiled = { text, alternatives, prefix: commonPrefix(alternatives) };
  remember(cache, text, { compiled, characters: (text.length + ENTRY_OVERHEAD_CHARACTERS) * alternatives.length });
  return compiled;
}

function compileAlternative(segments: readonly Segment[], fold: boolean): CompiledAlternative {
  const runs: NameMatcher[][] = [[]];
  for (const segment of segments) {
    if (segment.kind === 'any-depth') runs.push([]);
    else runs.at(-1)?.push(compileName(segment, fold));
  }
  return runs;
}

function commonPrefix(alternatives: readonly CompiledAlternative[]): string[] {
  const [first = [], ...others] = alternatives.map(literalNames);
  const differs = first.findIndex((name, index) => others.some((names) => names[index] !== name));
  return differs === -1 ? first : first.slice(0, differs);
}

function literalNames(alternative: CompiledAlternative): string[] {
  const names: string[] = [];
  for (const matcher of alternative[0] ?? []) {
    if (matcher.literal === null) break;
    names.push(matcher.literal);
  }
  return names;
}

function remember(cache: Map<string, CacheEntry>, text: string, entry: CacheEntry): void {
  if (cachedCharacters + entry.characters > CACHE_CHARACTERS) {
    caches.folded.clear();
    caches.exact.clear();
    cachedCharacters = 0;
  }
  cache.set(text, entry);
  cachedCharacters += entry.characters;
}

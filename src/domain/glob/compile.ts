import { compileName, type NameMatcher } from './name-matcher.js';
import { parsePattern } from './pattern.js';
import type { Runs } from './runs.js';
import type { Segment } from './segment.js';

/** A pattern ready for comparison: one entry for each thing that its braces stand for. */
export interface CompiledPattern {
  readonly text: string;
  readonly alternatives: readonly CompiledAlternative[];
}

/** Names, with a gap for each `**`. */
export type CompiledAlternative = Runs<NameMatcher>;

/** What the cache may hold, in characters of patterns after their braces are expanded. */
export const CACHE_CHARACTERS = 2_000_000;
const ENTRY_OVERHEAD_CHARACTERS = 64;

const caches = { folded: new Map<string, CompiledPattern>(), exact: new Map<string, CompiledPattern>() };
let cachedCharacters = 0;

/** Compiles a pattern, or takes it from a cache of bounded size. Throws INVALID_GLOB. */
export function compilePattern(text: string, fold: boolean): CompiledPattern {
  const cache = fold ? caches.folded : caches.exact;
  const cached = cache.get(text);
  if (cached !== undefined) return cached;
  const compiled = { text, alternatives: parsePattern(text).alternatives.map((segments) => compileAlternative(segments, fold)) };
  remember(cache, compiled);
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

/** Everything is dropped at once: patterns in use come back at the cost of one compilation each. */
function remember(cache: Map<string, CompiledPattern>, compiled: CompiledPattern): void {
  const characters = (compiled.text.length + ENTRY_OVERHEAD_CHARACTERS) * compiled.alternatives.length;
  if (cachedCharacters + characters > CACHE_CHARACTERS) {
    caches.folded.clear();
    caches.exact.clear();
    cachedCharacters = 0;
  }
  cache.set(compiled.text, compiled);
  cachedCharacters += characters;
}

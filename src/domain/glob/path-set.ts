import { comparisonKey } from './comparison-key.js';
import { compilePattern, type CompiledAlternative } from './compile.js';
import { matchesName } from './name-matcher.js';
import { placeRuns } from './runs.js';
import { startWork, type Work } from './work.js';

/** Paths covered by one of `include` and by none of `except`. */
export interface PathSetInput {
  readonly include: readonly string[];
  readonly except?: readonly string[];
}

export interface ComparisonMode {
  /** True: NFC and case-folded, for locks and denies. False: NFC only, for allows. */
  readonly fold: boolean;
}

/** A compiled set of paths, for membership and for overlap alike. */
export interface PathSet {
  readonly fold: boolean;
  readonly include: readonly CompiledAlternative[];
  readonly except: readonly CompiledAlternative[];
}

/** Compiles a set. Patterns are cached, so that compiling the same ones again costs next to nothing. Throws INVALID_GLOB. */
export function compilePathSet(input: PathSetInput, mode: ComparisonMode): PathSet {
  const compile = (patterns: readonly string[]): CompiledAlternative[] => patterns.flatMap((pattern) => compilePattern(pattern, mode.fold).alternatives);
  return { fold: mode.fold, include: compile(input.include), except: compile(input.except ?? []) };
}

/**
 * True when the set covers the path. A path is relative to the root of the repository, with `/` between names;
 * one `/` at its end is ignored. What is no such path (absolute, with an empty, "." or ".." name) is in no set.
 */
export function matchesPath(set: PathSet, path: string): boolean {
  return matchesCounting(set, path, startWork(Number.POSITIVE_INFINITY));
}

/** The same, adding to a count of work. */
export function matchesCounting(set: PathSet, path: string, work: Work): boolean {
  const names = namesOf(path, set.fold);
  if (names === null) return false;
  return someMatches(set.include, names, work) && !someMatches(set.except, names, work);
}

/** The names of a path in the form of comparison, or null when it is no plain relative path. */
function namesOf(path: string, fold: boolean): readonly string[] | null {
  const key = comparisonKey(path, fold);
  const names = (key.endsWith('/') ? key.slice(0, -1) : key).split('/');
  return names.some((name) => name === '' || name === '.' || name === '..') ? null : names;
}

function someMatches(alternatives: readonly CompiledAlternative[], names: readonly string[], work: Work): boolean {
  return alternatives.some((alternative) => placeRuns(alternative, names, (matcher, name) => matchesName(matcher, name, work)) !== null);
}

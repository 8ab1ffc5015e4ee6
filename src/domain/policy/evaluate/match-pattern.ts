import { findOverlap } from '../../glob/overlap.js';
import { compilePathSet, type PathSet } from '../../glob/path-set.js';
import { findOutside } from '../../glob/subset.js';
import type { DecisionRequest } from '../request.js';
import type { CompiledRule } from './compiled-rule.js';

/** A task is asked about before it has touched anything: its paths are the patterns that it declared. */
export const asksAboutPatterns = (request: DecisionRequest): boolean => request.resource.kind === 'task';

/** A declared pattern, compiled in both modes of comparison. */
export interface DeclaredPattern {
  readonly folded: PathSet;
  readonly exact: PathSet;
}

/** Null for what is no pattern: it can't be judged. */
export function compileDeclared(pattern: string): DeclaredPattern | null {
  try {
    return { folded: compilePathSet({ include: [pattern] }, { fold: true }), exact: compilePathSet({ include: [pattern] }, { fold: false }) };
  } catch {
    return null;
  }
}

/** A deny or an ask is meant by a pattern that shares a path with it; an allow only by one that lies within it altogether. */
export function coversPattern({ isAllow, paths }: CompiledRule, pattern: DeclaredPattern): boolean {
  if (paths.kind !== 'ready') return false;
  if (!isAllow) return findOverlap(paths.set, pattern.folded).overlap;
  const isLeftOut = paths.exceptions !== null && findOverlap(paths.exceptions, pattern.folded).overlap;
  return !isLeftOut && findOutside(pattern.exact, paths.set).subset;
}

import { assert } from '../kernel/assert.js';
import { EVERY_CHARACTER, FOLDED_CHARACTERS } from './code-points.js';
import { CommonPaths } from './common-path.js';
import { compilePattern, type CompiledAlternative } from './compile.js';
import { ExceptionStates } from './exception-states.js';
import { matchesCounting, type PathSet } from './path-set.js';
import { searchOutside, type SearchResult } from './search-outside.js';
import { startWork } from './work.js';

/**
 * Whether every path of one set is in another. The witness is a path of the inner set that the outer one does not
 * have, short and readable. When `exact` is false, the work reached its limit before the question was settled: the
 * safe answer is that it is no subset, and the witness is a guess or ''.
 */
export type Outside = { readonly subset: true } | { readonly subset: false; readonly witness: string; readonly exact: boolean };

/** Comparisons of names and characters after which a question is given up. */
export const SUBSET_STEPS = 2_000_000;
/** States of the product automaton after which one search is given up. */
export const SUBSET_STATES = 20_000;

const EVERYTHING = '**';

/** Both sets must be compiled with the same mode. Says subset only when no path of `inner` is outside `outer`. */
export function findOutside(inner: PathSet, outer: PathSet): Outside {
  assert(inner.fold === outer.fold, 'two sets are compared in one mode');
  return new Question(inner, outer).answer();
}

class Question {
  private readonly inner: PathSet;
  private readonly outer: PathSet;
  private readonly work = startWork(SUBSET_STEPS);
  private readonly alphabet;

  constructor(inner: PathSet, outer: PathSet) {
    this.inner = inner;
    this.outer = outer;
    this.alphabet = inner.fold ? FOLDED_CHARACTERS : EVERY_CHARACTER;
  }

  answer(): Outside {
    return this.tryReadablePaths() ?? this.searchWhatIsNotIncluded() ?? this.searchWhatIsGivenBack() ?? { subset: true };
  }

  /** Most sets that are no subset show it at once, with a path that reads better than the shortest one. */
  private tryReadablePaths(): Outside | null {
    const paths = new CommonPaths(this.work);
    for (const pattern of this.inner.include) {
      const path = paths.find(pattern, pattern);
      if (path !== null && this.isOutside(path)) return { subset: false, witness: path, exact: true };
    }
    return null;
  }

  private searchWhatIsNotIncluded(): Outside | null {
    const [everything = []] = compilePattern(EVERYTHING, this.inner.fold).alternatives;
    const open = this.inner.include.filter((pattern) => !this.outer.include.includes(pattern));
    return this.search(open.map((left) => [left, everything]), [...this.inner.except, ...this.outer.include]);
  }

  /** What the outer set excepts is outside, though it is included. */
  private searchWhatIsGivenBack(): Outside | null {
    const pairs = this.inner.include.flatMap((left) => this.outer.except.map((right): Pair => [left, right]));
    return this.search(pairs, this.inner.except);
  }

  private search(pairs: readonly Pair[], covered: readonly CompiledAlternative[]): Outside | null {
    if (pairs.length === 0) return null;
    const except = new ExceptionStates(covered, this.alphabet, this.work);
    for (const [left, right] of pairs) {
      const outside = this.judge(searchOutside({ left, right, except, maxStates: SUBSET_STATES }, this.work));
      if (outside !== null) return outside;
    }
    return null;
  }

  private judge(result: SearchResult): Outside | null {
    if (result.kind === 'none') return null;
    if (result.kind === 'limit') return { subset: false, witness: '', exact: false };
    return { subset: false, witness: result.path, exact: this.isOutside(result.path) };
  }

  /** Asks the sets themselves: composing (NFC) can turn a path of the walk into another one. */
  private isOutside(path: string): boolean {
    return matchesCounting(this.inner, path, this.work) && !matchesCounting(this.outer, path, this.work);
  }
}

type Pair = readonly [left: CompiledAlternative, right: CompiledAlternative];

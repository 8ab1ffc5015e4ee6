import { assert } from '../kernel/assert.js';
import { EVERY_CHARACTER, FOLDED_CHARACTERS } from './code-points.js';
import { commonPath } from './common-path.js';
import type { CompiledAlternative } from './compile.js';
import { ExceptionStates } from './exception-states.js';
import type { Work } from './name-matcher.js';
import { matchesCounting, type PathSet } from './path-set.js';
import { searchOutside, type SearchBudget } from './search-outside.js';

/**
 * Whether two sets share a path. The witness is such a path, short and readable. When `exact` is false, the
 * work reached its limit before the question was settled: the safe answer is that they do share
 * one, and the witness is a guess (a path that the included patterns cover, if one was found).
 */
export type Overlap = { readonly overlap: false } | { readonly overlap: true; readonly witness: string; readonly exact: boolean };

/** Comparisons of names and characters after which a question is given up. */
export const OVERLAP_STEPS = 2_000_000;
/** States of the product automaton after which a question about sets with exceptions is given up. */
export const OVERLAP_STATES = 20_000;

/** Two patterns that share a path, which does not count because an exception covers it. */
interface ExceptedPair {
  readonly left: CompiledAlternative;
  readonly right: CompiledAlternative;
  readonly path: string;
}

/** Both sets must be compiled with the same mode. Symmetric, and never says false when a common path exists. */
export function findOverlap(a: PathSet, b: PathSet): Overlap {
  assert(a.fold === b.fold, 'two sets are compared in one mode');
  return new Question(a, b).answer();
}

class Question {
  private readonly a: PathSet;
  private readonly b: PathSet;
  private readonly work: Work = { steps: 0 };
  private readonly excepted: ExceptedPair[] = [];

  constructor(a: PathSet, b: PathSet) {
    this.a = a;
    this.b = b;
  }

  answer(): Overlap {
    for (const left of this.a.include) {
      for (const right of this.b.include) {
        const path = commonPath(left, right, this.work);
        if (path !== null && this.isWitness(path)) return { overlap: true, witness: path, exact: true };
        if (path !== null) this.excepted.push({ left, right, path });
        if (this.work.steps > OVERLAP_STEPS) return unsettled(this.excepted[0]?.path ?? commonPath(left, left, this.work) ?? '');
      }
    }
    return this.excepted.length === 0 ? { overlap: false } : this.searchBesideExceptions();
  }

  private searchBesideExceptions(): Overlap {
    const except = new ExceptionStates([...this.a.except, ...this.b.except], this.work);
    const alphabet = this.a.fold ? FOLDED_CHARACTERS : EVERY_CHARACTER;
    const budget: SearchBudget = { work: this.work, maxSteps: OVERLAP_STEPS, statesLeft: OVERLAP_STATES };
    for (const { left, right, path } of this.excepted) {
      const result = searchOutside({ left, right, except, alphabet }, budget);
      if (result.kind === 'limit') return unsettled(path);
      if (result.kind === 'found') return this.isWitness(result.path) ? { overlap: true, witness: result.path, exact: true } : unsettled(result.path);
    }
    return { overlap: false };
  }

  /** Asks the sets themselves: composing (NFC) can turn a path into one that they treat differently. */
  private isWitness(path: string): boolean {
    return matchesCounting(this.a, path, this.work) && matchesCounting(this.b, path, this.work);
  }
}

const unsettled = (witness: string): Overlap => ({ overlap: true, witness, exact: false });

import { assert } from '../kernel/assert.js';
import { EVERY_CHARACTER, FOLDED_CHARACTERS } from './code-points.js';
import { beginDifferently, CommonPaths } from './common-path.js';
import { isPrintableAscii } from './comparison-key.js';
import type { CompiledAlternative } from './compile.js';
import { ExceptionStates } from './exception-states.js';
import { matchesCounting, type PathSet } from './path-set.js';
import { searchOutside } from './search-outside.js';
import { isSpent, startWork } from './work.js';

/**
 * Whether two sets share a path. The witness is such a path, short and readable. When `exact` is false, the
 * work reached its limit before the question was settled: the safe answer is that they do share
 * one, and the witness is a guess (a path that the included patterns cover, if one was found).
 */
export type Overlap = { readonly overlap: false } | { readonly overlap: true; readonly witness: string; readonly exact: boolean };

/** Comparisons of names and characters after which a question is given up. */
export const OVERLAP_STEPS = 2_000_000;
/** States of the product automaton after which the search beside exceptions is given up, for each pair of patterns. */
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
  return areFewAndBeginDifferently(a.include, b.include) ? { overlap: false } : new Question(a, b).answer();
}

/** Up to this many pairs are looked at before anything is set up: the usual lock is one pattern. */
const FEW_PAIRS = 16;

function areFewAndBeginDifferently(a: readonly CompiledAlternative[], b: readonly CompiledAlternative[]): boolean {
  return a.length * b.length <= FEW_PAIRS && a.every((left) => b.every((right) => beginDifferently(left, right)));
}

class Question {
  private readonly a: PathSet;
  private readonly b: PathSet;
  private readonly work = startWork(OVERLAP_STEPS);
  private readonly paths = new CommonPaths(this.work);
  private readonly excepted: ExceptedPair[] = [];

  constructor(a: PathSet, b: PathSet) {
    this.a = a;
    this.b = b;
  }

  answer(): Overlap {
    for (const left of this.a.include) {
      for (const right of this.b.include) {
        const path = this.paths.find(left, right);
        if (path !== null && this.isWitness(path)) return { overlap: true, witness: path, exact: true };
        if (path !== null) this.excepted.push({ left, right, path });
        if (isSpent(this.work)) return unsettled(this.excepted[0]?.path ?? this.paths.find(left, left) ?? '');
      }
    }
    return this.excepted.length === 0 ? { overlap: false } : this.searchBesideExceptions();
  }

  private searchBesideExceptions(): Overlap {
    const alphabet = this.a.fold ? FOLDED_CHARACTERS : EVERY_CHARACTER;
    const except = new ExceptionStates([...this.a.except, ...this.b.except], alphabet, this.work);
    for (const { left, right, path } of this.excepted) {
      const result = searchOutside({ left, right, except, maxStates: OVERLAP_STATES }, this.work);
      if (result.kind === 'limit') return unsettled(path);
      if (result.kind === 'found') return this.isWitness(result.path) ? { overlap: true, witness: result.path, exact: true } : unsettled(result.path);
    }
    return { overlap: false };
  }

  /** Asks the sets themselves, also where nothing is excepted: composing (NFC) can turn a path into another one. */
  private isWitness(path: string): boolean {
    if (this.a.except.length + this.b.except.length === 0 && isPrintableAscii(path)) return true;
    return matchesCounting(this.a, path, this.work) && matchesCounting(this.b, path, this.work);
  }
}

const unsettled = (witness: string): Overlap => ({ overlap: true, witness, exact: false });

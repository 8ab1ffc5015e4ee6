import { buildAutomaton, type Automaton, type Edge } from './automaton.js';
import { asRanges, complement, hasPoint, intersect, type Ranges } from './code-points.js';
import type { CompiledAlternative } from './compile.js';
import { isSpent, type Work } from './work.js';

/** All states that the exceptions can be in after the same characters. */
interface Subset {
  readonly edges: readonly Edge[];
  readonly accepting: boolean;
  readonly universal: boolean;
  readonly next: Map<number, number>;
  groups: readonly Ranges[] | null;
}

/**
 * Exceptions as one deterministic automaton, whose states are made when a walk reaches them (subset construction,
 * Rabin and Scott 1959). It is shared by all walks of a question.
 */
export class ExceptionStates {
  static readonly start = 0;
  private readonly automaton: Automaton;
  private readonly alphabet: Ranges;
  private readonly work: Work;
  private readonly subsets: Subset[] = [];
  private readonly ids = new Map<string, number>();

  /** The alphabet is all characters that a path may have. */
  constructor(except: readonly CompiledAlternative[], alphabet: Ranges, work: Work) {
    this.automaton = buildAutomaton(except);
    this.alphabet = alphabet;
    this.work = work;
    work.steps += this.automaton.edges.length;
    this.intern([...this.automaton.starts]);
  }

  /** True when an exception covers what was read so far. */
  isCovered(state: number): boolean {
    return this.subset(state).accepting;
  }

  /** True when an exception covers every path that begins with what was read so far. */
  isHopeless(state: number): boolean {
    return this.subset(state).universal;
  }

  /** The alphabet in groups of characters that lead from this state to the same next one. Incomplete when the work is spent. */
  groupsAt(state: number): readonly Ranges[] {
    const subset = this.subset(state);
    return (subset.groups ??= this.divide(subset.edges));
  }

  private divide(edges: readonly Edge[]): readonly Ranges[] {
    let groups = [this.alphabet];
    for (const set of new Set(edges.map((edge) => edge.on))) {
      if (isSpent(this.work)) break;
      this.work.steps += groups.length;
      const others = complement(asRanges(set));
      groups = groups.flatMap((group) => [intersect(group, set), intersect(group, others)]).filter((group) => group.length > 0);
    }
    return groups;
  }

  next(state: number, point: number): number {
    const { edges, next } = this.subset(state);
    const known = next.get(point);
    if (known !== undefined) return known;
    this.work.steps += edges.length;
    const reached = new Set<number>();
    for (const edge of edges) {
      if (hasPoint(edge.on, point)) reached.add(edge.to);
    }
    const made = this.intern([...reached].sort((a, b) => a - b));
    next.set(point, made);
    return made;
  }

  private intern(states: readonly number[]): number {
    const key = states.join();
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const edges = states.flatMap((state) => this.automaton.edges[state] ?? []);
    const { accepting, universal } = this.automaton;
    const subset = { edges, accepting: states.some((state) => accepting[state]), universal: states.some((state) => universal[state]), next: new Map<number, number>(), groups: null };
    const made = this.subsets.push(subset) - 1;
    this.ids.set(key, made);
    return made;
  }

  private subset(state: number): Subset {
    return this.subsets[state] as Subset;
  }
}

import { buildAutomaton, type Automaton, type Edge } from './automaton.js';
import { asRanges, complement, DOT, hasPoint, intersect, readablePoint, SLASH, type Ranges } from './code-points.js';
import type { CompiledAlternative } from './compile.js';
import type { Work } from './name-matcher.js';

export type SearchResult = { readonly kind: 'found'; readonly path: string } | { readonly kind: 'none' } | { readonly kind: 'limit' };

export interface SearchInput {
  readonly left: CompiledAlternative;
  readonly right: CompiledAlternative;
  /** Built once for all searches of a question. */
  readonly except: Automaton;
}

/** What the searches of one question may cost together. */
export interface SearchBudget {
  readonly work: Work;
  readonly maxSteps: number;
  statesLeft: number;
}

/** What the name that is being read is so far: a path has no empty, "." or ".." name. */
type NameSoFar = 'empty' | 'dot' | 'dots' | 'proper';

/** A point of the walk: a state of each pattern, all states that the exceptions can be in, and how it was reached. */
interface Node {
  readonly left: number;
  readonly right: number;
  readonly excepted: readonly number[];
  readonly name: NameSoFar;
  readonly before: Node | null;
  readonly point: number;
}

interface Move {
  readonly left: number;
  readonly right: number;
  readonly point: number;
}

/**
 * Looks for a path that both patterns cover and no exception does: a breadth-first walk over the product
 * of their automata, with the set of states that the exceptions can be in (subset construction,
 * Rabin and Scott 1959). The first path found is a shortest one.
 */
export function searchOutside(input: SearchInput, budget: SearchBudget): SearchResult {
  return new Search(input, budget).run();
}

class Search {
  private readonly left: Automaton;
  private readonly right: Automaton;
  private readonly except: Automaton;
  private readonly budget: SearchBudget;
  private readonly seen = new Set<string>();
  private readonly queue: Node[] = [];

  constructor(input: SearchInput, budget: SearchBudget) {
    this.left = buildAutomaton([input.left]);
    this.right = buildAutomaton([input.right]);
    this.except = input.except;
    this.budget = budget;
    budget.work.steps += this.left.edges.length + this.right.edges.length;
  }

  run(): SearchResult {
    this.visit({ left: 0, right: 0, excepted: this.except.starts, name: 'empty', before: null, point: 0 });
    for (let next = 0; next < this.queue.length && !this.isSpent(); next += 1) {
      const node = this.queue[next] as Node;
      if (this.isGoal(node)) return { kind: 'found', path: pathTo(node) };
      this.expand(node);
    }
    return { kind: this.isSpent() ? 'limit' : 'none' };
  }

  private isSpent(): boolean {
    return this.budget.statesLeft < 0 || this.budget.work.steps > this.budget.maxSteps;
  }

  private isGoal(node: Node): boolean {
    const covered = this.left.accepting[node.left] === true && this.right.accepting[node.right] === true;
    return covered && node.name === 'proper' && !node.excepted.some((state) => this.except.accepting[state]);
  }

  private expand(node: Node): void {
    const exceptEdges = node.excepted.flatMap((state) => this.except.edges[state] ?? []);
    for (const leftEdge of this.left.edges[node.left] ?? []) {
      for (const rightEdge of this.right.edges[node.right] ?? []) {
        const shared = intersect(leftEdge.on, rightEdge.on);
        const points = shared.length === 0 ? [] : this.distinctPoints(shared, exceptEdges);
        for (const point of points) this.follow(node, { left: leftEdge.to, right: rightEdge.to, point }, exceptEdges);
      }
    }
  }

  /** One readable code point of each group that the exceptions treat alike. */
  private distinctPoints(shared: Ranges, exceptEdges: readonly Edge[]): number[] {
    let groups: Ranges[] = [shared];
    for (const set of new Set([DOT, ...exceptEdges.map((edge) => edge.on)])) {
      if (this.isSpent()) break;
      this.budget.work.steps += groups.length;
      groups = groups.flatMap((group) => [intersect(group, set), intersect(group, complement(asRanges(set)))].filter((part) => part.length > 0));
    }
    return groups.map(readablePoint);
  }

  private follow(node: Node, move: Move, exceptEdges: readonly Edge[]): void {
    const name = nextName(node.name, move.point);
    if (name === null || this.isSpent()) return;
    this.budget.work.steps += 1 + exceptEdges.length;
    const reached = new Set(exceptEdges.filter((edge) => hasPoint(edge.on, move.point)).map((edge) => edge.to));
    this.visit({ ...move, excepted: [...reached].sort((a, b) => a - b), name, before: node });
  }

  private visit(node: Node): void {
    const key = `${node.left},${node.right},${node.name},${node.excepted.join(',')}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.queue.push(node);
    this.budget.statesLeft -= 1;
  }
}

function nextName(name: NameSoFar, point: number): NameSoFar | null {
  if (point === SLASH) return name === 'proper' ? 'empty' : null;
  if (point !== DOT) return 'proper';
  if (name === 'empty') return 'dot';
  return name === 'dot' ? 'dots' : 'proper';
}

function pathTo(end: Node): string {
  const points: number[] = [];
  for (let node = end; node.before !== null; node = node.before) points.push(node.point);
  return String.fromCodePoint(...points.reverse());
}

import { buildAutomaton, type Automaton } from './automaton.js';
import { DOT, intersect, readablePoint, SLASH, type Ranges } from './code-points.js';
import type { CompiledAlternative } from './compile.js';
import { ExceptionStates } from './exception-states.js';
import { isSpent, type Work } from './work.js';

export type SearchResult = { readonly kind: 'found'; readonly path: string } | { readonly kind: 'none' } | { readonly kind: 'limit' };

export interface SearchInput {
  readonly left: CompiledAlternative;
  readonly right: CompiledAlternative;
  readonly except: ExceptionStates;
  readonly maxStates: number;
}

/** What the name that is being read is so far: a path has no empty, "." or ".." name. */
type NameSoFar = 'empty' | 'dot' | 'dots' | 'proper';

/** A point of the walk: a state of each pattern and of the exceptions, and how it was reached. */
interface Node {
  readonly left: number;
  readonly right: number;
  readonly except: number;
  readonly name: NameSoFar;
  readonly before: Node | null;
  readonly point: number;
}

/**
 * Looks for a path that both patterns cover and no exception does: a breadth-first walk over the product
 * of their automata. The first path found is a shortest one.
 */
export function searchOutside(input: SearchInput, work: Work): SearchResult {
  return new Search(input, work).run();
}

class Search {
  private readonly left: Automaton;
  private readonly right: Automaton;
  private readonly input: SearchInput;
  private readonly work: Work;
  private readonly seen = new Set<string>();
  private readonly queue: Node[] = [];

  constructor(input: SearchInput, work: Work) {
    this.left = buildAutomaton([input.left]);
    this.right = buildAutomaton([input.right]);
    this.input = input;
    this.work = work;
    work.steps += this.left.edges.length + this.right.edges.length;
  }

  run(): SearchResult {
    this.visit({ left: 0, right: 0, except: ExceptionStates.start, name: 'empty', before: null, point: 0 });
    for (let next = 0; next < this.queue.length && !this.isSpent(); next += 1) {
      const node = this.queue[next] as Node;
      if (this.isGoal(node)) return { kind: 'found', path: pathTo(node) };
      this.expand(node);
    }
    return { kind: this.isSpent() ? 'limit' : 'none' };
  }

  private isSpent(): boolean {
    return this.queue.length > this.input.maxStates || isSpent(this.work);
  }

  private isGoal(node: Node): boolean {
    const covered = this.left.accepting[node.left] === true && this.right.accepting[node.right] === true;
    return covered && node.name === 'proper' && !this.input.except.isCovered(node.except);
  }

  private expand(node: Node): void {
    for (const leftEdge of this.left.edges[node.left] ?? []) {
      for (const rightEdge of this.right.edges[node.right] ?? []) {
        this.work.steps += 1;
        const shared = intersect(leftEdge.on, rightEdge.on);
        for (const point of this.distinctPoints(shared, node.except)) this.follow(node, { left: leftEdge.to, right: rightEdge.to, point });
      }
    }
  }

  /** One readable code point of each group that the exceptions treat alike. */
  private distinctPoints(shared: Ranges, except: number): number[] {
    if (shared.length === 0) return [];
    if (shared.length === 2 && shared[0] === shared[1]) return shared.slice(0, 1);
    const groups = this.input.except.groupsAt(except);
    this.work.steps += groups.length;
    return groups.map((group) => intersect(group, shared)).filter((group) => group.length > 0).map(readablePoint);
  }

  private follow(node: Node, move: { readonly left: number; readonly right: number; readonly point: number }): void {
    const name = nextName(node.name, move.point);
    if (name === null || this.isSpent()) return;
    this.visit({ ...move, except: this.input.except.next(node.except, move.point), name, before: node });
  }

  private visit(node: Node): void {
    if (this.input.except.isHopeless(node.except)) return;
    const key = `${node.left},${node.right},${node.except},${node.name}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.queue.push(node);
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

import { NOT_SLASH, pointsOf, SLASH, type CharacterSet } from './code-points.js';
import type { CompiledAlternative } from './compile.js';
import type { NameMatcher } from './name-matcher.js';

export interface Edge {
  readonly on: CharacterSet;
  readonly to: number;
}

/**
 * Patterns as one nondeterministic automaton over the characters of a path, without empty moves. That names are not
 * empty, "." or ".." is not part of it: whoever walks it keeps count of that.
 */
export interface Automaton {
  /** One for each pattern. */
  readonly starts: readonly number[];
  readonly edges: readonly (readonly Edge[])[];
  readonly accepting: readonly boolean[];
  /** States at the beginning of a name from which every path goes on to be accepted: what follows is `**`. */
  readonly universal: readonly boolean[];
}

export function buildAutomaton(alternatives: readonly CompiledAlternative[]): Automaton {
  const builder = new AutomatonBuilder();
  const starts = alternatives.map((alternative) => builder.add(alternative));
  return { starts, ...builder.finish() };
}

/** A state that can be left without reading anything leads to one other state only: the loop of a `*`. */
interface DraftState {
  readonly edges: Edge[];
  next: number | null;
  accepting: boolean;
  universal: boolean;
}

class AutomatonBuilder {
  private readonly states: DraftState[] = [];

  add(alternative: CompiledAlternative): number {
    const start = this.newState();
    let boundary = start;
    alternative.forEach((run, index) => {
      const isLastRun = index === alternative.length - 1;
      if (index > 0) this.addAnyDepth(boundary, isLastRun && run.length === 0);
      this.state(boundary).universal = index > 0 && isLastRun && run.length <= 1 && run.every(isAnyName);
      run.forEach((name, position) => {
        const end = this.addName(boundary, name);
        const isLastName = position === run.length - 1;
        const onlyDepthFollows = index === alternative.length - 2 && alternative.at(-1)?.length === 0;
        this.state(end).accepting = isLastName && (isLastRun || onlyDepthFollows);
        if (!isLastName || !isLastRun) boundary = this.addEdge(end, SLASH);
      });
    });
    return start;
  }

  finish(): Omit<Automaton, 'starts'> {
    const reached = this.states.map((state) => this.withoutReading(state));
    return {
      edges: reached.map((states) => states.flatMap((state) => state.edges)),
      accepting: reached.map((states) => states.some((state) => state.accepting)),
      universal: this.states.map((state) => state.universal),
    };
  }

  private withoutReading(state: DraftState): DraftState[] {
    const reached = [state];
    for (let next = state.next; next !== null; next = this.state(next).next) reached.push(this.state(next));
    return reached;
  }

  /** Any number of whole names, after which the path is at a boundary again. */
  private addAnyDepth(boundary: number, mayEnd: boolean): void {
    const inside = this.addEdge(boundary, NOT_SLASH);
    this.state(inside).edges.push({ on: NOT_SLASH, to: inside }, { on: SLASH, to: boundary });
    this.state(inside).accepting = mayEnd;
  }

  private addName(start: number, name: NameMatcher): number {
    if (name.literal !== null) return this.addCharacters(start, pointsOf(name.literal));
    const [head = [], ...others] = name.runs;
    return others.reduce((at, run) => this.addCharacters(this.addLoop(at), run), this.addCharacters(start, head));
  }

  private addCharacters(start: number, characters: readonly CharacterSet[]): number {
    return characters.reduce<number>((at, character) => this.addEdge(at, character), start);
  }

  private addLoop(at: number): number {
    const loop = this.newState();
    this.state(loop).edges.push({ on: NOT_SLASH, to: loop });
    this.state(at).next = loop;
    return loop;
  }

  private addEdge(from: number, on: CharacterSet): number {
    const to = this.newState();
    this.state(from).edges.push({ on, to });
    return to;
  }

  private newState(): number {
    return this.states.push({ edges: [], next: null, accepting: false, universal: false }) - 1;
  }

  private state(index: number): DraftState {
    return this.states[index] as DraftState;
  }
}

const isAnyName = (name: NameMatcher): boolean => name.literal === null && name.affixes?.before === '' && name.affixes.after === '';

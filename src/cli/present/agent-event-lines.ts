import type { AgentEvent } from '../../domain/run/agent-event.js';
import { escapeLine } from '../escape.js';
import type { Style } from '../io.js';
import { thousands } from './format.js';

/** A line of an agent is cut here; the whole of it is in the run's log and in `--jsonl`. */
const MAX_LINE_CHARACTERS = 2_000;
const MAX_INPUT_CHARACTERS = 200;

type Streamed = 'text' | 'thought';

/**
 * What an agent does, as lines for people. Text comes in pieces of any size: pieces are joined to lines,
 * and a line that is still open is finished when something else happens. Keeps at most one open line.
 */
export class AgentEventLines {
  readonly #style: Style;
  #open = '';
  #kind: Streamed = 'text';

  constructor(style: Style) {
    this.#style = style;
  }

  push(event: AgentEvent): string[] {
    if (event.type !== 'text' && event.type !== 'thought') return [...this.end(), ...wholeLines(event, this.#style)];
    const before = this.#kind === event.type ? [] : this.end();
    this.#kind = event.type;
    const pieces = (this.#open + event.delta).split(/\r?\n/);
    this.#open = pieces.pop() ?? '';
    const forced = this.#open.length > MAX_LINE_CHARACTERS ? this.end() : [];
    return [...before, ...pieces.flatMap((piece) => this.#streamed(piece)), ...forced];
  }

  /** The line that is still open, if any. */
  end(): string[] {
    const rest = this.#open;
    this.#open = '';
    return rest === '' ? [] : this.#streamed(rest);
  }

  #streamed(text: string): string[] {
    if (text.trim() === '') return [];
    const line = foreign(text);
    return [this.#kind === 'thought' ? this.#style.dim(`~ ${line}`) : line];
  }
}

type Whole = Exclude<AgentEvent, { type: Streamed }>;
type Renderers = { readonly [Type in Whole['type']]: (event: Extract<Whole, { type: Type }>, style: Style) => string[] };

const RENDERERS: Renderers = {
  started: (event, style) => [style.dim(`started${event.model === null ? '' : ` with ${foreign(event.model)}`}${event.sessionRef === null ? '' : `, session ${foreign(event.sessionRef)}`}`)],
  tool_call: (event, style) => [style.cyan(`> ${foreign(event.name)} ${foreign(compact(event.input))}`.trimEnd())],
  tool_result: (event, style) => [event.ok ? style.dim(`  ${foreign(event.summary)}`.trimEnd()) : style.red(`  ${event.denied ? 'denied' : 'failed'}: ${foreign(event.summary)}`)],
  file_change: (event, style) => [style.cyan(`± ${foreign(event.path)} (${event.kind})`)],
  command: (event, style) => [style.cyan(`$ ${foreign(event.text)}`)],
  usage: (event, style) => usageLine(event).map((line) => style.dim(line)),
  progress: (event, style) => [style.cyan([event.percent === null ? '' : `${event.percent} %`, event.note === null ? '' : foreign(event.note)].filter((part) => part !== '').join(' '))],
  question: (event, style) => [style.yellow(`? ${foreign(event.text)}`)],
  error: (event, style) => [style.red(`${event.class}: ${foreign(event.message)}`)],
  result: (event, style) => (event.text.trim() === '' ? [] : [event.ok ? style.dim(`says it is done: ${foreign(event.text)}`) : style.red(`says it failed: ${foreign(event.text)}`)]),
  raw: (event, style) => rawLines(event).map((line) => (event.stream === 'stderr' ? style.yellow(line) : line)),
};

function wholeLines(event: Whole, style: Style): string[] {
  // The table is indexed by the event's own type, which the compiler can't see through a union.
  const render = RENDERERS[event.type] as (event: Whole, style: Style) => string[];
  return render(event, style).filter((line) => line !== '');
}

function rawLines(event: Extract<AgentEvent, { type: 'raw' }>): string[] {
  const lines = event.text.split(/\r?\n/).filter((line) => line.trim() !== '').map(foreign);
  return event.truncated ? [...lines, '… (cut)'] : lines;
}

function usageLine(event: Extract<AgentEvent, { type: 'usage' }>): string[] {
  const parts = [
    ...(event.inputTokens === null ? [] : [`${thousands(event.inputTokens)} tokens in`]),
    ...(event.outputTokens === null ? [] : [`${thousands(event.outputTokens)} out`]),
    ...(event.costUsd === null ? [] : [`$${event.costUsd}`]),
  ];
  return parts.length === 0 ? [] : [`used ${parts.join(', ')}${event.cumulative ? ' so far' : ''}`];
}

function compact(input: unknown): string {
  if (input === null || input === undefined) return '';
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  return text.length > MAX_INPUT_CHARACTERS ? `${text.slice(0, MAX_INPUT_CHARACTERS)}…` : text;
}

function foreign(text: string): string {
  return escapeLine(text.length > MAX_LINE_CHARACTERS ? `${text.slice(0, MAX_LINE_CHARACTERS)}…` : text);
}

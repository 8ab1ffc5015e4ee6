import type { AgentEvent } from '../run/agent-event.js';
import type { LiveEffect } from './tool-call.js';

export interface UnmatchedCall {
  readonly id: string;
  readonly tool: string;
  /** `undecided`: nobody was asked about it. `denied`: it was made although it was denied. */
  readonly why: 'undecided' | 'denied';
}

/**
 * What a client answers for a call that it refused by itself, before any hook: an unknown tool, arguments that do not fit, a file
 * that was not read before. What a command prints can't pass for it: a failed one begins with its exit code.
 */
const NEVER_MADE = /^<tool_use_error>(?!Error calling tool)/;
const MAX_CALLS = 200_000;

/** Compares the calls in the stream of a run with the decisions about them. Bounded: beyond the limit every call counts as undecided. */
export class ToolCallLedger {
  readonly #calls = new Map<string, { readonly tool: string; result: 'none' | 'made' | 'never_made' | 'failed' }>();
  #overflow = 0;

  /** Takes every event of the run, in order. */
  see(event: AgentEvent): void {
    if (event.type === 'tool_call') {
      if (this.#calls.size >= MAX_CALLS) this.#overflow += 1;
      else this.#calls.set(event.id, { tool: event.name, result: 'none' });
    }
    if (event.type !== 'tool_result') return;
    const call = this.#calls.get(event.id);
    if (call !== undefined) call.result = event.ok ? 'made' : event.denied || NEVER_MADE.test(event.summary) ? 'never_made' : 'failed';
  }

  /** `decided`: the answer to every call that was asked about, by its id. Empty when every call is accounted for. */
  unmatched(decided: ReadonlyMap<string, LiveEffect>): readonly UnmatchedCall[] {
    const found: UnmatchedCall[] = this.#overflow === 0 ? [] : [{ id: '', tool: `${this.#overflow} more calls`, why: 'undecided' }];
    for (const [id, { tool, result }] of this.#calls) {
      const answer = decided.get(id);
      if (answer === undefined && result !== 'never_made') found.push({ id, tool, why: 'undecided' });
      if (answer === 'deny' && result === 'made') found.push({ id, tool, why: 'denied' });
    }
    return found;
  }
}

/** The same for events that are at hand. */
export function unmatchedToolCalls(events: Iterable<AgentEvent>, decided: ReadonlyMap<string, LiveEffect>): readonly UnmatchedCall[] {
  const ledger = new ToolCallLedger();
  for (const event of events) ledger.see(event);
  return ledger.unmatched(decided);
}

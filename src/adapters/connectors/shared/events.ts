import type { AgentEvent } from '../../../domain/run/agent-event.js';
import { MAX_DELTA_CHARACTERS, pieces } from './text.js';

type DeltaType = 'text' | 'thought';

/** Text as events of bounded size. */
export function deltas(type: DeltaType, text: string): readonly AgentEvent[] {
  return pieces(text, MAX_DELTA_CHARACTERS).map((delta) => ({ type, delta }));
}

/** Joins neighbouring pieces of text, so that a client that sends every word costs one event per chunk of output. */
export function joinDeltas(events: readonly AgentEvent[]): readonly AgentEvent[] {
  const joined: AgentEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    const merged = last === undefined ? null : merge(last, event);
    if (merged === null) joined.push(event);
    else joined[joined.length - 1] = merged;
  }
  return joined;
}

function merge(first: AgentEvent, second: AgentEvent): AgentEvent | null {
  if (first.type !== 'text' && first.type !== 'thought') return null;
  if (second.type !== first.type || first.delta.length + second.delta.length > MAX_DELTA_CHARACTERS) return null;
  return { type: first.type, delta: first.delta + second.delta };
}

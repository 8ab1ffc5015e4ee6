import type { AgentEvent } from '../../../domain/run/agent-event.js';

type ResultEvent = Extract<AgentEvent, { type: 'result' }>;
type ErrorEvent = Extract<AgentEvent, { type: 'error' }>;

/** The terminal event of the run, when the client gave one. */
export function lastResult(events: readonly AgentEvent[]): ResultEvent | null {
  return events.findLast((event) => event.type === 'result') ?? null;
}

/**
 * The last error that nothing came after: a client that failed, tried again and went on
 * (text, a tool call) has left its error behind.
 */
export function standingError(events: readonly AgentEvent[]): ErrorEvent | null {
  const last = events.findLast((event) => event.type === 'error' || WORK.has(event.type));
  return last?.type === 'error' ? last : null;
}

const WORK: ReadonlySet<AgentEvent['type']> = new Set(['text', 'thought', 'tool_call', 'tool_result', 'file_change', 'command']);

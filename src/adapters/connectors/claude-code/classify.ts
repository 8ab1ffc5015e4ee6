import type { AgentEvent } from '../../../domain/run/agent-event.js';
import type { Classification, RunFacts } from '../../../ports/connector.js';
import { classifyExit, describeExit, DONE, failure, withStderr } from '../shared/exit.js';
import { lastResult, standingError } from '../shared/last-events.js';
import { classOfProse } from './failure-class.js';

/**
 * How a run of Claude Code went. The terminal event decides: a client that was stopped after its answer
 * has still answered, and one that exits with 0 without an answer (interrupted while a command ran) has not.
 */
export function classifyClaudeCode(facts: RunFacts): Classification {
  const result = lastResult(facts.lastEvents);
  if (result === null) return classifyWithoutAnswer(facts);
  const error = standingError(result.ok ? eventsAfter(result, facts.lastEvents) : facts.lastEvents);
  if (error !== null) return failure(error.class, error.message, longestWait(facts));
  return result.ok ? DONE : failure(classOfProse(result.text) ?? 'unknown', result.text === '' ? 'The client failed and did not say why.' : result.text);
}

/** A turn that the client began by itself after its answer can still fail. */
function eventsAfter(result: AgentEvent, events: readonly AgentEvent[]): readonly AgentEvent[] {
  return events.slice(events.lastIndexOf(result) + 1);
}

function classifyWithoutAnswer(facts: RunFacts): Classification {
  const error = standingError(facts.lastEvents);
  if (error !== null) return failure(error.class, error.message, longestWait(facts));
  if (facts.exit.exitCode === 0) return failure('agent_crash', withStderr('The client ended without an answer (it exits with 0 when it is interrupted).', facts.stderrTail));
  const byExit = classifyExit(facts);
  if (byExit.errorClass !== 'unknown') return byExit;
  const message = withStderr(describeExit(facts.exit), facts.stderrTail);
  // A flag that this version does not have: no task can succeed until the client or its registration changes.
  if (/unknown option/i.test(facts.stderrTail)) return failure('tool_missing', message);
  return failure(classOfProse(facts.stderrTail) ?? 'unknown', message);
}

/** The client honours Retry-After in its own pauses; a shorter pause of ours would be refused again. */
function longestWait(facts: RunFacts): number | null {
  const waits = facts.lastEvents.flatMap((event) => (event.type === 'error' && event.retryAfterMs !== null ? [event.retryAfterMs] : []));
  return waits.length === 0 ? null : Math.max(...waits);
}

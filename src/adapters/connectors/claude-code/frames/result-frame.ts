import type { AgentEvent } from '../../../../domain/run/agent-event.js';
import type { ErrorClass } from '../../../../domain/run/error-class.js';
import { LIMITS } from '../../../../domain/kernel/limits.js';
import { boundedValue, STRUCTURED_LIMITS } from '../../shared/bounded-value.js';
import { isRecord, isTrueAt, numberAt, recordAt, textAt, textsAt, valueAt, type JsonRecord } from '../../shared/json.js';
import { formatUsd, wholeNumber } from '../../shared/numbers.js';
import { clip, messageLine } from '../../shared/text.js';
import { classOfFailure } from '../failure-class.js';
import type { Session } from '../session.js';

const MAX_RESULT_CHARACTERS = LIMITS.resultBytes / 4;
const MAX_MODELS = 100;

/** Ends with `subtype: success` and `is_error: false` that are not one. */
const STOPPED_BY_HOOK: ReadonlySet<string> = new Set(['hook_stopped', 'stop_hook_prevented']);

/**
 * The end of a turn: totals, the failure when there was one, and the run's one terminal event. One
 * process is one turn for us; should the client begin another one by itself, its totals still count
 * and its failure is told, but the run has ended with the first.
 */
export function readResultFrame(frame: JsonRecord, session: Session): readonly AgentEvent[] {
  const failed = findFailure(frame, session);
  const events: AgentEvent[] = [readUsage(frame)];
  if (failed !== null) events.push({ type: 'error', class: failed.class, message: failed.message, retryAfterMs: null });
  if (!session.hasResult) events.push(readEnd(frame, failed));
  session.hasResult = true;
  session.errorCode = null;
  return events;
}

interface Failure {
  readonly class: ErrorClass;
  readonly message: string;
}

function findFailure(frame: JsonRecord, session: Session): Failure | null {
  const subtype = textAt(frame, 'subtype');
  const terminalReason = textAt(frame, 'terminal_reason');
  if (subtype !== 'success' || isTrueAt(frame, 'is_error') || STOPPED_BY_HOOK.has(terminalReason ?? '')) {
    const text = endText(frame);
    const errorClass = classOfFailure({ subtype, terminalReason, httpStatus: numberAt(frame, 'api_error_status'), code: session.errorCode, text });
    return { class: errorClass, message: messageLine(text === '' ? `The client stopped: ${terminalReason ?? subtype ?? 'it did not say why'}.` : text) };
  }
  if (!session.everythingRefused) return null;
  return { class: 'permission', message: messageLine(`Everything that would have changed something was refused: ${[...session.deniedNames].join(', ')}.`) };
}

function readEnd(frame: JsonRecord, failed: Failure | null): AgentEvent {
  const structured = valueAt(frame, 'structured_output');
  return {
    type: 'result',
    ok: failed === null,
    text: clip(endText(frame), MAX_RESULT_CHARACTERS),
    ...(structured === undefined || structured === null ? {} : { structured: boundedValue(structured, STRUCTURED_LIMITS) }),
  };
}

/** The answer; the reasons when there is none. */
function endText(frame: JsonRecord): string {
  return textAt(frame, 'result') ?? textsAt(frame, 'errors').join('; ');
}

/**
 * Totals of the session so far, which a resumed session carries on from. Taken from the totals by model:
 * the usage of single messages is what they began with. Input counts everything that the model read, cached or not.
 */
function readUsage(frame: JsonRecord): AgentEvent {
  const models = Object.values(recordAt(frame, 'modelUsage')).filter(isRecord).slice(0, MAX_MODELS);
  const cost = numberAt(frame, 'total_cost_usd');
  return {
    type: 'usage',
    inputTokens: total(models, ['inputTokens', 'cacheReadInputTokens', 'cacheCreationInputTokens']),
    outputTokens: total(models, ['outputTokens']),
    costUsd: cost === null ? null : formatUsd(cost),
    cumulative: true,
  };
}

function total(models: readonly JsonRecord[], keys: readonly string[]): number | null {
  const counts = models.flatMap((model) => keys.map((key) => wholeNumber(model, key) ?? 0));
  const sum = counts.reduce((left, right) => left + right, 0);
  return Number.isSafeInteger(sum) ? sum : null;
}

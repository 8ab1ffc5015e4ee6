import type { AgentEvent } from '../../../../domain/run/agent-event.js';
import type { ErrorClass } from '../../../../domain/run/error-class.js';
import { LIMITS } from '../../../../domain/kernel/limits.js';
import { boundedValue, STRUCTURED_LIMITS } from '../../shared/bounded-value.js';
import { amountAt, isRecord, isTrueAt, numberAt, recordAt, textAt, textsAt, valueAt, type JsonRecord } from '../../shared/json.js';
import { formatUsd, wholeNumber } from '../../shared/numbers.js';
import { clip, messageLine } from '../../shared/text.js';
import { classOfFailure } from '../failure-class.js';
import { NO_USAGE, type Session, type Totals } from '../session.js';

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
  const events: AgentEvent[] = [readUsage(frame, session)];
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

/** The answer; the reasons when there is none, without those that are written for the client's makers. */
function endText(frame: JsonRecord): string {
  const reasons = textsAt(frame, 'errors').filter((reason) => !reason.startsWith('[ede_diagnostic]'));
  return textAt(frame, 'result') ?? reasons.join('; ');
}

/** The run's totals so far. Taken from the totals by model: the usage of single messages is what they began with. */
function readUsage(frame: JsonRecord, session: Session): AgentEvent {
  const sinceLast = valueAt(frame, 'model_usage_since_last_result');
  session.usage = isRecord(sinceLast) ? add(session.usage, totalsOf(sinceLast)) : totalsOf(recordAt(frame, 'modelUsage'));
  const { inputTokens, outputTokens, costUsd } = session.usage;
  return { type: 'usage', inputTokens: exactOrNull(inputTokens), outputTokens: exactOrNull(outputTokens), costUsd: formatUsd(costUsd), cumulative: true };
}

function exactOrNull(count: number): number | null {
  return Number.isSafeInteger(count) ? count : null;
}

/** Input counts everything that the model read, from its cache or not. */
function totalsOf(usageByModel: JsonRecord): Totals {
  const models = Object.values(usageByModel).filter(isRecord).slice(0, MAX_MODELS);
  return models.map(totalsOfModel).reduce(add, NO_USAGE);
}

function totalsOfModel(model: JsonRecord): Totals {
  const tokens = (key: string): number => wholeNumber(model, key) ?? 0;
  return {
    inputTokens: tokens('inputTokens') + tokens('cacheReadInputTokens') + tokens('cacheCreationInputTokens'),
    outputTokens: tokens('outputTokens'),
    costUsd: amountAt(model, 'costUSD') ?? 0,
  };
}

function add(left: Totals, right: Totals): Totals {
  return { inputTokens: left.inputTokens + right.inputTokens, outputTokens: left.outputTokens + right.outputTokens, costUsd: left.costUsd + right.costUsd };
}

import type { AgentEvent } from '../../../domain/run/agent-event.js';
import { LIMITS } from '../../../domain/kernel/limits.js';
import { boundedValue, STRUCTURED_LIMITS } from '../shared/bounded-value.js';
import { amountAt, isRecord, parseJson, textAt, valueAt, type JsonRecord } from '../shared/json.js';
import { decimalUsd, wholeNumber } from '../shared/numbers.js';
import { clip } from '../shared/text.js';

/** Longest protocol line, line end included; a longer one is text. */
export const MAX_PROTOCOL_CHARACTERS = 262_144;

/**
 * The line protocol of the `command` connector: how a program of any kind tells more than text.
 * A line of stdout that starts with `{` and is a JSON object with a known `ai` member is that event:
 *
 *     {"ai":"progress","percent":40,"note":"tests written"}     either member may be missing
 *     {"ai":"question","text":"Which database?"}
 *     {"ai":"usage","inputTokens":1200,"outputTokens":42,"costUsd":"0.0062","cumulative":true}
 *     {"ai":"result","text":"Done.","structured":{…},"ok":true}     once; `ok` is true when missing
 *
 * Anything else, also a line that is nearly right, is text. Answers undefined then.
 */
export function parseProtocolLine(line: string): AgentEvent | undefined {
  if (line.length > MAX_PROTOCOL_CHARACTERS) return undefined;
  const document = parseJson(line);
  if (!isRecord(document)) return undefined;
  switch (textAt(document, 'ai')) {
    case 'progress':
      return readProgress(document);
    case 'question':
      return readQuestion(document);
    case 'usage':
      return readUsage(document);
    case 'result':
      return readResult(document);
    default:
      return undefined;
  }
}

function readProgress(document: JsonRecord): AgentEvent | undefined {
  const percent = optional(document, 'percent', amountAt);
  const note = optional(document, 'note', textAt);
  if (percent === undefined || note === undefined || (percent === null && note === null) || (percent ?? 0) > 100) return undefined;
  return { type: 'progress', percent: percent === null ? null : Math.round(percent), note: note === null ? null : clip(note, LIMITS.noteCharacters) };
}

function readQuestion(document: JsonRecord): AgentEvent | undefined {
  const text = textAt(document, 'text');
  return text === null || text.trim() === '' ? undefined : { type: 'question', text: clip(text, LIMITS.reasonCharacters) };
}

function readUsage(document: JsonRecord): AgentEvent | undefined {
  const inputTokens = optional(document, 'inputTokens', wholeNumber);
  const outputTokens = optional(document, 'outputTokens', wholeNumber);
  const costUsd = optional(document, 'costUsd', decimalUsd);
  const cumulative = valueAt(document, 'cumulative') ?? false;
  if (inputTokens === undefined || outputTokens === undefined || costUsd === undefined || typeof cumulative !== 'boolean') return undefined;
  if (inputTokens === null && outputTokens === null && costUsd === null) return undefined;
  return { type: 'usage', inputTokens, outputTokens, costUsd, cumulative };
}

function readResult(document: JsonRecord): AgentEvent | undefined {
  const text = textAt(document, 'text');
  const ok = valueAt(document, 'ok') ?? true;
  if (text === null || typeof ok !== 'boolean') return undefined;
  const structured = valueAt(document, 'structured');
  return { type: 'result', ok, text, ...(structured === undefined ? {} : { structured: boundedValue(structured, STRUCTURED_LIMITS) }) };
}

/** null when the member is missing or null, undefined when it is there and wrong. */
function optional<T>(document: JsonRecord, key: string, read: (record: JsonRecord, key: string) => T | null): T | null | undefined {
  const value = valueAt(document, key);
  return value === undefined || value === null ? null : (read(document, key) ?? undefined);
}

import type { AiError } from '../domain/kernel/errors.js';
import { escapeJson, escapeText } from './escape.js';
import type { Answer, Io } from './io.js';

export const SCHEMA_VERSION = 1;

export interface PrintOptions {
  readonly json: boolean;
  /** Only the ids, one a line. */
  readonly idOnly: boolean;
  readonly nowMs: number;
}

/** Writes a successful answer: one JSON document, the bare ids, or text. */
export function printAnswer(io: Io, answer: Answer, options: PrintOptions): void {
  if (options.json) {
    io.out(document({ kind: answer.kind, data: answer.data, meta: answer.meta ?? {}, warnings: answer.warnings ?? [] }));
    return;
  }
  for (const warning of answer.warnings ?? []) io.note(`${io.style.yellow('warning:')} ${escapeText(warning)}`);
  const text = options.idOnly ? (answer.ids ?? []).join('\n') : answer.text({ style: io.style, columns: io.columns, nowMs: options.nowMs });
  if (text !== '') io.out(`${text}\n`);
}

/** The JSON document of an expected failure, and of a bug. */
export function errorDocument(error: Pick<AiError, 'message' | 'hint' | 'retryable' | 'details'> & { readonly code: string }): string {
  const { code, message, retryable, details } = error;
  return document({ kind: 'error', error: { code, message, hint: error.hint ?? null, retryable, details } });
}

/** One line, so that it is a JSON document and a JSONL record at once. */
function document(content: Readonly<Record<string, unknown>>): string {
  return `${escapeJson(JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...content }))}\n`;
}

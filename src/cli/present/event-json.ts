import type { RunLogEntry } from '../../app/tasks/task-logs.js';
import type { AuditEvent } from '../../domain/audit/event.js';
import { escapeJson } from '../escape.js';
import { SCHEMA_VERSION } from '../print-answer.js';
import { iso } from '../time.js';

/** One event of the audit log. `prev` and `hash` let a reader verify the chain on its own. */
export function auditEventJson(event: AuditEvent): Record<string, unknown> {
  const { seq, type, task, run, token, actor, data, prev, hash } = event;
  return { seq, at: iso(event.atMs), type, task, run, token, actor, data, prev, hash };
}

/** One event of a run's log. */
export function runLogJson(entry: RunLogEntry): Record<string, unknown> {
  return { seq: entry.seq, at: iso(entry.atMs), run: entry.run, event: entry.event };
}

/** One line of a `--jsonl` stream: flat, with its kind, so that a reader can tell it from the error document that may end the stream. */
export function jsonLine(kind: string, data: Readonly<Record<string, unknown>>): string {
  return `${escapeJson(JSON.stringify({ schemaVersion: SCHEMA_VERSION, kind, ...data }))}\n`;
}

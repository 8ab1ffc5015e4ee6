import type { AuditEvent } from '../../domain/audit/event.js';
import type { Answer } from '../io.js';
import { auditEventJson } from './event-json.js';
import { eventLine } from './event-line.js';

/** Newest first, as `git log`. */
export function presentAuditLog(events: readonly AuditEvent[], limit: number): Answer {
  return {
    kind: 'audit.log',
    data: events.map(auditEventJson),
    // The number of all events is not counted: a filter would have to read every one of them.
    meta: { total: null, next: null, limit },
    text: ({ style }) => {
      if (events.length === 0) return `No event matches.  ${style.dim('ai audit log')}`;
      const lines = events.map((event) => eventLine(event, style));
      return [...lines, ...(events.length < limit ? [] : [style.dim(`the newest ${limit}; more: --limit ${limit * 2}, or all of them: ai events`)])].join('\n');
    },
  };
}

export interface EventPage {
  readonly events: readonly AuditEvent[];
  /** Sequence number to go on after; null when this is all. */
  readonly next: number | null;
}

/** `ai events --json`: oldest first. */
export function presentEvents(page: EventPage): Answer {
  return {
    kind: 'events.list',
    data: page.events.map(auditEventJson),
    meta: { total: null, next: page.next === null ? null : String(page.next) },
    text: ({ style }) => page.events.map((event) => eventLine(event, style)).join('\n'),
  };
}

import type { verifyAudit } from '../../app/audit/audit-log.js';
import type { AuditEvent } from '../../domain/audit/event.js';
import { escapeLine } from '../escape.js';
import type { Answer } from '../io.js';
import { auditEventJson } from './event-json.js';
import { eventLine } from './event-line.js';
import { count } from './format.js';

export type ChainVerdict = Awaited<ReturnType<typeof verifyAudit>>;

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

/** A broken chain is an answer, exit code 1. */
export function presentVerdict(verdict: ChainVerdict): Answer {
  return {
    kind: 'audit.verify',
    data: {
      ok: verdict.ok,
      events: verdict.events,
      headSeq: verdict.ok ? verdict.headSeq : null,
      headHash: verdict.ok ? verdict.headHash : null,
      firstBadSeq: verdict.ok ? null : verdict.firstBadSeq,
      problem: verdict.ok ? null : verdict.problem,
    },
    exitCode: verdict.ok ? undefined : 1,
    text: ({ style }) =>
      verdict.ok
        ? `${style.green('✓')} ${count(verdict.events, 'event')}, none altered, removed or reordered.\n${style.dim(`head ${verdict.headSeq} ${verdict.headHash}`)}`
        : `${style.red('✗')} The audit log was altered: event ${verdict.firstBadSeq} is the first bad one: ${escapeLine(verdict.problem)}\n${style.dim(`What comes before it can be trusted: ai events --since ${Math.max(0, verdict.firstBadSeq - 10)}`)}`,
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

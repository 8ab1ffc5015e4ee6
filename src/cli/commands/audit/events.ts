import { followEvents } from '../../../app/audit/follow-events.js';
import type { AuditEvent } from '../../../domain/audit/event.js';
import type { Answer } from '../../io.js';
import { presentEvents } from '../../present/audit.js';
import { auditEventJson, jsonLine } from '../../present/event-json.js';
import { eventLine } from '../../present/event-line.js';
import type { ProjectContext } from '../../shell.js';
import { sinceSeq, usage } from '../options.js';
import { eventFilter, type FilterOptions } from './event-filter.js';

interface EventsOptions extends FilterOptions {
  readonly follow?: boolean;
  readonly since?: string;
}

/** One JSON document holds at most this many events; the streams have no limit. */
const MAX_IN_DOCUMENT = 10_000;

export async function runEvents(context: ProjectContext, _args: readonly [], options: EventsOptions): Promise<Answer | undefined> {
  const { deps, io, globals } = context;
  const follow = options.follow === true;
  const isDocument = globals.json && !globals.jsonl;
  if (isDocument && follow) throw usage('--json prints one document, and events that are followed have no end; --jsonl prints one event a line.', 'ai events -f --jsonl');
  const filter = await eventFilter(deps, options, sinceSeq(options.since));
  const events = followEvents(deps, { filter, follow, signal: io.signal });
  return isDocument ? document(events) : stream(context, events);
}

async function stream({ io, globals }: ProjectContext, events: AsyncIterable<AuditEvent>): Promise<undefined> {
  const { signal } = io;
  for await (const event of events) {
    if (signal.aborted) break;
    io.out(globals.jsonl ? jsonLine('event', auditEventJson(event)) : `${eventLine(event, io.style)}\n`);
    await io.drained();
  }
  return undefined;
}

async function document(events: AsyncIterable<AuditEvent>): Promise<Answer> {
  const page: AuditEvent[] = [];
  for await (const event of events) {
    if (page.length === MAX_IN_DOCUMENT) return presentEvents({ events: page, next: page.at(-1)?.seq ?? null });
    page.push(event);
  }
  return presentEvents({ events: page, next: null });
}

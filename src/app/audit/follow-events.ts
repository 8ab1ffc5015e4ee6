import type { AuditEvent } from '../../domain/audit/event.js';
import type { EventFilter } from '../../ports/event-log.js';
import type { AppDeps } from '../deps.js';

const PAGE = 500;
/** The floor of the change feed: reading the counter costs microseconds, so an idle follower costs next to nothing. */
const POLL_MS = 50;

export interface FollowInput {
  readonly filter: EventFilter;
  /** False ends at the present head. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** Every event after `filter.sinceSeq`, oldest first, without loss or repeats; then the new ones as they are committed. */
export async function* followEvents(deps: Pick<AppDeps, 'store' | 'timer'>, input: FollowInput): AsyncGenerator<AuditEvent> {
  let sinceSeq = input.filter.sinceSeq;
  const goesOn = (): boolean => !input.signal.aborted;
  while (goesOn()) {
    const seen = deps.store.changeCounter();
    const page = await deps.store.listEvents({ ...input.filter, sinceSeq }, PAGE);
    for (const event of page) yield event;
    sinceSeq = page.at(-1)?.seq ?? sinceSeq;
    if (page.length === PAGE) continue;
    if (!input.follow) return;
    while (goesOn() && deps.store.changeCounter() === seen) await deps.timer.sleep(POLL_MS, input.signal);
  }
}

import type { AuditEvent } from '../../domain/audit/event.js';
import type { ChainVerdict, EventFilter } from '../../ports/event-log.js';
import type { AppDeps } from '../deps.js';

/** Newest first. */
export async function auditLog(deps: Pick<AppDeps, 'store'>, filter: EventFilter, limit: number): Promise<readonly AuditEvent[]> {
  return deps.store.listLatestEvents(filter, limit);
}

/** Recomputes the chain alone. A broken one is an answer, not an exception. Signatures and anchors: verify-log.ts. */
export async function verifyAudit(deps: Pick<AppDeps, 'store'>): Promise<ChainVerdict> {
  return deps.store.verifyChain();
}

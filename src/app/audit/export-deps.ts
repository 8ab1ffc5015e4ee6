import type { CheckpointStore } from '../../ports/checkpoint-store.js';
import type { EventLog } from '../../ports/event-log.js';
import type { RunStore } from '../../ports/run-store.js';
import type { AppDeps } from '../deps.js';
import type { AuditTools } from './audit-tools.js';

/** What exporting needs. */
export interface ExportDeps extends Pick<AppDeps, 'clock' | 'sha256' | 'environment' | 'place'>, AuditTools {
  readonly store: Pick<EventLog, 'listEvents' | 'headSeq' | 'verifyChain'> & CheckpointStore & Pick<RunStore, 'listRuns'>;
}

import type { CheckpointStore } from '../../ports/checkpoint-store.js';
import type { ChainVerdict, EventLog } from '../../ports/event-log.js';
import type { AppDeps } from '../deps.js';
import type { AuditTools } from './audit-tools.js';

/** What making a checkpoint needs. */
export interface CheckpointDeps extends Pick<AppDeps, 'clock' | 'sha256'>, Pick<AuditTools, 'signingKeys'> {
  readonly store: Pick<EventLog, 'listEvents' | 'headSeq'> & CheckpointStore;
}

/** What checking the log needs. */
export interface VerifyDeps extends Pick<AuditTools, 'signingKeys' | 'auditAnchors'> {
  readonly place: AppDeps['place'];
  readonly store: Pick<EventLog, 'listEvents'> & CheckpointStore & ChainVerifier;
}

/** Recomputes the chain and tells of each event that is right, in order. */
interface ChainVerifier {
  verifyChain(visit?: (seq: number, hash: string) => void): Promise<ChainVerdict>;
}

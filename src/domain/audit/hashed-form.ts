import { canonicalJson } from './canonical-json.js';
import type { AuditEvent } from './event.js';

/**
 * The text whose SHA-256, after one zero byte, is the event's hash. The zero byte makes the same hash
 * a leaf of an RFC 6962 Merkle tree, so that checkpoints need no second hash of each event.
 */
export function hashedForm(event: Omit<AuditEvent, 'hash'>): string {
  return canonicalJson({
    actor: event.actor,
    at: event.atMs,
    data: event.data,
    prev: event.prev,
    run: event.run,
    seq: event.seq,
    task: event.task,
    token: event.token,
    type: event.type,
  });
}

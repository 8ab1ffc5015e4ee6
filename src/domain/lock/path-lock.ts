import type { FencingToken, TaskId } from '../kernel/ids.js';

export type LockMode = 'exclusive' | 'shared';

/** A path lock as a task declares it. */
export interface LockRequest {
  readonly pattern: string;
  readonly mode: LockMode;
}

/** A lock that another task holds (token) or has reserved (token null) and that overlaps a request. */
export interface LockConflict {
  readonly wanted: LockRequest;
  readonly held: LockRequest;
  readonly holderTask: TaskId;
  readonly holder: string | null;
  readonly token: FencingToken | null;
  /** A path that both patterns cover. */
  readonly witness: string;
}

/** A task whose lock was passed over for this long gets it reserved, so that a broad lock can't starve. */
export const LOCK_RESERVATION_AFTER_MS = 10 * 60_000;

export function modesConflict(a: LockMode, b: LockMode): boolean {
  return a === 'exclusive' || b === 'exclusive';
}

export function describeConflict(conflict: LockConflict): string {
  const who = conflict.holder === null ? `reserved for ${conflict.holderTask}` : `held by ${conflict.holder} for ${conflict.holderTask}`;
  return `${conflict.held.pattern} (${who}) and ${conflict.wanted.pattern} both cover ${conflict.witness}`;
}

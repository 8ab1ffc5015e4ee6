import type { FencingToken, RunId, TaskId } from '../kernel/ids.js';
import type { Instant } from '../kernel/instant.js';

/** Why a live lease should end before its work is done. The holder's supervisor acts on it. */
export type StopKind = 'cancel' | 'pause' | 'block' | 'skip';

export interface StopRequest {
  readonly kind: StopKind;
  readonly reason: string | null;
}

/** The exclusive right to work on one task until it expires, under one fencing token. */
export interface Lease {
  readonly taskId: TaskId;
  readonly token: FencingToken;
  readonly holder: string;
  readonly host: string;
  /** The run that works under this lease when `ai` itself supervises it; null for outside workers. */
  readonly runId: RunId | null;
  readonly bootId: string;
  readonly ttlMs: number;
  readonly grantedAtMs: number;
  readonly heartbeatAtMs: number;
  /** Wall time, for people. `deadlineMonoMs` decides. */
  readonly expiresAtMs: number;
  readonly deadlineMonoMs: number;
  readonly stop: StopRequest | null;
}

export const LEASE_LIMITS = { defaultTtlMs: 60_000, minTtlMs: 1_000, maxTtlMs: 7 * 86_400_000, maxLost: 3 } as const;

const EPOCH_STEP = 2 ** 32;

/** The token after `last`. Epochs leave room, so that a token lost in a power cut is never issued twice. */
export function nextToken(last: { readonly epoch: number; readonly counter: number }): FencingToken {
  const token = last.epoch * EPOCH_STEP + last.counter + 1;
  if (!Number.isSafeInteger(token)) throw new Error('invariant broken: fencing tokens stay below 2^53');
  return token as FencingToken;
}

/** The three moving fields of a lease, granted or renewed at `now`. */
export function leaseClock(now: Instant, ttlMs: number): Pick<Lease, 'bootId' | 'heartbeatAtMs' | 'expiresAtMs' | 'deadlineMonoMs'> {
  return { bootId: now.bootId, heartbeatAtMs: now.wallMs, expiresAtMs: now.wallMs + ttlMs, deadlineMonoMs: now.monoMs + ttlMs };
}

/**
 * Another boot means that the worker is gone for certain; otherwise monotonic time decides.
 * The wall clock has no say.
 */
export function isExpired(lease: Pick<Lease, 'bootId' | 'deadlineMonoMs'>, now: Instant): boolean {
  return lease.bootId !== now.bootId || now.monoMs > lease.deadlineMonoMs;
}

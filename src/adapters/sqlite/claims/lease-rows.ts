import type { FencingToken, RunId, TaskId } from '../../../domain/kernel/ids.js';
import type { Lease, StopKind } from '../../../domain/lease/lease.js';

export interface LeaseRow {
  readonly task: number;
  readonly task_id: string;
  readonly token: number;
  readonly holder: string;
  readonly host: string;
  readonly run: string | null;
  readonly boot_id: string;
  readonly ttl_ms: number;
  readonly granted_at: number;
  readonly heartbeat_at: number;
  readonly expires_at: number;
  readonly deadline_mono: number;
  readonly stop_kind: string | null;
  readonly stop_reason: string | null;
}

/** Every query for leases begins with this, so that all rows have the same columns. */
export const SELECT_LEASE = `SELECT l.task, t.id AS task_id, l.token, l.holder, l.host, l.run, l.boot_id, l.ttl_ms, l.granted_at, l.heartbeat_at, l.expires_at,
  l.deadline_mono, l.stop_kind, l.stop_reason FROM lease l JOIN task t ON t.num = l.task`;

export function toLease(row: LeaseRow): Lease {
  return {
    taskId: row.task_id as TaskId,
    token: row.token as FencingToken,
    holder: row.holder,
    host: row.host,
    runId: row.run as RunId | null,
    bootId: row.boot_id,
    ttlMs: row.ttl_ms,
    grantedAtMs: row.granted_at,
    heartbeatAtMs: row.heartbeat_at,
    expiresAtMs: row.expires_at,
    deadlineMonoMs: row.deadline_mono,
    stop: row.stop_kind === null ? null : { kind: row.stop_kind as StopKind, reason: row.stop_reason },
  };
}

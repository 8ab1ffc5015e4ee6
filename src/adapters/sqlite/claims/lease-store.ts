import type { FencingToken, TaskId } from '../../../domain/kernel/ids.js';
import type { Instant } from '../../../domain/kernel/instant.js';
import { leaseClock, type Lease, type StopRequest } from '../../../domain/lease/lease.js';
import type { LockMode } from '../../../domain/lock/path-lock.js';
import type { HeldLock, LeaseStore } from '../../../ports/lease-store.js';
import type { Connection, Transaction } from '../database/connection.js';
import type { Query, SqlReader } from '../database/statements.js';
import { listLiveRuns } from '../runs/run-store.js';
import { getState } from '../tasks/task-queries.js';
import { claimNext, claimTask } from './claim.js';
import { SELECT_LEASE, toLease, type LeaseRow } from './lease-rows.js';
import { describeConflicts, findConflicts, withPrefix } from './lock-conflicts.js';
import { claimObstacles } from './obstacles.js';
import { staleLease } from './stale-lease.js';

type RenewParams = [bootId: string, ttlMs: number, heartbeatAt: number, expiresAt: number, deadlineMono: number, task: number, token: number];

const leaseOf: Query<[id: string], LeaseRow> = { sql: `${SELECT_LEASE} WHERE t.id = ?` };
const leaseUnder: Query<[id: string, token: number], LeaseRow> = { sql: `${SELECT_LEASE} WHERE t.id = ? AND l.token = ?` };
const allLeases: Query<[], LeaseRow> = { sql: `${SELECT_LEASE} ORDER BY l.token` };
const expiredLeases: Query<[bootId: string, monoMs: number, limit: number], LeaseRow> = {
  sql: `${SELECT_LEASE} WHERE l.boot_id <> ? OR l.deadline_mono < ? ORDER BY l.token LIMIT ?`,
};
const renew: Query<RenewParams> = { sql: 'UPDATE lease SET boot_id = ?, ttl_ms = ?, heartbeat_at = ?, expires_at = ?, deadline_mono = ? WHERE task = ? AND token = ?' };
const writeStop: Query<[kind: string, reason: string | null, task: number]> = { sql: 'UPDATE lease SET stop_kind = ?, stop_reason = ? WHERE task = ?' };
interface ClaimableRow {
  readonly id: TaskId;
  readonly priority: number;
  readonly num: number;
}
const ready: Query<[limit: number], ClaimableRow> = {
  sql: `SELECT id, priority, num FROM task INDEXED BY task_ready WHERE status = 'queued' AND not_before IS NULL AND parked_on IS NULL ORDER BY priority, num LIMIT ?`,
};
const due: Query<[nowMs: number, limit: number], ClaimableRow> = {
  sql: `SELECT id, priority, num FROM task INDEXED BY task_due WHERE status = 'queued' AND not_before IS NOT NULL AND not_before <= ? ORDER BY not_before LIMIT ?`,
};
const allLocks: Query<[], { readonly id: string; readonly pattern: string; readonly mode: LockMode; readonly token: number | null; readonly holder: string | null }> = {
  sql: `SELECT t.id, p.pattern, p.mode, p.token, l.holder FROM path_lock p JOIN task t ON t.num = p.task
    LEFT JOIN lease l ON l.task = p.task AND l.token = p.token ORDER BY p.task, p.position`,
};

export function leaseStore(connection: Connection): LeaseStore {
  const { read, write } = { read: connection.read.bind(connection), write: connection.write.bind(connection) };
  return {
    claimNext: async (request) => claimNext(connection, request),
    listClaimable: async (limit) => read((sql) => listClaimable(sql, connection.now(), limit)),
    claimTask: async (id, request) => claimTask(connection, id, request),
    heartbeat: async (id, token, ttlMs) => write('heartbeat', (transaction) => heartbeat(transaction, { id, token }, ttlMs)),
    findLease: async (id) => read((sql) => sql.all(leaseOf, id).map(toLease)[0]),
    listLeases: async () => read((sql) => sql.all(allLeases).map(toLease)),
    listExpiredLeases: async (limit) => read((sql) => listExpired(sql, connection.now(), limit)),
    requestStop: async (id, token, stop) => write('stop', (transaction) => requestStop(transaction, { id, token }, stop)),
    explainClaim: async (id, capabilities) => read((sql) => claimObstacles(sql, getState(sql, id), { capabilities, now: connection.now() })),
    listLocks: async () => read(listLocks),
    findLockConflicts: async (locks, limit) => read((sql) => describeConflicts(sql, findConflicts(sql, locks.map(withPrefix), { except: null, limit }))),
    listLiveRuns: async () => read(listLiveRuns),
  };
}

/** Each part by its own index, so that the cost does not grow with the queue. */
function listClaimable(sql: SqlReader, now: Instant, limit: number): TaskId[] {
  const rows = [...sql.all(ready, limit), ...sql.all(due, now.wallMs, limit)];
  return rows.sort((a, b) => a.priority - b.priority || a.num - b.num).slice(0, limit).map((row) => row.id);
}

interface LeaseKey {
  readonly id: TaskId;
  readonly token: FencingToken;
}

function heartbeat(transaction: Transaction, key: LeaseKey, ttlMs: number | null): Lease {
  const row = getLease(transaction, key);
  const newTtlMs = ttlMs ?? row.ttl_ms;
  const clock = leaseClock(transaction.now, newTtlMs);
  transaction.run(renew, clock.bootId, newTtlMs, clock.heartbeatAtMs, clock.expiresAtMs, clock.deadlineMonoMs, row.task, key.token);
  return { ...toLease(row), ...clock, ttlMs: newTtlMs };
}

/** The row of exactly this lease. Throws LEASE_STALE, TASK_NOT_FOUND. */
function getLease(sql: SqlReader, key: LeaseKey): LeaseRow {
  const row = sql.get(leaseUnder, key.id, key.token);
  if (row === undefined) throw staleLease(sql, getState(sql, key.id), key.token);
  return row;
}

function requestStop(transaction: Transaction, key: LeaseKey, stop: StopRequest): Lease {
  const row = getLease(transaction, key);
  if (row.stop_kind !== null) return toLease(row);
  transaction.run(writeStop, stop.kind, stop.reason, row.task);
  transaction.append({ type: 'task.stop_requested', task: key.id, run: row.run, token: key.token, data: { kind: stop.kind, reason: stop.reason } });
  return { ...toLease(row), stop };
}

function listExpired(sql: SqlReader, now: Instant, limit: number): readonly Lease[] {
  return sql.all(expiredLeases, now.bootId, now.monoMs, limit).map(toLease);
}

function listLocks(sql: SqlReader): readonly HeldLock[] {
  return sql.all(allLocks).map(({ id, pattern, mode, token, holder }) => ({ pattern, mode, taskId: id as TaskId, token: token as FencingToken | null, holder }));
}

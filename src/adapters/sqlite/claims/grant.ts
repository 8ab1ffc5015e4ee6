import { assert } from '../../../domain/kernel/assert.js';
import { AiError } from '../../../domain/kernel/errors.js';
import type { TaskId } from '../../../domain/kernel/ids.js';
import { leaseClock, type Lease } from '../../../domain/lease/lease.js';
import type { ClaimOutcome, ClaimRequest, RunIntent } from '../../../ports/lease-store.js';
import { reserveBudget } from '../budgets/reserve-budget.js';
import type { Transaction } from '../database/connection.js';
import { sqliteCode } from '../database/errors.js';
import type { Query, SqlReader } from '../database/statements.js';
import { loadTask } from '../tasks/task-queries.js';
import type { StateRow } from '../tasks/task-rows.js';
import { drawToken } from './fence.js';
import type { WantedLock } from './lock-conflicts.js';
import { redeemReservation } from './parking.js';

type Granted = Extract<ClaimOutcome, { kind: 'granted' }>;
export type Claimable = Pick<StateRow, 'num' | 'id' | 'failures' | 'lock_wait_since'>;

type LeaseParams = [task: number, token: number, holder: string, host: string, run: string | null, bootId: string, ttlMs: number, grantedAt: number, heartbeatAt: number, expiresAt: number, deadlineMono: number];
type RunParams = [id: string, task: number, token: number, attempt: number, agent: string, connector: string, host: string, supervisor: string, startedAt: number, lastActivityAt: number];

const insertLease: Query<LeaseParams> = {
  sql: `INSERT INTO lease(task, token, holder, host, run, boot_id, ttl_ms, granted_at, heartbeat_at, expires_at, deadline_mono)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
};
const takeTask: Query<[token: number, attempt: number, nowMs: number, task: number]> = {
  sql: `UPDATE task SET status = 'claimed', lease_token = ?, attempt = ?, revision = revision + 1, updated_at = ?,
    not_before = NULL, parked_on = NULL, lock_wait_since = NULL WHERE num = ? AND status = 'queued'`,
};
const holdLock: Query<[prefix: string, task: number, position: number, pattern: string, mode: string, token: number, sinceMs: number]> = {
  sql: 'INSERT INTO path_lock(prefix, task, position, pattern, mode, token, since) VALUES (?, ?, ?, ?, ?, ?, ?)',
};
const insertRun: Query<RunParams> = {
  sql: `INSERT INTO run(id, task, token, attempt, agent, connector, phase, host, supervisor, started_at, last_activity_at)
    VALUES (?, ?, ?, ?, ?, ?, 'claimed', ?, ?, ?, ?)`,
};
const countLiveRuns: Query<[agent: string], { readonly live: number }> = { sql: `SELECT count(*) AS live FROM run WHERE agent = ? AND phase <> 'ended'` };

/** Runs of an agent that have not ended. */
export function liveRunsOf(sql: SqlReader, agent: string): number {
  return sql.get(countLiveRuns, agent)?.live ?? 0;
}

/** The answer when the agent has no free place, counted in the claim's own transaction. */
export function refuseBusyAgent(sql: SqlReader, run: RunIntent | null): Extract<ClaimOutcome, { kind: 'agent_busy' }> | undefined {
  if (run === null) return undefined;
  const liveRuns = liveRunsOf(sql, run.agent);
  return liveRuns >= run.agentConcurrency ? { kind: 'agent_busy', liveRuns } : undefined;
}

/**
 * Lease, fencing token, path locks, run and event for a task that nothing stands in the way of.
 * The caller has checked everything in the same transaction.
 */
export function grant(transaction: Transaction, task: Claimable, order: { readonly request: ClaimRequest; readonly locks: readonly WantedLock[] }): Granted {
  const { request } = order;
  const lease = grantLease(transaction, task, request);
  const { token } = lease;
  const attempt = task.failures + 1;
  redeemReservation(transaction, task);
  holdLocks(transaction, { task: task.num, token, locks: order.locks });
  const taken = transaction.run(takeTask, token, attempt, transaction.now.wallMs, task.num);
  assert(taken === 1, 'a claimable task is queued');
  if (request.run !== null) startRun(transaction, { run: request.run, task: task.num, token, attempt });
  const budget = reserveBudget(transaction, request.budget, lease);
  const locks = order.locks.map(({ pattern, mode }) => ({ pattern, mode }));
  transaction.append({ type: 'task.claimed', task: task.id, run: lease.runId, token, data: { holder: lease.holder, ttlMs: lease.ttlMs, attempt, locks, ...budget } });
  return { kind: 'granted', task: loadTask(transaction, task.num, { lease, locks }), lease, locks };
}

function grantLease(transaction: Transaction, task: Claimable, request: ClaimRequest): Lease {
  const lease: Lease = {
    taskId: task.id as TaskId,
    token: drawToken(transaction),
    holder: request.holder,
    host: transaction.host,
    runId: request.run?.id ?? null,
    ttlMs: request.ttlMs,
    grantedAtMs: transaction.now.wallMs,
    ...leaseClock(transaction.now, request.ttlMs),
    stop: null,
  };
  const { token, holder, host, runId, bootId, ttlMs } = lease;
  transaction.run(insertLease, task.num, token, holder, host, runId, bootId, ttlMs, lease.grantedAtMs, lease.heartbeatAtMs, lease.expiresAtMs, lease.deadlineMonoMs);
  return lease;
}

/** Positions are those of the declaration, by which the rows are found again. */
function holdLocks(transaction: Transaction, held: { readonly task: number; readonly token: number; readonly locks: readonly WantedLock[] }): void {
  for (const [position, lock] of held.locks.entries()) {
    transaction.run(holdLock, lock.prefix, held.task, position, lock.pattern, lock.mode, held.token, transaction.now.wallMs);
  }
}

function startRun(transaction: Transaction, start: { readonly run: RunIntent; readonly task: number; readonly token: number; readonly attempt: number }): void {
  const { run, task, token, attempt } = start;
  const { wallMs } = transaction.now;
  try {
    transaction.run(insertRun, run.id, task, token, attempt, run.agent, run.connector, transaction.host, JSON.stringify(run.supervisor), wallMs, wallMs);
  } catch (error) {
    if (sqliteCode(error) !== 'SQLITE_CONSTRAINT_UNIQUE') throw error;
    throw new AiError({ code: 'ALREADY_EXISTS', message: `There is a run ${run.id} already.`, hint: 'Claim again with another run id.', retryable: true, details: { run: run.id }, cause: error });
  }
}

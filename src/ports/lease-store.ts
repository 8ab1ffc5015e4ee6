import type { AgentId, FencingToken, RunId, TaskId } from '../domain/kernel/ids.js';
import type { Lease, StopRequest } from '../domain/lease/lease.js';
import type { LockConflict, LockRequest } from '../domain/lock/path-lock.js';
import type { ProcessIdentity, Run } from '../domain/run/run.js';
import type { ClaimObstacle, Task } from '../domain/task/task.js';
import type { BudgetOrder } from './budget-store.js';

export interface ClaimRequest {
  readonly holder: string;
  readonly ttlMs: number;
  /** What the claimant can do; a task's `requires` must be a subset. */
  readonly capabilities: readonly string[];
  /** When set, the run row is written in the same transaction. */
  readonly run: RunIntent | null;
  /** When set, its money is reserved in the same transaction, or the claim is refused. */
  readonly budget?: BudgetOrder | null;
}

export interface RunIntent {
  readonly id: RunId;
  readonly agent: AgentId;
  readonly connector: string;
  readonly supervisor: ProcessIdentity;
  /** Most live runs of this agent; the claim is refused above it. */
  readonly agentConcurrency: number;
}

export type ClaimOutcome =
  | { readonly kind: 'granted'; readonly task: Task; readonly lease: Lease; readonly locks: readonly LockRequest[] }
  | { readonly kind: 'refused'; readonly task: Task; readonly obstacle: ClaimObstacle }
  | { readonly kind: 'agent_busy'; readonly liveRuns: number }
  | { readonly kind: 'budget'; readonly day: string; readonly usedMicros: number; readonly limitMicros: number }
  | { readonly kind: 'nothing_claimable'; readonly blockedByLocks: number; readonly withoutCapability: number; readonly refusedByPolicy?: number };

export interface HeldLock extends LockRequest {
  readonly taskId: TaskId;
  readonly token: FencingToken | null;
  readonly holder: string | null;
}

/** Leases, fencing tokens and path locks. Grants are one transaction: everything, or nothing. */
export interface LeaseStore {
  /** The next ready task by priority and age whose locks are free. */
  claimNext(request: ClaimRequest): Promise<ClaimOutcome>;
  /** Ready and due tasks by priority and age, for a caller who looks at each before it claims one. Locks and capabilities are not looked at. */
  listClaimable(limit: number): Promise<readonly TaskId[]>;
  /** Throws TASK_NOT_FOUND. */
  claimTask(id: TaskId, request: ClaimRequest): Promise<ClaimOutcome>;
  /** Renews from now. Throws LEASE_STALE, saying who holds the task now. Answers the lease with any stop request in it. */
  heartbeat(id: TaskId, token: FencingToken, ttlMs: number | null): Promise<Lease>;
  findLease(id: TaskId): Promise<Lease | undefined>;
  listLeases(): Promise<readonly Lease[]>;
  /** Expired or of another boot, oldest first. Cheap when there is none. */
  listExpiredLeases(limit: number): Promise<readonly Lease[]>;
  /** Asks the supervisor of a live lease to end it. Idempotent; the first request wins. Throws LEASE_STALE when there is no such lease. */
  requestStop(id: TaskId, token: FencingToken, stop: StopRequest): Promise<Lease>;
  /** Everything in the way of claiming this task now, most fundamental first; empty when it is claimable. */
  explainClaim(id: TaskId, capabilities: readonly string[] | null): Promise<readonly ClaimObstacle[]>;
  listLocks(): Promise<readonly HeldLock[]>;
  /** Locks held or reserved by other tasks that overlap the given ones, with a witness path each. */
  findLockConflicts(locks: readonly LockRequest[], limit: number): Promise<readonly LockConflict[]>;
  /** Runs that have not ended, oldest first. */
  listLiveRuns(): Promise<readonly Run[]>;
}

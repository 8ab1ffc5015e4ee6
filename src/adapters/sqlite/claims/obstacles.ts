import type { Instant } from '../../../domain/kernel/instant.js';
import { isFinished, type ClaimObstacle, type DependencyState, satisfiesDependents } from '../../../domain/task/task.js';
import type { Query, SqlReader } from '../database/statements.js';
import { textList, type StateRow } from '../tasks/task-rows.js';
import { SELECT_LEASE, toLease, type LeaseRow } from './lease-rows.js';
import { describeConflicts, findConflicts } from './lock-conflicts.js';
import { locksWanted } from './parking.js';

/** Overlapping locks named in one answer. */
const MAX_CONFLICTS = 20;

const dependencyStates: Query<[task: number], DependencyState> = {
  sql: 'SELECT t.id, t.status FROM dependency d JOIN task t ON t.num = d.dependency WHERE d.task = ? ORDER BY d.position',
};
const leaseOf: Query<[task: number], LeaseRow> = { sql: `${SELECT_LEASE} WHERE l.task = ?` };
const requiresOf: Query<[task: number], { readonly requires: string }> = { sql: 'SELECT requires FROM task_spec WHERE task = ?' };

export interface Claimant {
  /** Null leaves the question of capabilities out. */
  readonly capabilities: readonly string[] | null;
  readonly now: Instant;
}

/** Everything between this task and a claim of it, the most fundamental first. An expired lease still counts as held. */
export function claimObstacles(sql: SqlReader, row: StateRow, claimant: Claimant): ClaimObstacle[] {
  const lease = sql.get(leaseOf, row.num);
  if (lease !== undefined) return [{ kind: 'lease', lease: toLease(lease) }];
  const status = statusObstacle(row);
  if (isFinished(row.status) || row.status === 'review') return status;
  return [...status, ...dependencyObstacle(sql, row), ...dueObstacle(row, claimant.now), ...capabilityObstacle(sql, row, claimant), ...lockObstacle(sql, row)];
}

/** A task that is blocked by its dependencies alone is explained by them. */
function statusObstacle(row: StateRow): ClaimObstacle[] {
  if (row.status === 'queued' || (row.status === 'blocked' && row.blocked_reason === null)) return [];
  return [{ kind: 'status', status: row.status, reason: row.blocked_reason }];
}

function dependencyObstacle(sql: SqlReader, row: StateRow): ClaimObstacle[] {
  if (row.open_dependencies === 0) return [];
  return [{ kind: 'dependencies', unfinished: sql.all(dependencyStates, row.num).filter((dependency) => !satisfiesDependents(dependency.status)) }];
}

function dueObstacle(row: StateRow, now: Instant): ClaimObstacle[] {
  return row.not_before === null || row.not_before <= now.wallMs ? [] : [{ kind: 'not_due', notBeforeMs: row.not_before }];
}

function capabilityObstacle(sql: SqlReader, row: StateRow, claimant: Claimant): ClaimObstacle[] {
  const { capabilities } = claimant;
  if (capabilities === null || row.requires_any === 0) return [];
  const missing = textList(sql.get(requiresOf, row.num)?.requires ?? '[]').filter((capability) => !capabilities.includes(capability));
  return missing.length === 0 ? [] : [{ kind: 'capabilities', missing }];
}

function lockObstacle(sql: SqlReader, row: StateRow): ClaimObstacle[] {
  const found = findConflicts(sql, locksWanted(sql, row.num), { except: row.num, limit: MAX_CONFLICTS });
  return found.length === 0 ? [] : [{ kind: 'locks', conflicts: describeConflicts(sql, found) }];
}

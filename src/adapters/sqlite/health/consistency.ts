import { isAiError } from '../../../domain/kernel/errors.js';
import type { StoreProblem } from '../../../ports/store-maintenance.js';
import { findConflicts, type WantedLock } from '../claims/lock-conflicts.js';
import { overlapWitness } from '../claims/lock-overlap.js';
import type { Connection } from '../database/connection.js';
import type { Query, SqlReader } from '../database/statements.js';
import { verifyChain } from '../events/verify-chain.js';
import { findCycle } from '../tasks/find-cycle.js';

/** Rows named in one problem. */
const MAX_NAMED = 5;

interface RowCheck {
  readonly check: string;
  readonly fixable: boolean;
  /** What is wrong with the rows, which are named behind it. */
  readonly problem: string;
  readonly sql: string;
}

const SATISFIED = `('review', 'done', 'skipped')`;

/** Each statement answers the names (`id`) of the rows that are wrong. */
const ROW_CHECKS: readonly RowCheck[] = [
  {
    check: 'open_dependency_counter',
    fixable: true,
    problem: 'The number of open dependencies is wrong',
    sql: `SELECT t.id FROM task t WHERE t.open_dependencies <>
      (SELECT count(*) FROM dependency d JOIN task x ON x.num = d.dependency WHERE d.task = t.num AND x.status NOT IN ${SATISFIED})`,
  },
  {
    check: 'blocked_without_reason',
    fixable: true,
    problem: 'Nothing blocks these blocked tasks',
    sql: `SELECT id FROM task WHERE status = 'blocked' AND open_dependencies = 0 AND blocked_reason IS NULL`,
  },
  {
    check: 'status_counter',
    fixable: true,
    problem: 'The number of tasks is wrong for these statuses',
    sql: `SELECT name AS id FROM meta WHERE name NOT IN ('fence', 'head') AND number <> (SELECT count(*) FROM task t WHERE t.status = name)`,
  },
  {
    check: 'parts_counter',
    fixable: true,
    problem: 'The number of subtasks and children is wrong',
    sql: `SELECT t.id FROM task t WHERE t.parts_total <>
        (SELECT count(*) FROM subtask s WHERE s.task = t.num) + (SELECT count(*) FROM task c WHERE c.parent = t.num)
      OR t.parts_done <> (SELECT count(*) FROM subtask s WHERE s.task = t.num AND s.completed_at IS NOT NULL)
        + (SELECT count(*) FROM task c WHERE c.parent = t.num AND c.status IN ${SATISFIED})`,
  },
  {
    check: 'task_without_lease',
    fixable: false,
    problem: 'These tasks are claimed or running without a lease',
    sql: `SELECT t.id FROM task t LEFT JOIN lease l ON l.task = t.num AND l.token = t.lease_token WHERE t.status IN ('claimed', 'running') AND l.task IS NULL`,
  },
  {
    check: 'lease_without_task',
    fixable: true,
    problem: 'A lease is left over that the task knows nothing of',
    sql: `SELECT t.id FROM lease l JOIN task t ON t.num = l.task WHERE t.lease_token IS NOT l.token`,
  },
  {
    check: 'lock_without_lease',
    fixable: true,
    problem: 'Path locks are held without a lease',
    sql: `SELECT DISTINCT t.id FROM path_lock p JOIN task t ON t.num = p.task WHERE p.token IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM lease l WHERE l.task = p.task AND l.token = p.token)`,
  },
  {
    check: 'lease_without_locks',
    fixable: false,
    problem: 'The locks that these leased tasks declare are not all held',
    sql: `SELECT t.id FROM task t WHERE t.lease_token IS NOT NULL AND
      (SELECT count(*) FROM task_lock w WHERE w.task = t.num) <> (SELECT count(*) FROM path_lock p WHERE p.task = t.num AND p.token = t.lease_token)`,
  },
  {
    check: 'reservation_without_waiting_task',
    fixable: true,
    problem: 'Locks are reserved for tasks that do not wait for any',
    sql: `SELECT DISTINCT t.id FROM path_lock p JOIN task t ON t.num = p.task WHERE p.token IS NULL AND t.lock_wait_since IS NULL`,
  },
  {
    check: 'parked_on_nothing',
    fixable: true,
    problem: 'These tasks wait for locks that nobody holds',
    sql: `SELECT t.id FROM task t WHERE t.parked_on IS NOT NULL AND NOT EXISTS (SELECT 1 FROM path_lock p WHERE p.task = t.parked_on)`,
  },
  {
    check: 'token_counter',
    fixable: false,
    problem: 'Tokens are newer than the last one that was drawn',
    sql: `SELECT t.id FROM lease l JOIN task t ON t.num = l.task WHERE l.token > (SELECT number FROM meta WHERE name = 'fence')`,
  },
  {
    check: 'token_order',
    fixable: false,
    problem: 'The token did not grow in these events of the record',
    sql: `SELECT seq AS id FROM (SELECT seq, token, lag(token) OVER (ORDER BY seq) AS earlier FROM event WHERE type = 'task.claimed') WHERE token <= earlier`,
  },
];

/** Everything that `ai doctor` asks of the database. Reads one snapshot, but for the chain, which only grows. */
export async function checkConsistency(connection: Connection): Promise<readonly StoreProblem[]> {
  try {
    return await allProblems(connection);
  } catch (error) {
    // Damage that SQLite stumbles over is an answer to the question, not a failure of the check.
    if (!isAiError(error, 'DATABASE_CORRUPT')) throw error;
    return [{ check: 'file_integrity', message: error.message, fixable: false }];
  }
}

async function allProblems(connection: Connection): Promise<readonly StoreProblem[]> {
  const damage = connection.read(fileProblems);
  if (damage.length > 0) return damage;
  const rows = connection.read((sql) => [...ROW_CHECKS.flatMap((check) => rowProblem(sql, check)), ...graphProblem(sql), ...overlapProblems(sql)]);
  const verdict = await verifyChain(connection);
  const chain = verdict.ok ? [] : [{ check: 'event_chain', message: `The record of events is broken at ${verdict.firstBadSeq}: ${verdict.problem}.`, fixable: false }];
  return [...rows, ...chain];
}

const quickCheck: Query<[], { readonly quick_check: string }> = { sql: `PRAGMA quick_check(${MAX_NAMED})` };
const foreignKeyCheck: Query<[], { readonly table: string; readonly parent: string }> = { sql: 'PRAGMA foreign_key_check' };

function fileProblems(sql: SqlReader): StoreProblem[] {
  const damage = sql.all(quickCheck).map((row) => row.quick_check).filter((line) => line !== 'ok');
  const dangling = sql.all(foreignKeyCheck).slice(0, MAX_NAMED);
  return [
    ...damage.map((line) => ({ check: 'file_integrity', message: `The file is damaged: ${line}.`, fixable: false })),
    ...dangling.map((row) => ({ check: 'foreign_keys', message: `A row of ${row.table} points to a missing row of ${row.parent}.`, fixable: false })),
  ];
}

function rowProblem(sql: SqlReader, check: RowCheck): StoreProblem[] {
  const query: Query<[], { readonly id: string | number }> = { sql: check.sql };
  const names = sql.all(query).map((row) => String(row.id));
  if (names.length === 0) return [];
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return [{ check: check.check, message: `${check.problem}: ${names.slice(0, MAX_NAMED).join(', ')}${more}.`, fixable: check.fixable }];
}

const allEdges: Query<[], { readonly task: string; readonly dependency: string }> = {
  sql: 'SELECT t.id AS task, x.id AS dependency FROM dependency d JOIN task t ON t.num = d.task JOIN task x ON x.num = d.dependency ORDER BY d.task',
};

function graphProblem(sql: SqlReader): StoreProblem[] {
  const edges = new Map<string, string[]>();
  for (const { task, dependency } of sql.all(allEdges)) {
    const known = edges.get(task);
    if (known === undefined) edges.set(task, [dependency]);
    else known.push(dependency);
  }
  const cycle = findCycle(edges.keys(), (id) => edges.get(id));
  return cycle === null ? [] : [{ check: 'dependency_cycle', message: `${cycle.slice(0, MAX_NAMED).join(' depends on ')}… is a circle.`, fixable: false }];
}

const standing: Query<[], WantedLock & { readonly task: number; readonly id: string; readonly token: number | null }> = {
  sql: 'SELECT p.task, t.id, p.pattern, p.mode, p.prefix, p.token FROM path_lock p JOIN task t ON t.num = p.task ORDER BY p.task, p.position',
};

/** Two held locks, or two reservations, never share a path; a reservation may overlap a held lock that it waits for. */
function overlapProblems(sql: SqlReader): StoreProblem[] {
  for (const lock of sql.all(standing)) {
    const conflicts = findConflicts(sql, [lock], { except: lock.task, limit: Number.MAX_SAFE_INTEGER });
    const conflict = conflicts.find((other) => (other.standing.token === null) === (lock.token === null));
    if (conflict === undefined) continue;
    const witness = overlapWitness(lock.pattern, conflict.standing.pattern) ?? '';
    return [{ check: 'overlapping_locks', message: `${lock.id} and another task both hold ${witness}.`, fixable: false }];
  }
  return [];
}

import type { TaskId } from '../../../domain/kernel/ids.js';
import { TASK_STATUSES, type TaskStatus } from '../../../domain/task/task.js';
import type { TaskFilter, TaskPage } from '../../../ports/task-store.js';
import type { Statements, Query, SqlReader, SqlValue } from '../database/statements.js';
import { loadTasks } from './task-queries.js';

const statusCounts: Query<[], { readonly status: TaskStatus; readonly tasks: number }> = { sql: `SELECT name AS status, number AS tasks FROM meta WHERE name NOT IN ('fence', 'head')` };
const countUndelayed: Query<[], { readonly ready: number }> = {
  sql: `SELECT count(*) AS ready FROM task INDEXED BY task_ready WHERE status = 'queued' AND not_before IS NULL AND parked_on IS NULL`,
};
const countDue: Query<[nowMs: number], { readonly ready: number }> = {
  sql: `SELECT count(*) AS ready FROM task INDEXED BY task_due WHERE status = 'queued' AND not_before IS NOT NULL AND not_before <= ? AND parked_on IS NULL`,
};

export interface PageRequest {
  readonly limit: number;
  /** `num` of the last task seen, or null for the first page. */
  readonly after: number | null;
}

export function countByStatus(sql: SqlReader): Readonly<Record<TaskStatus, number>> {
  const counts: Record<TaskStatus, number> = { queued: 0, claimed: 0, running: 0, blocked: 0, paused: 0, review: 0, done: 0, failed: 0, cancelled: 0, skipped: 0 };
  for (const { status, tasks } of sql.all(statusCounts)) counts[status] = tasks;
  return counts;
}

export function countReady(sql: SqlReader, nowMs: number): number {
  return (sql.get(countUndelayed)?.ready ?? 0) + (sql.get(countDue, nowMs)?.ready ?? 0);
}

/** Newest first. The page is found through indexes; the total of a filter by status alone comes from the counters. */
export function listTasks(sql: Statements, filter: TaskFilter, request: { readonly page: PageRequest; readonly nowMs: number }): TaskPage {
  const { page, nowMs } = request;
  const nums = pageNums(sql, filter, { page, nowMs });
  const hasMore = nums.length > page.limit;
  const shown = nums.slice(0, page.limit);
  return { tasks: loadTasks(sql, shown), total: countMatches(sql, filter, nowMs), nextAfter: hasMore ? (shown.at(-1) ?? null) : null };
}

interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** One index range per status, merged: a single condition over several statuses would sort all of their tasks. */
function pageNums(sql: Statements, filter: TaskFilter, { page, nowMs }: { readonly page: PageRequest; readonly nowMs: number }): number[] {
  const common = [...conditions(filter, nowMs), ...(page.after === null ? [] : [{ sql: 't.num < ?', params: [page.after] }])];
  const statuses = [...new Set(filter.statuses)];
  const branches = statuses.length === 0 ? [common] : statuses.map((status) => [{ sql: 't.status = ?', params: [status] }, ...common]);
  const limit = page.limit + 1;
  const selects = branches.map((branch) => `SELECT num FROM (SELECT t.num FROM ${FROM} ${where(branch)} ORDER BY t.num DESC LIMIT ?)`);
  const params = branches.flatMap((branch) => [...branch.flatMap((condition) => condition.params), limit]);
  const rows = sql.allOnce(`${selects.join(' UNION ALL ')} ORDER BY num DESC LIMIT ?`, [...params, limit]) as { readonly num: number }[];
  return rows.map((row) => row.num);
}

const FROM = 'task t JOIN task_spec s ON s.task = t.num';

function conditions(filter: TaskFilter, nowMs: number): Condition[] {
  const found: Condition[] = [];
  if (filter.ready) found.push({ sql: `t.status = 'queued' AND t.parked_on IS NULL AND (t.not_before IS NULL OR t.not_before <= ?)`, params: [nowMs] });
  for (const label of new Set(filter.labels)) found.push({ sql: 't.num IN (SELECT task FROM task_label WHERE label = ?)', params: [label] });
  if (filter.project !== null) found.push({ sql: 's.project = ?', params: [filter.project] });
  if (filter.agent !== null) found.push({ sql: 's.agent = ?', params: [filter.agent] });
  if (filter.parent !== null) found.push({ sql: 't.parent = (SELECT num FROM task WHERE id = ?)', params: [filter.parent] });
  return found;
}

function where(found: readonly Condition[]): string {
  return found.length === 0 ? '' : `WHERE ${found.map((condition) => condition.sql).join(' AND ')}`;
}

function countMatches(sql: Statements, filter: TaskFilter, nowMs: number): number {
  const others = conditions(filter, nowMs);
  if (others.length === 0) return countOfStatuses(sql, filter.statuses);
  const statuses = [...new Set(filter.statuses)];
  const all = statuses.length === 0 ? others : [{ sql: `t.status IN (${statuses.map(() => '?').join(', ')})`, params: statuses }, ...others];
  const [row] = sql.allOnce(`SELECT count(*) AS total FROM ${FROM} ${where(all)}`, all.flatMap((condition) => condition.params)) as { readonly total: number }[];
  return row?.total ?? 0;
}

function countOfStatuses(sql: SqlReader, statuses: readonly TaskStatus[]): number {
  const counts = countByStatus(sql);
  const wanted: readonly TaskStatus[] = statuses.length === 0 ? TASK_STATUSES : [...new Set(statuses)];
  return wanted.reduce((sum, status) => sum + counts[status], 0);
}

const dependents: Query<[id: string], { readonly id: TaskId }> = {
  sql: `SELECT t.id FROM dependency d JOIN task t ON t.num = d.task WHERE d.dependency = (SELECT num FROM task WHERE id = ?) ORDER BY d.task`,
};

/** Ids of the direct dependents, oldest first. */
export function dependentsOf(sql: SqlReader, id: TaskId): readonly TaskId[] {
  return sql.all(dependents, id).map((row) => row.id);
}

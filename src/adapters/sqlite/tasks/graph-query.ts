import type { TaskId } from '../../../domain/kernel/ids.js';
import type { Task } from '../../../domain/task/task.js';
import type { Query, SqlReader } from '../database/statements.js';
import { getState, loadTasks } from './task-queries.js';

interface NumRow {
  readonly num: number;
}

const openTasks: Query<[limit: number], NumRow> = {
  sql: `SELECT num FROM task WHERE status IN ('queued', 'claimed', 'running', 'blocked', 'paused', 'review') ORDER BY num LIMIT ?`,
};
const dependenciesOf: Query<[nums: string], NumRow> = { sql: 'SELECT DISTINCT dependency AS num FROM dependency WHERE task IN (SELECT value FROM json_each(?))' };
const dependentsOf: Query<[nums: string], NumRow> = { sql: 'SELECT DISTINCT task AS num FROM dependency WHERE dependency IN (SELECT value FROM json_each(?))' };

export interface TaskGraph {
  readonly tasks: readonly Task[];
  readonly truncated: boolean;
}

/** The tasks around one task, the nearest first when they are too many, or all open tasks; oldest first. */
export function taskGraph(sql: SqlReader, center: TaskId | null, limit: number): TaskGraph {
  const nums = center === null ? sql.all(openTasks, limit + 1).map((row) => row.num) : around(sql, getState(sql, center).num, limit + 1);
  const shown = nums.slice(0, limit).sort((a, b) => a - b);
  return { tasks: loadTasks(sql, shown), truncated: nums.length > limit };
}

/** Breadth first in both directions at once, so that a cut leaves the nearest. */
function around(sql: SqlReader, center: number, limit: number): number[] {
  const seen = new Set([center]);
  let above = [center];
  let below = [center];
  while (seen.size < limit && above.length + below.length > 0) {
    above = unseen(sql.all(dependenciesOf, JSON.stringify(above)), seen);
    below = unseen(sql.all(dependentsOf, JSON.stringify(below)), seen);
  }
  return [...seen].slice(0, limit);
}

function unseen(rows: readonly NumRow[], seen: Set<number>): number[] {
  const fresh = rows.map((row) => row.num).filter((num) => !seen.has(num));
  for (const num of fresh) seen.add(num);
  return fresh;
}

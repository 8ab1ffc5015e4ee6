import { AiError } from '../../domain/kernel/errors.js';
import type { LockRequest } from '../../domain/lock/path-lock.js';
import type { DependencyState, Task } from '../../domain/task/task.js';
import { SELECT_LEASE, toLease, type LeaseRow } from './lease-rows.js';
import type { Query, SqlReader } from './statements.js';
import { toTask, type StateRow, type TaskParts, type TaskRow } from './task-rows.js';

type NumsJson = [nums: string];

const SELECT_TASK = `SELECT t.*, s.title, s.type, s.agent, s.project, s.isolation, s.timeout_ms, s.budget_usd, s.max_attempts, s.target_branch,
    s.requires, s.skills, s.verify, s.description,
    (SELECT p.id FROM task p WHERE p.num = t.parent) AS parent_id,
    (SELECT h.id FROM task h WHERE h.num = t.parked_on) AS parked_on_id
  FROM task t JOIN task_spec s ON s.task = t.num`;

const stateById: Query<[id: string], StateRow> = { sql: 'SELECT * FROM task WHERE id = ?' };
const tasksByNums: Query<NumsJson, TaskRow> = { sql: `${SELECT_TASK} WHERE t.num IN (SELECT value FROM json_each(?))` };
const labelsOf: Query<NumsJson, { readonly task: number; readonly label: string }> = {
  sql: 'SELECT task, label FROM task_label WHERE task IN (SELECT value FROM json_each(?)) ORDER BY task, position',
};
const dependenciesOf: Query<NumsJson, DependencyState & { readonly task: number }> = {
  sql: `SELECT d.task, t.id, t.status FROM dependency d JOIN task t ON t.num = d.dependency
    WHERE d.task IN (SELECT value FROM json_each(?)) ORDER BY d.task, d.position`,
};
const locksOf: Query<NumsJson, LockRequest & { readonly task: number }> = {
  sql: 'SELECT task, pattern, mode FROM task_lock WHERE task IN (SELECT value FROM json_each(?)) ORDER BY task, position',
};
const leasesOf: Query<NumsJson, LeaseRow> = { sql: `${SELECT_LEASE} WHERE l.task IN (SELECT value FROM json_each(?))` };

/** The state row of one task. Throws TASK_NOT_FOUND. */
export function getState(sql: SqlReader, id: string): StateRow {
  const row = sql.get(stateById, id);
  if (row === undefined) throw taskNotFound(id);
  return row;
}

export function findState(sql: SqlReader, id: string): StateRow | undefined {
  return sql.get(stateById, id);
}

/** One whole task by its number, which must exist. */
export function loadTask(sql: SqlReader, num: number): Task {
  const [task] = loadTasks(sql, [num]);
  if (task === undefined) throw new Error(`invariant broken: task ${num} exists`);
  return task;
}

/** Whole tasks in the order of the numbers, in a constant number of statements. Numbers that do not exist are left out. */
export function loadTasks(sql: SqlReader, nums: readonly number[]): Task[] {
  if (nums.length === 0) return [];
  const json = JSON.stringify(nums);
  const rows = new Map(sql.all(tasksByNums, json).map((row) => [row.num, row]));
  const parts = loadParts(sql, json);
  return nums.flatMap((num) => {
    const row = rows.get(num);
    return row === undefined ? [] : [toTask(row, parts(num))];
  });
}

function loadParts(sql: SqlReader, json: string): (num: number) => TaskParts {
  const labels = groupByTask(sql.all(labelsOf, json), (row) => row.label);
  const dependencies = groupByTask(sql.all(dependenciesOf, json), ({ id, status }): DependencyState => ({ id, status }));
  const locks = groupByTask(sql.all(locksOf, json), ({ pattern, mode }): LockRequest => ({ pattern, mode }));
  const leases = new Map(sql.all(leasesOf, json).map((row) => [row.task, toLease(row)]));
  return (num) => ({ labels: labels.get(num) ?? [], dependencies: dependencies.get(num) ?? [], locks: locks.get(num) ?? [], lease: leases.get(num) ?? null });
}

function groupByTask<Row extends { readonly task: number }, Part>(rows: readonly Row[], part: (row: Row) => Part): Map<number, Part[]> {
  const groups = new Map<number, Part[]>();
  for (const row of rows) {
    const group = groups.get(row.task);
    if (group === undefined) groups.set(row.task, [part(row)]);
    else group.push(part(row));
  }
  return groups;
}

export function taskNotFound(id: string): AiError {
  return new AiError({ code: 'TASK_NOT_FOUND', message: `There is no task ${id}.`, hint: 'ai task list', details: { task: id } });
}


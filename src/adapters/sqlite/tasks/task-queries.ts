import { AiError } from '../../../domain/kernel/errors.js';
import type { LockRequest } from '../../../domain/lock/path-lock.js';
import type { DependencyState, Task } from '../../../domain/task/task.js';
import { SELECT_LEASE, toLease, type LeaseRow } from '../claims/lease-rows.js';
import type { Query, SqlReader } from '../database/statements.js';
import { STATE_COLUMNS, toTask, type StateRow, type TaskParts, type TaskRow } from './task-rows.js';

/** The same question about one task and about many: for one, a plain comparison is several times cheaper. */
interface PerTask<Row> {
  readonly one: Query<[num: number], Row>;
  readonly many: Query<[numsJson: string], Row>;
}

const perTask = (select: string, column: string, order: string): { readonly one: { readonly sql: string }; readonly many: { readonly sql: string } } => ({
  one: { sql: `${select} WHERE ${column} = ? ${order}` },
  many: { sql: `${select} WHERE ${column} IN (SELECT value FROM json_each(?)) ${order}` },
});

const SELECT_TASK = `SELECT ${STATE_COLUMNS}, s.title, s.type, s.agent, s.project, s.isolation, s.timeout_ms, s.budget_usd, s.max_attempts, s.target_branch,
    s.requires, s.skills, s.verify, s.description,
    (SELECT p.id FROM task p WHERE p.num = t.parent) AS parent_id,
    (SELECT h.id FROM task h WHERE h.num = t.parked_on) AS parked_on_id
  FROM task t JOIN task_spec s ON s.task = t.num`;
const SELECT_DEPENDENCIES = 'SELECT d.task, t.id, t.status FROM dependency d JOIN task t ON t.num = d.dependency';

const stateById: Query<[id: string], StateRow> = { sql: `SELECT ${STATE_COLUMNS} FROM task t WHERE t.id = ?` };
const wholeTasks: PerTask<TaskRow> = perTask(SELECT_TASK, 't.num', '');
const labelsOf: PerTask<{ readonly task: number; readonly label: string }> = perTask('SELECT task, label FROM task_label', 'task', 'ORDER BY task, position');
const dependenciesOf: PerTask<DependencyState & { readonly task: number }> = perTask(SELECT_DEPENDENCIES, 'd.task', 'ORDER BY d.task, d.position');
const locksOf: PerTask<LockRequest & { readonly task: number }> = perTask('SELECT task, pattern, mode FROM task_lock', 'task', 'ORDER BY task, position');
const leasesOf: PerTask<LeaseRow> = perTask(SELECT_LEASE, 'l.task', '');

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
  const ask = asker(sql, nums);
  const rows = new Map(ask(wholeTasks).map((row) => [row.num, row]));
  const parts = loadParts(ask);
  return nums.flatMap((num) => {
    const row = rows.get(num);
    return row === undefined ? [] : [toTask(row, parts(num))];
  });
}

type Ask = <Row>(query: PerTask<Row>) => Row[];

function asker(sql: SqlReader, nums: readonly number[]): Ask {
  const [only] = nums;
  if (nums.length === 1 && only !== undefined) return (query) => sql.all(query.one, only);
  const json = JSON.stringify(nums);
  return (query) => sql.all(query.many, json);
}

function loadParts(ask: Ask): (num: number) => TaskParts {
  const labels = groupByTask(ask(labelsOf), (row) => row.label);
  const dependencies = groupByTask(ask(dependenciesOf), ({ id, status }): DependencyState => ({ id, status }));
  const locks = groupByTask(ask(locksOf), ({ pattern, mode }): LockRequest => ({ pattern, mode }));
  const leases = new Map(ask(leasesOf).map((row) => [row.task, toLease(row)]));
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


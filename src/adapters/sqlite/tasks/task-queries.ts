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

/** One whole task by its number, which must exist. Parts that the caller has at hand are not read again. */
export function loadTask(sql: SqlReader, num: number, known: Partial<TaskParts> = {}): Task {
  const row = sql.get(wholeTasks.one, num);
  if (row === undefined) throw new Error(`invariant broken: task ${num} exists`);
  return toTask(row, {
    labels: known.labels ?? sql.all(labelsOf.one, num).map(toLabel),
    dependencies: known.dependencies ?? sql.all(dependenciesOf.one, num).map(toDependency),
    locks: known.locks ?? sql.all(locksOf.one, num).map(toLock),
    lease: known.lease === undefined ? (sql.all(leasesOf.one, num).map(toLease)[0] ?? null) : known.lease,
  });
}

const toLabel = (row: { readonly label: string }): string => row.label;
const toDependency = ({ id, status }: DependencyState): DependencyState => ({ id, status });
const toLock = ({ pattern, mode }: LockRequest): LockRequest => ({ pattern, mode });

/** Whole tasks in the order of the numbers, in a constant number of statements. Numbers that do not exist are left out. */
export function loadTasks(sql: SqlReader, nums: readonly number[]): Task[] {
  if (nums.length === 0) return [];
  const json = JSON.stringify(nums);
  const rows = new Map(sql.all(wholeTasks.many, json).map((row) => [row.num, row]));
  const parts = loadParts(sql, json);
  return nums.flatMap((num) => {
    const row = rows.get(num);
    return row === undefined ? [] : [toTask(row, parts(num))];
  });
}

function loadParts(sql: SqlReader, json: string): (num: number) => TaskParts {
  const labels = groupByTask(sql.all(labelsOf.many, json), toLabel);
  const dependencies = groupByTask(sql.all(dependenciesOf.many, json), toDependency);
  const locks = groupByTask(sql.all(locksOf.many, json), toLock);
  const leases = new Map(sql.all(leasesOf.many, json).map((row) => [row.task, toLease(row)]));
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


import type { TaskId } from '../../../domain/kernel/ids.js';
import { satisfiesDependents } from '../../../domain/task/task.js';
import type { Transaction } from '../database/connection.js';
import type { Query, SqlReader } from '../database/statements.js';
import { dependencyCycle } from './graph-errors.js';
import { findDependencyPath } from './reachability.js';
import { getState } from './task-queries.js';
import type { StateRow } from './task-rows.js';

const insertDependency: Query<[task: number, dependency: number, position: number]> = { sql: 'INSERT INTO dependency(task, dependency, position) VALUES (?, ?, ?)' };
const deleteDependencies: Query<[task: number]> = { sql: 'DELETE FROM dependency WHERE task = ?' };
const dependenciesOf: Query<[task: number], { readonly dependency: number }> = { sql: 'SELECT dependency FROM dependency WHERE task = ?' };
const idOf: Query<[task: number], { readonly id: string }> = { sql: 'SELECT id FROM task WHERE num = ?' };

export function addDependencies(transaction: Transaction, task: number, dependencies: readonly number[]): void {
  for (const [position, dependency] of dependencies.entries()) transaction.run(insertDependency, task, dependency, position);
}

/**
 * Replaces what a task depends on; answers how many of them are open. Throws TASK_NOT_FOUND, and
 * DEPENDENCY_CYCLE naming the way around.
 */
export function replaceDependencies(transaction: Transaction, row: StateRow, dependsOn: readonly TaskId[]): number {
  const wanted = [...new Set(dependsOn)].map((id) => getState(transaction, id));
  const known = new Set(transaction.all(dependenciesOf, row.num).map((edge) => edge.dependency));
  transaction.run(deleteDependencies, row.num);
  refuseCycle(transaction, row, wanted.filter((dependency) => !known.has(dependency.num)));
  addDependencies(transaction, row.num, wanted.map((dependency) => dependency.num));
  return wanted.filter((dependency) => !satisfiesDependents(dependency.status)).length;
}

/** Only a new edge can close a circle, and only when its end already leads back to the task. */
function refuseCycle(sql: SqlReader, row: StateRow, added: readonly StateRow[]): void {
  if (added.length === 0) return;
  const path = findDependencyPath(sql, added.map((dependency) => dependency.num), row.num);
  if (path === null) return;
  throw dependencyCycle([row.id, ...path.map((num) => sql.get(idOf, num)?.id ?? `#${num}`)], 'depends on');
}

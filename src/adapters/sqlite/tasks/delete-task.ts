import { AiError } from '../../../domain/kernel/errors.js';
import type { TaskId } from '../../../domain/kernel/ids.js';
import { satisfiesDependents } from '../../../domain/task/task.js';
import { dropReservation } from '../claims/parking.js';
import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';
import { refuseWhileLeased } from './edit-task.js';
import { changeParts } from './parts.js';
import { getState, loadTask } from './task-queries.js';

/** Ids named in one refusal. */
const MAX_NAMED = 10;

interface IdRow {
  readonly id: string;
}

const dependents: Query<[task: number, limit: number], IdRow> = {
  sql: 'SELECT t.id FROM dependency d JOIN task t ON t.num = d.task WHERE d.dependency = ? ORDER BY d.task LIMIT ?',
};
const children: Query<[task: number, limit: number], IdRow> = { sql: 'SELECT id FROM task WHERE parent = ? ORDER BY num LIMIT ?' };
const runsOf: Query<[task: number], IdRow> = { sql: 'SELECT id FROM run WHERE task = ? ORDER BY num' };
const deleteRow: Query<[task: number]> = { sql: 'DELETE FROM task WHERE num = ?' };

/** Removes a task with everything that belongs to it alone. Its events stay. */
export function deleteTask(transaction: Transaction, id: TaskId): void {
  const row = getState(transaction, id);
  refuseWhileLeased(row, 'deleted');
  refuseWhenNeeded(id, { ids: transaction.all(dependents, row.num, MAX_NAMED + 1), relation: 'depend on it' });
  refuseWhenNeeded(id, { ids: transaction.all(children, row.num, MAX_NAMED + 1), relation: 'are part of it' });
  const { title } = loadTask(transaction, row.num);
  const runs = transaction.all(runsOf, row.num).map((run) => run.id);
  dropReservation(transaction, row.num);
  if (row.parent !== null) changeParts(transaction, row.parent, { total: -1, done: satisfiesDependents(row.status) ? -1 : 0 });
  transaction.run(deleteRow, row.num);
  transaction.append({ type: 'task.deleted', task: id, run: null, token: null, data: { title, status: row.status, runs } });
}

function refuseWhenNeeded(id: TaskId, needed: { readonly ids: readonly IdRow[]; readonly relation: string }): void {
  if (needed.ids.length === 0) return;
  const named = needed.ids.slice(0, MAX_NAMED).map((row) => row.id);
  const more = needed.ids.length > MAX_NAMED ? ' and others' : '';
  throw new AiError({
    code: 'HAS_DEPENDENTS',
    message: `${id} can't be deleted: ${named.join(', ')}${more} ${needed.relation}.`,
    hint: `Keep it out of the way instead: ai task cancel ${id}`,
    details: { task: id, dependents: named },
  });
}

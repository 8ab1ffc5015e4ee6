import { AiError } from '../../../domain/kernel/errors.js';
import type { TaskId } from '../../../domain/kernel/ids.js';
import { satisfiesDependents, type Task, type TaskStatus } from '../../../domain/task/task.js';
import type { TaskEdit } from '../../../ports/task-store.js';
import { dropReservation } from '../claims/parking.js';
import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';
import { withoutUndefined } from '../database/without-undefined.js';
import { staleRevision } from './apply-change.js';
import { replaceDependencies } from './dependencies.js';
import { dependencyCycle } from './graph-errors.js';
import { changeParts } from './parts.js';
import { getState, loadTask } from './task-queries.js';
import { priorityRank, type StateRow } from './task-rows.js';
import { replaceLabels, replaceLocks, writeSpec } from './write-spec.js';

type EditParams = [priority: number, requiresAny: number, parent: number | null, openDependencies: number, status: TaskStatus, parkedOn: number | null, lockWaitSince: number | null, updatedAt: number, task: number];

const writeEdit: Query<EditParams> = {
  sql: `UPDATE task SET priority = ?, requires_any = ?, parent = ?, open_dependencies = ?, status = ?, parked_on = ?, lock_wait_since = ?,
    revision = revision + 1, updated_at = ? WHERE num = ?`,
};
const parentOf: Query<[task: number], { readonly id: string; readonly parent: number | null }> = { sql: 'SELECT id, parent FROM task WHERE num = ?' };

/** Changes what was stated of a task that nobody works on, and where it stands in the graph. */
export function editTask(transaction: Transaction, id: TaskId, order: { readonly expectedRevision: number; readonly edit: TaskEdit }): Task {
  const row = getState(transaction, id);
  refuseWhileLeased(row, 'edited');
  if (row.revision !== order.expectedRevision) throw staleRevision(row, order.expectedRevision);
  const edit = withoutUndefined(order.edit);
  const task = { ...loadTask(transaction, row.num), ...edit };
  writeSpec(transaction, row.num, task);
  if (edit.labels !== undefined) replaceLabels(transaction, row.num, edit.labels);
  if (edit.locks !== undefined) replaceLocks(transaction, row.num, edit.locks);
  const open = edit.dependsOn === undefined ? row.open_dependencies : replaceDependencies(transaction, row, edit.dependsOn);
  const parent = edit.parent === undefined ? row.parent : moveToParent(transaction, row, edit.parent);
  const status = statusAfter(row, open);
  const waits = status === 'queued' && edit.locks === undefined;
  transaction.run(
    writeEdit,
    ...([priorityRank(task.priority), task.requires.length > 0 ? 1 : 0, parent, open, status] as const),
    ...([waits ? row.parked_on : null, waits ? row.lock_wait_since : null, transaction.now.wallMs, row.num] as const),
  );
  if (!waits) dropReservation(transaction, row.num);
  transaction.append({ type: 'task.edited', task: id, run: null, token: null, data: { edit, status } });
  return loadTask(transaction, row.num);
}

function statusAfter(row: StateRow, open: number): TaskStatus {
  if (row.status === 'queued' && open > 0) return 'blocked';
  if (row.status === 'blocked' && row.blocked_reason === null && open === 0) return 'queued';
  return row.status;
}

/** Moves the task's part from the old parent's count to the new one's. Throws TASK_NOT_FOUND, DEPENDENCY_CYCLE. */
function moveToParent(transaction: Transaction, row: StateRow, parentId: TaskId | null): number | null {
  const parent = parentId === null ? null : getState(transaction, parentId).num;
  if (parent === row.parent) return parent;
  if (parent !== null) refuseFamilyCircle(transaction, row, parent);
  const done = satisfiesDependents(row.status) ? 1 : 0;
  if (row.parent !== null) changeParts(transaction, row.parent, { total: -1, done: -done });
  if (parent !== null) changeParts(transaction, parent, { total: 1, done });
  return parent;
}

function refuseFamilyCircle(transaction: Transaction, row: StateRow, parent: number): void {
  const ancestors = [row.id];
  for (let num: number | null = parent; num !== null; ) {
    const at: { readonly id: string; readonly parent: number | null } | undefined = transaction.get(parentOf, num);
    ancestors.push(at?.id ?? `#${num}`);
    if (num === row.num) throw dependencyCycle(ancestors, 'is part of');
    num = at?.parent ?? null;
  }
}

/** Throws ILLEGAL_TRANSITION for a task under a lease. */
export function refuseWhileLeased(row: StateRow, verb: 'edited' | 'deleted'): void {
  if (row.lease_token === null) return;
  throw new AiError({
    code: 'ILLEGAL_TRANSITION',
    message: `${row.id} is ${row.status} and can't be ${verb} while somebody works on it.`,
    hint: `End the work first: ai task cancel ${row.id}`,
    details: { task: row.id, status: row.status },
  });
}

import { AiError } from '../../../domain/kernel/errors.js';
import type { SubtaskId, TaskId } from '../../../domain/kernel/ids.js';
import type { Subtask } from '../../../domain/task/task.js';
import type { Transaction } from '../database/connection.js';
import { sqliteCode } from '../database/errors.js';
import type { Query, SqlReader } from '../database/statements.js';
import { findKnown, remember } from './idempotency.js';
import { changeParts } from './parts.js';
import { getState } from './task-queries.js';

interface SubtaskRow {
  readonly num: number;
  readonly id: string;
  readonly task: number;
  readonly task_id: string;
  readonly title: string;
  readonly created_at: number;
  readonly completed_at: number | null;
}

const SELECT = 'SELECT s.num, s.id, s.task, t.id AS task_id, s.title, s.created_at, s.completed_at FROM subtask s JOIN task t ON t.num = s.task';
const subtaskById: Query<[id: string], SubtaskRow> = { sql: `${SELECT} WHERE s.id = ?` };
const subtasksOf: Query<[task: number], SubtaskRow> = { sql: `${SELECT} WHERE s.task = ? ORDER BY s.num` };
const insert: Query<[id: string, task: number, title: string, createdAt: number]> = { sql: 'INSERT INTO subtask(id, task, title, created_at) VALUES (?, ?, ?, ?)' };
const complete: Query<[nowMs: number, num: number]> = { sql: 'UPDATE subtask SET completed_at = ? WHERE num = ?' };
const remove: Query<[num: number]> = { sql: 'DELETE FROM subtask WHERE num = ?' };

export interface NewSubtask {
  readonly id: SubtaskId;
  readonly title: string;
}

export function addSubtask(transaction: Transaction, taskId: TaskId, order: { readonly subtask: NewSubtask; readonly idempotencyKey: string | null }): Subtask {
  const { subtask, idempotencyKey } = order;
  const [known] = findKnown(transaction, 'subtask', idempotencyKey)?.ids ?? [];
  if (known !== undefined) return toSubtask(getSubtask(transaction, known));
  const task = getState(transaction, taskId);
  insertRow(transaction, task.num, subtask);
  changeParts(transaction, task.num, { total: 1, done: 0 });
  remember(transaction, { kind: 'subtask', key: idempotencyKey, ids: [subtask.id], inputDigest: '' });
  announce(transaction, 'subtask.added', { task: taskId, data: { subtask: subtask.id, title: subtask.title } });
  return toSubtask(getSubtask(transaction, subtask.id));
}

function insertRow(transaction: Transaction, task: number, subtask: NewSubtask): void {
  try {
    transaction.run(insert, subtask.id, task, subtask.title, transaction.now.wallMs);
  } catch (error) {
    if (sqliteCode(error) !== 'SQLITE_CONSTRAINT_UNIQUE') throw error;
    throw new AiError({ code: 'ALREADY_EXISTS', message: `There is a subtask ${subtask.id} already.`, hint: 'Run the same command again: another id is drawn.', retryable: true, details: { subtask: subtask.id }, cause: error });
  }
}

/** Throws TASK_NOT_FOUND. */
export function listSubtasks(sql: SqlReader, taskId: TaskId): readonly Subtask[] {
  return sql.all(subtasksOf, getState(sql, taskId).num).map(toSubtask);
}

export function completeSubtask(transaction: Transaction, id: SubtaskId): Subtask {
  const row = getSubtask(transaction, id);
  if (row.completed_at !== null) return toSubtask(row);
  transaction.run(complete, transaction.now.wallMs, row.num);
  changeParts(transaction, row.task, { total: 0, done: 1 });
  announce(transaction, 'subtask.completed', { task: row.task_id, data: { subtask: id } });
  return toSubtask(getSubtask(transaction, id));
}

/** Throws SUBTASK_NOT_FOUND. */
export function deleteSubtask(transaction: Transaction, id: SubtaskId): void {
  const row = getSubtask(transaction, id);
  transaction.run(remove, row.num);
  changeParts(transaction, row.task, { total: -1, done: row.completed_at === null ? 0 : -1 });
  announce(transaction, 'subtask.deleted', { task: row.task_id, data: { subtask: id, title: row.title } });
}

function announce(transaction: Transaction, type: string, about: { readonly task: string; readonly data: Readonly<Record<string, unknown>> }): void {
  transaction.append({ type, task: about.task, run: null, token: null, data: about.data });
}

function getSubtask(sql: SqlReader, id: string): SubtaskRow {
  const row = sql.get(subtaskById, id);
  if (row === undefined) throw new AiError({ code: 'SUBTASK_NOT_FOUND', message: `There is no subtask ${id}.`, hint: 'ai subtask list TASK', details: { subtask: id } });
  return row;
}

function toSubtask(row: SubtaskRow): Subtask {
  return { id: row.id as SubtaskId, taskId: row.task_id as TaskId, title: row.title, done: row.completed_at !== null, createdAtMs: row.created_at, completedAtMs: row.completed_at };
}

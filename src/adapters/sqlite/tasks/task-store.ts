import type { SubtaskId, TaskId } from '../../../domain/kernel/ids.js';
import type { Task } from '../../../domain/task/task.js';
import type { TaskStore } from '../../../ports/task-store.js';
import type { Connection } from '../database/connection.js';
import { idRange } from '../database/id-range.js';
import type { Query, SqlReader } from '../database/statements.js';
import { applyChange } from './apply-change.js';
import { createTasks } from './create-tasks.js';
import { deleteTask } from './delete-task.js';
import { editTask } from './edit-task.js';
import { taskGraph } from './graph-query.js';
import { addSubtask, completeSubtask, deleteSubtask, listSubtasks } from './subtasks.js';
import { countByStatus, countReady, dependentsOf, listTasks } from './task-lists.js';
import { findState, getState, loadTask } from './task-queries.js';

type RangeParams = [from: string, to: string, limit: number];

const taskIds: Query<RangeParams, { readonly id: TaskId }> = { sql: 'SELECT id FROM task WHERE id >= ? AND id < ? ORDER BY num LIMIT ?' };
const subtaskIds: Query<RangeParams, { readonly id: SubtaskId }> = { sql: 'SELECT id FROM subtask WHERE id >= ? AND id < ? ORDER BY num LIMIT ?' };

export function taskStore(connection: Connection): TaskStore {
  const { read, write } = { read: connection.read.bind(connection), write: connection.write.bind(connection) };
  const nowMs = (): number => connection.now().wallMs;
  return {
    createTasks: async (input) => write('create', (transaction) => createTasks(transaction, input)),
    getTask: async (id) => read((sql) => loadTask(sql, getState(sql, id).num)),
    findTask: async (id) => read((sql) => findTask(sql, id)),
    findTaskIds: async (prefix, limit) => read((sql) => sql.all(taskIds, ...idRange(prefix), limit).map((row) => row.id)),
    listTasks: async (filter, page) => read(() => listTasks(connection.statements, filter, { page, nowMs: nowMs() })),
    countByStatus: async () => read(countByStatus),
    countReady: async () => read((sql) => countReady(sql, nowMs())),
    dependentsOf: async (id) => read((sql) => dependentsOf(sql, id)),
    graph: async (center, limit) => read((sql) => taskGraph(sql, center, limit)),
    apply: async (change) => write('apply', (transaction) => applyChange(transaction, change)),
    editTask: async (id, expectedRevision, edit) => write('edit', (transaction) => editTask(transaction, id, { expectedRevision, edit })),
    deleteTask: async (id) => write('delete', (transaction) => deleteTask(transaction, id)),
    addSubtask: async (taskId, subtask, idempotencyKey) => write('subtask', (transaction) => addSubtask(transaction, taskId, { subtask, idempotencyKey })),
    listSubtasks: async (taskId) => read((sql) => listSubtasks(sql, taskId)),
    findSubtaskIds: async (prefix, limit) => read((sql) => sql.all(subtaskIds, ...idRange(prefix), limit).map((row) => row.id)),
    completeSubtask: async (id) => write('subtask', (transaction) => completeSubtask(transaction, id)),
    deleteSubtask: async (id) => write('subtask', (transaction) => deleteSubtask(transaction, id)),
    appendEvent: async (event) => write('event', (transaction) => transaction.append(event)),
  };
}

function findTask(sql: SqlReader, id: TaskId): Task | undefined {
  const row = findState(sql, id);
  return row === undefined ? undefined : loadTask(sql, row.num);
}

import type { TaskId } from '../../../domain/kernel/ids.js';
import { satisfiesDependents, type NewTask } from '../../../domain/task/task.js';
import type { CreatedTasks, CreateTasks, IdTaken } from '../../../ports/task-store.js';
import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';
import { addDependencies } from './dependencies.js';
import { findCycle } from './find-cycle.js';
import { dependencyCycle } from './graph-errors.js';
import { findKnown, remember } from './idempotency.js';
import { changeParts } from './parts.js';
import { findState, taskNotFound } from './task-queries.js';
import { priorityRank } from './task-rows.js';
import { replaceLabels, replaceLocks, writeSpec } from './write-spec.js';

type TaskParams = [id: string, status: string, priority: number, requiresAny: number, openDependencies: number, createdAt: number, updatedAt: number];

const insertTask: Query<TaskParams, { readonly num: number }> = {
  sql: `INSERT INTO task(id, status, priority, requires_any, open_dependencies, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING num`,
};
const setParent: Query<[parent: number, task: number]> = { sql: 'UPDATE task SET parent = ? WHERE num = ?' };
const usedByEvent: Query<[id: string], { readonly one: 1 }> = { sql: 'SELECT 1 AS one FROM event WHERE task = ? LIMIT 1' };

/** All of the tasks, in one transaction, or none. Dependencies and parents may be among them in any order. */
export function createTasks(transaction: Transaction, input: CreateTasks): CreatedTasks | IdTaken {
  const known = findKnown(transaction, 'task', input.idempotencyKey);
  if (known !== undefined) return { ids: known.ids as TaskId[], repeated: true, sameInput: known.inputDigest === input.inputDigest };
  const taken = findTakenId(transaction, input.tasks);
  if (taken !== undefined) return { idTaken: taken };
  refuseCycles(input.tasks);
  new Batch(transaction, input.tasks).insert();
  const ids = input.tasks.map((task) => task.id);
  remember(transaction, { kind: 'task', key: input.idempotencyKey, ids, inputDigest: input.inputDigest });
  return { ids, repeated: false, sameInput: true };
}

/** The id of a deleted task stays taken: its events would else be mistaken for those of the new one. */
function findTakenId(transaction: Transaction, tasks: readonly NewTask[]): string | undefined {
  const seen = new Set<string>();
  for (const { id } of tasks) {
    if (seen.has(id) || findState(transaction, id) !== undefined || transaction.get(usedByEvent, id) !== undefined) return id;
    seen.add(id);
  }
  return undefined;
}

/** A new task can only close a circle with others of the same batch: nothing older depends on it. */
function refuseCycles(tasks: readonly NewTask[]): void {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const cycle = findCycle(byId.keys(), (id) => byId.get(id)?.dependsOn);
  if (cycle !== null) throw dependencyCycle(cycle, 'depends on');
  const family = findCycle(byId.keys(), (id) => parentOf(byId.get(id)));
  if (family !== null) throw dependencyCycle(family, 'is part of');
}

const parentOf = (task: NewTask | undefined): TaskId[] => (task?.parent == null ? [] : [task.parent]);

interface Referenced {
  readonly num: number;
  readonly satisfies: boolean;
}

class Batch {
  readonly #transaction: Transaction;
  readonly #tasks: readonly NewTask[];
  readonly #created = new Map<TaskId, number>();
  readonly #existing = new Map<TaskId, Referenced>();

  constructor(transaction: Transaction, tasks: readonly NewTask[]) {
    this.#transaction = transaction;
    this.#tasks = tasks;
    const own = new Set(tasks.map((task) => task.id));
    for (const task of tasks) {
      for (const id of [...task.dependsOn, ...parentOf(task)]) if (!own.has(id)) this.#look(id);
    }
  }

  insert(): void {
    for (const task of this.#tasks) this.#insertTask(task);
    for (const task of this.#tasks) addDependencies(this.#transaction, this.#numOf(task.id), [...new Set(task.dependsOn)].map((id) => this.#numOf(id)));
    this.#insertParents();
  }

  #look(id: TaskId): void {
    if (this.#existing.has(id)) return;
    const row = findState(this.#transaction, id);
    if (row === undefined) throw taskNotFound(id);
    this.#existing.set(id, { num: row.num, satisfies: satisfiesDependents(row.status) });
  }

  #insertTask(task: NewTask): void {
    const open = [...new Set(task.dependsOn)].filter((id) => this.#existing.get(id)?.satisfies !== true).length;
    const status = open > 0 ? 'blocked' : 'queued';
    const nowMs = this.#transaction.now.wallMs;
    const row = this.#transaction.get(insertTask, task.id, status, priorityRank(task.priority), task.requires.length > 0 ? 1 : 0, open, nowMs, nowMs);
    if (row === undefined) throw new Error('invariant broken: an insert answers its row');
    this.#created.set(task.id, row.num);
    writeSpec(this.#transaction, row.num, task);
    replaceLabels(this.#transaction, row.num, task.labels);
    replaceLocks(this.#transaction, row.num, task.locks);
    const { id, ...spec } = task;
    this.#transaction.append({ type: 'task.created', task: id, run: null, token: null, data: { ...spec, status } });
  }

  #insertParents(): void {
    const parts = new Map<number, number>();
    for (const task of this.#tasks) {
      if (task.parent === null) continue;
      const parent = this.#numOf(task.parent);
      this.#transaction.run(setParent, parent, this.#numOf(task.id));
      parts.set(parent, (parts.get(parent) ?? 0) + 1);
    }
    for (const [parent, total] of parts) changeParts(this.#transaction, parent, { total, done: 0 });
  }

  #numOf(id: TaskId): number {
    const num = this.#created.get(id) ?? this.#existing.get(id)?.num;
    if (num === undefined) throw new Error(`invariant broken: ${id} was looked up`);
    return num;
  }
}

import type { LockRequest } from '../../../domain/lock/path-lock.js';
import type { TaskSpec } from '../../../domain/task/task.js';
import { prefixOf } from '../claims/lock-overlap.js';
import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';

type SpecParams = [
  task: number, title: string, type: string, agent: string | null, project: string | null, isolation: string, timeoutMs: number | null, budgetUsd: string | null,
  maxAttempts: number, targetBranch: string | null, requires: string, skills: string, verify: string, description: string,
];

const writeSpecRow: Query<SpecParams> = {
  sql: `INSERT OR REPLACE INTO task_spec(task, title, type, agent, project, isolation, timeout_ms, budget_usd, max_attempts, target_branch, requires, skills, verify, description)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
};
const deleteLabels: Query<[task: number]> = { sql: 'DELETE FROM task_label WHERE task = ?' };
const insertLabel: Query<[task: number, position: number, label: string]> = { sql: 'INSERT OR IGNORE INTO task_label(task, position, label) VALUES (?, ?, ?)' };
const deleteLocks: Query<[task: number]> = { sql: 'DELETE FROM task_lock WHERE task = ?' };
const insertLock: Query<[task: number, position: number, pattern: string, mode: string, prefix: string]> = {
  sql: 'INSERT INTO task_lock(task, position, pattern, mode, prefix) VALUES (?, ?, ?, ?, ?)',
};

/** The stated part of a task that nothing else hangs on. */
export function writeSpec(transaction: Transaction, task: number, spec: TaskSpec): void {
  const { title, type, agent, project, isolation, timeoutMs, budgetUsd, maxAttempts, targetBranch, description } = spec;
  transaction.run(
    writeSpecRow,
    ...([task, title, type, agent, project, isolation, timeoutMs, budgetUsd, maxAttempts, targetBranch] as const),
    ...([JSON.stringify(spec.requires), JSON.stringify(spec.skills), JSON.stringify(spec.verify), description] as const),
  );
}

export function replaceLabels(transaction: Transaction, task: number, labels: readonly string[]): void {
  transaction.run(deleteLabels, task);
  for (const [position, label] of labels.entries()) transaction.run(insertLabel, task, position, label);
}

export function replaceLocks(transaction: Transaction, task: number, locks: readonly LockRequest[]): void {
  transaction.run(deleteLocks, task);
  for (const [position, lock] of locks.entries()) transaction.run(insertLock, task, position, lock.pattern, lock.mode, prefixOf(lock.pattern));
}

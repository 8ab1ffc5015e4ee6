import { AiError, type ErrorCode } from '../../../src/domain/kernel/errors.js';
import type { AgentId, FencingToken, RunId, SubtaskId, TaskId } from '../../../src/domain/kernel/ids.js';
import type { LockMode, LockRequest } from '../../../src/domain/lock/path-lock.js';
import type { ProcessIdentity } from '../../../src/domain/run/run.js';
import type { NextState, TaskChange } from '../../../src/domain/task/change.js';
import type { NewTask, Task } from '../../../src/domain/task/task.js';
import type { ClaimOutcome, ClaimRequest, RunIntent } from '../../../src/ports/lease-store.js';
import type { Store } from '../../../src/ports/store.js';
import type { TaskFilter } from '../../../src/ports/task-store.js';

export const taskId = (name: string): TaskId => `t-${name}` as TaskId;
export const subtaskId = (name: string): SubtaskId => `s-${name}` as SubtaskId;
export const runId = (name: string): RunId => `r-${name}` as RunId;
export const agentId = (name: string): AgentId => name as AgentId;

export const lock = (pattern: string, mode: LockMode = 'exclusive'): LockRequest => ({ pattern, mode });

export function newTask(name: string, more: Partial<NewTask> = {}): NewTask {
  return {
    id: taskId(name),
    title: `Task ${name}`,
    description: '',
    type: 'task',
    priority: 'medium',
    labels: [],
    requires: [],
    skills: [],
    agent: null,
    project: null,
    parent: null,
    dependsOn: [],
    locks: [],
    verify: [],
    isolation: 'worktree',
    timeoutMs: null,
    budgetUsd: null,
    maxAttempts: 3,
    targetBranch: null,
    ...more,
  };
}

export async function create(store: Store, ...tasks: NewTask[]): Promise<void> {
  const created = await store.createTasks({ tasks, idempotencyKey: null, inputDigest: 'digest' });
  if ('idTaken' in created) throw new Error(`${created.idTaken} is taken`);
}

export function claimRequest(more: Partial<ClaimRequest> = {}): ClaimRequest {
  return { holder: 'worker', ttlMs: 60_000, capabilities: [], run: null, ...more };
}

export const identity = (pid: number): ProcessIdentity => ({ pid, pgid: pid, startTime: '1', bootId: 'boot-1', host: 'host-1', marker: `m-${pid}` });

export function runIntent(name: string, more: Partial<RunIntent> = {}): RunIntent {
  return { id: runId(name), agent: agentId('coder'), connector: 'command', supervisor: identity(100), agentConcurrency: 1, ...more };
}

export type Granted = Extract<ClaimOutcome, { kind: 'granted' }>;

export async function claim(store: Store, name: string, more: Partial<ClaimRequest> = {}): Promise<Granted> {
  return granted(await store.claimTask(taskId(name), claimRequest(more)));
}

export function granted(outcome: ClaimOutcome): Granted {
  if (outcome.kind !== 'granted') throw new Error(`not granted: ${JSON.stringify(outcome)}`);
  return outcome;
}

/** A change of the task as it is now, as a plan would write it. */
export function change(task: Task, next: NextState, more: Partial<TaskChange> = {}): TaskChange {
  return {
    taskId: task.id,
    expectedRevision: task.revision,
    token: task.lease?.token ?? null,
    next,
    lease: task.lease === null ? 'keep' : 'release',
    fields: {},
    run: null,
    event: { type: `task.to_${next.status}`, task: task.id, run: null, token: task.lease?.token ?? null, data: {} },
    ...more,
  };
}

/** Moves a task to a state, whatever it is in. */
export async function move(store: Store, name: string, next: NextState, more: Partial<TaskChange> = {}): Promise<Task> {
  return store.apply(change(await store.getTask(taskId(name)), next, more));
}

export async function finish(store: Store, name: string, status: 'done' | 'failed' | 'cancelled' | 'skipped' = 'done'): Promise<Task> {
  return move(store, name, { status, finishedAtMs: 1_800_000_000_001 });
}

export const everything: TaskFilter = { statuses: [], ready: false, labels: [], project: null, agent: null, parent: null };

export const names = (tasks: readonly { readonly id: string }[]): string[] => tasks.map((task) => task.id.slice(2));

/** The error of a call that must fail with this code. */
export async function failure(code: ErrorCode, call: Promise<unknown>): Promise<AiError> {
  const error: unknown = await call.then(
    (value) => new Error(`expected ${code}, but the call answered ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof AiError) || error.code !== code) throw error;
  return error;
}

export const token = (value: number): FencingToken => value as FencingToken;

import { AiError } from '../../domain/kernel/errors.js';
import { makeId, quote, type TaskId } from '../../domain/kernel/ids.js';
import { LIMITS } from '../../domain/kernel/limits.js';
import { parseTaskEntry, type TaskDefaults, type TaskEntry } from '../../domain/task/task-input.js';
import type { NewTask, Task } from '../../domain/task/task.js';
import { canonicalJson } from '../../domain/audit/canonical-json.js';
import type { CreateTasks } from '../../ports/task-store.js';
import type { AppDeps } from '../deps.js';
import { gateCreate, type GateDeps } from '../policy/gate.js';
import { resolveTaskId, resolveTaskIds } from './resolve-id.js';

export interface CreateTaskInput {
  readonly entry: TaskEntry;
  readonly idempotencyKey: string | null;
}

export interface CreatedTask {
  readonly task: Task;
  /** True when the idempotency key was known and the first result is answered. */
  readonly repeated: boolean;
  readonly warnings: readonly string[];
}

export type CreateDeps = Pick<AppDeps, 'settings'> & GateDeps;

/** Stores one task. Throws INVALID_INPUT, INVALID_GLOB, TASK_NOT_FOUND, POLICY_DENIED, APPROVAL_REQUIRED. */
export async function createTask(deps: CreateDeps, input: CreateTaskInput): Promise<CreatedTask> {
  const spec = parseTaskEntry(input.entry, taskDefaults(deps));
  const dependsOn = await resolveTaskIds(deps.store, input.entry.dependsOn ?? []);
  const parent = input.entry.parent == null ? null : await resolveTaskId(deps.store, input.entry.parent);
  await gateCreate(deps, [spec]);
  const draw = (): NewTask[] => [{ ...spec, parent, dependsOn, id: makeId('task', deps.random.bytes(6)) }];
  const created = await storeTasks(deps, draw, input);
  const task = await deps.store.getTask(created.id);
  return { task, repeated: created.repeated, warnings: repeatWarnings(created, input.idempotencyKey) };
}

/** What a new task gets where nothing is said. Without a repository there is no worktree to work in. */
export function taskDefaults(deps: Pick<AppDeps, 'settings' | 'place'>): TaskDefaults {
  return {
    maxAttempts: deps.settings.task.maxAttempts,
    isolation: deps.settings.task.isolation ?? (deps.place.isRepository ? 'worktree' : 'none'),
    targetBranch: deps.settings.task.targetBranch ?? deps.place.currentBranch,
  };
}

const MAX_DRAWS = 8;

async function storeTasks(deps: CreateDeps, draw: () => NewTask[], input: CreateTaskInput): Promise<{ id: TaskId; repeated: boolean; sameInput: boolean }> {
  const key = parseIdempotencyKey(input.idempotencyKey);
  for (let attempt = 0; attempt < MAX_DRAWS; attempt += 1) {
    const request: CreateTasks = { tasks: draw(), idempotencyKey: key, inputDigest: deps.sha256(canonicalJson(input.entry)) };
    const result = await deps.store.createTasks(request);
    if ('idTaken' in result) continue;
    const [id] = result.ids;
    if (id !== undefined) return { id, repeated: result.repeated, sameInput: result.sameInput };
  }
  throw new Error(`invariant broken: ${MAX_DRAWS} random ids in a row were taken`);
}

/** Throws INVALID_INPUT. */
export function parseIdempotencyKey(text: string | null): string | null {
  if (text === null) return null;
  if (text.length === 0 || text.length > LIMITS.idempotencyKeyCharacters) {
    throw new AiError({ code: 'INVALID_INPUT', message: `An idempotency key has 1 to ${LIMITS.idempotencyKeyCharacters} characters; ${quote(text)} has ${text.length}.` });
  }
  return text;
}

export function repeatWarnings(result: { readonly repeated: boolean; readonly sameInput: boolean }, key: string | null): string[] {
  if (!result.repeated || result.sameInput) return [];
  return [`The idempotency key ${quote(key ?? '')} was used before with other input; this is the first result, and the input of this call was not stored.`];
}

import { AiError, isAiError } from '../../domain/kernel/errors.js';
import { makeId, type TaskId } from '../../domain/kernel/ids.js';
import { LIMITS } from '../../domain/kernel/limits.js';
import { parseTaskEntry } from '../../domain/task/task-input.js';
import type { NewTask } from '../../domain/task/task.js';
import type { ImportedEntry } from '../../ports/task-files.js';
import type { AppDeps } from '../deps.js';
import { gateCreate } from '../policy/gate.js';
import { parseIdempotencyKey, repeatWarnings, taskDefaults, type CreateDeps } from './create-task.js';
import { resolveTaskId } from './resolve-id.js';

export interface ImportInput {
  readonly text: string;
  /** File name, or `-`; for messages. */
  readonly source: string;
  readonly idempotencyKey: string | null;
  readonly dryRun: boolean;
}

export interface ImportResult {
  readonly tasks: readonly { readonly id: TaskId | null; readonly name: string | null; readonly title: string }[];
  readonly repeated: boolean;
  readonly warnings: readonly string[];
}

/** Stores every task of a file, or none. Throws INVALID_IMPORT naming the entry and the key, DEPENDENCY_CYCLE naming the cycle. */
export async function importTasks(deps: CreateDeps & Pick<AppDeps, 'taskFiles'>, input: ImportInput): Promise<ImportResult> {
  const key = parseIdempotencyKey(input.idempotencyKey);
  const entries = await (await deps.taskFiles()).parse(input.text, input.source);
  if (entries.length === 0) throw new AiError({ code: 'INVALID_IMPORT', message: `${input.source} holds no task.`, hint: 'Write a YAML or JSON array of tasks, or one JSON object a line; only `title` is required.' });
  if (entries.length > LIMITS.importEntries) throw new AiError({ code: 'INVALID_IMPORT', message: `${input.source} holds ${entries.length} tasks; the limit of one import is ${LIMITS.importEntries}.`, hint: 'Split the file.' });
  const external = await resolveExternal(deps, entries);
  const inputDigest = deps.sha256(input.text);
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const tasks = toNewTasks(deps, entries, external);
    if (input.dryRun) return { tasks: tasks.map((task, index) => ({ id: null, name: entries[index]?.name ?? null, title: task.title })), repeated: false, warnings: [] };
    if (attempt === 0) await gateCreate(deps, tasks);
    const result = await deps.store.createTasks({ tasks, idempotencyKey: key, inputDigest });
    if ('idTaken' in result) continue;
    const rows = result.ids.map((id, index) => ({ id, name: entries[index]?.name ?? null, title: tasks[index]?.title ?? '' }));
    return { tasks: rows, repeated: result.repeated, warnings: repeatWarnings(result, key) };
  }
  throw new Error('invariant broken: random ids were taken again and again');
}

/** References that are not local names are ids of stored tasks. */
async function resolveExternal(deps: CreateDeps, entries: readonly ImportedEntry[]): Promise<ReadonlyMap<string, TaskId>> {
  const names = new Set(entries.map((entry) => entry.name).filter((name) => name !== null));
  const resolved = new Map<string, TaskId>();
  for (const entry of entries) {
    for (const reference of [...(entry.dependsOn ?? []), ...(entry.parent == null ? [] : [entry.parent])]) {
      if (names.has(reference) || resolved.has(reference)) continue;
      resolved.set(reference, await within(entry, 'dependsOn', () => resolveTaskId(deps.store, reference)));
    }
  }
  return resolved;
}

function toNewTasks(deps: CreateDeps, entries: readonly ImportedEntry[], external: ReadonlyMap<string, TaskId>): NewTask[] {
  const defaults = taskDefaults(deps);
  const taken = new Set<string>();
  const ids = entries.map(() => drawId(deps, taken));
  const byName = new Map(entries.flatMap((entry, index) => (entry.name === null ? [] : [[entry.name, ids[index] as TaskId] as const])));
  const lookUp = (reference: string): TaskId => byName.get(reference) ?? (external.get(reference) as TaskId);
  return entries.map((entry, index) => ({
    ...withinSync(entry, () => parseTaskEntry(entry, defaults)),
    id: ids[index] as TaskId,
    dependsOn: [...new Set((entry.dependsOn ?? []).map(lookUp))],
    parent: entry.parent == null ? null : lookUp(entry.parent),
  }));
}

function drawId(deps: CreateDeps, taken: Set<string>): TaskId {
  for (;;) {
    const id = makeId('task', deps.random.bytes(6));
    if (taken.has(id)) continue;
    taken.add(id);
    return id;
  }
}

async function within<T>(entry: ImportedEntry, key: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw atEntry(entry, error, key);
  }
}

function withinSync<T>(entry: ImportedEntry, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw atEntry(entry, error, null);
  }
}

function atEntry(entry: ImportedEntry, error: unknown, key: string | null): unknown {
  if (!isAiError(error)) return error;
  const where = key === null ? entry.place : `${entry.place}, ${key}`;
  return new AiError({ code: 'INVALID_IMPORT', message: `${where}: ${error.message}`, hint: error.hint, details: { place: entry.place, ...(key === null ? {} : { key }), ...error.details }, cause: error });
}

import { AiError } from '../../domain/kernel/errors.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import { parseBranch, parseBudget, parseCommands, parseDescription, parseIsolation, parseLocks, parseMaxAttempts, parseOptionalAgent, parsePriority, parseTitle, parseWord, parseWords, type TaskEntry } from '../../domain/task/task-input.js';
import type { Task } from '../../domain/task/task.js';
import type { TaskEdit } from '../../ports/task-store.js';
import type { AppDeps } from '../deps.js';
import { resolveTaskId, resolveTaskIds } from './resolve-id.js';
import { retryStale } from './retry-stale.js';

/** Given keys replace; lists may also be changed by single entries. */
export interface EditTaskInput {
  readonly id: string;
  readonly set: Partial<TaskEntry>;
  readonly addDependsOn: readonly string[];
  readonly removeDependsOn: readonly string[];
  readonly addLabels: readonly string[];
  readonly removeLabels: readonly string[];
}

/** Changes what was stated of a task. Throws ILLEGAL_TRANSITION while it is claimed or running, DEPENDENCY_CYCLE naming the cycle. */
export async function editTask(deps: Pick<AppDeps, 'store'>, input: EditTaskInput): Promise<Task> {
  const id = await resolveTaskId(deps.store, input.id);
  const fixed = await fixedEdit(deps, input.set);
  const added = await resolveTaskIds(deps.store, input.addDependsOn);
  const removed = new Set(await resolveTaskIds(deps.store, input.removeDependsOn));
  return retryStale(async () => {
    const task = await deps.store.getTask(id);
    const edit: TaskEdit = { ...fixed, ...listEdits(task, { input, added, removed }) };
    if (Object.keys(edit).length === 0) throw new AiError({ code: 'USAGE', message: 'Nothing to change was given.', hint: `ai task edit ${id} --title "A better title"` });
    return deps.store.editTask(id, task.revision, edit);
  });
}

async function fixedEdit(deps: Pick<AppDeps, 'store'>, set: Partial<TaskEntry>): Promise<TaskEdit> {
  const dependsOn = set.dependsOn === undefined ? undefined : await resolveTaskIds(deps.store, set.dependsOn);
  const parent = set.parent == null ? set.parent : await resolveTaskId(deps.store, set.parent);
  return withoutUndefined({ ...textEdit(set), ...listEdit(set), dependsOn, parent });
}

function textEdit(set: Partial<TaskEntry>): Loose<TaskEdit> {
  return {
    title: mapped(set.title, parseTitle),
    description: mapped(set.description, parseDescription),
    type: mapped(set.type, (text) => parseWord(text, 'type')),
    priority: mapped(set.priority, parsePriority),
    agent: mapped(set.agent, parseOptionalAgent),
    project: mapped(set.project, (text) => (text === null ? null : parseWord(text, 'project'))),
    isolation: mapped(set.isolation, parseIsolation),
    timeoutMs: set.timeoutMs,
    budgetUsd: mapped(set.budgetUsd, (text) => (text === null ? null : parseBudget(text))),
    maxAttempts: mapped(set.maxAttempts, parseMaxAttempts),
    targetBranch: mapped(set.targetBranch, (text) => (text === null ? null : parseBranch(text))),
  };
}

function listEdit(set: Partial<TaskEntry>): Loose<TaskEdit> {
  return {
    labels: mapped(set.labels, (words) => parseWords(words, 'label')),
    requires: mapped(set.requires, (words) => parseWords(words, 'capability')),
    skills: mapped(set.skills, (words) => parseWords(words, 'skill')),
    locks: mapped(set.locks, parseLocks),
    verify: mapped(set.verify, parseCommands),
  };
}

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

function mapped<T, R>(value: T | undefined, read: (value: T) => R): R | undefined {
  return value === undefined ? undefined : read(value);
}

function withoutUndefined(edit: Loose<TaskEdit>): TaskEdit {
  return Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined));
}

interface ListChange {
  readonly input: EditTaskInput;
  readonly added: readonly TaskId[];
  readonly removed: ReadonlySet<TaskId>;
}

function listEdits(task: Task, { input, added, removed }: ListChange): TaskEdit {
  const dependsOn = added.length + removed.size === 0 ? {} : { dependsOn: [...new Set([...task.dependsOn, ...added])].filter((id) => !removed.has(id)) };
  const labels = input.addLabels.length + input.removeLabels.length === 0 ? {} : { labels: parseWords([...task.labels, ...input.addLabels], 'label').filter((label) => !input.removeLabels.includes(label)) };
  return { ...dependsOn, ...labels };
}

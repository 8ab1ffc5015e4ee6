import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import { needFacts, taskBranch, worktreesFolder, type Context } from './context.js';
import { setAside } from './discard.js';
import { findRepository } from './find-repository.js';
import { listRegistrations, type Registration } from './registrations.js';
import { dropWorktree, isOurs, retire } from './retire.js';

/**
 * Frees the task's branch: worktrees of former attempts and half-made ones are removed, with what they hold kept
 * on refs; one that can't be kept there is moved to `.ai/rescued/`. Throws WORKSPACE_FAILED when a person has the branch checked out.
 */
export async function clearEarlierWorktrees(context: Context, taskId: TaskId): Promise<void> {
  const foreign = await findForeignCheckout(context, taskId);
  if (foreign !== null) throw checkedOut(taskId, foreign);
  for (const worktree of await worktreesOf(context, taskId)) {
    if (await retire(context, { taskId, path: worktree, keptOn: [], base: null })) continue;
    await setAside(context.aiFolder, worktree);
    await dropWorktree(context, worktree);
  }
}

/** Where somebody else than us has the task's branch checked out; null when nobody has. */
export async function findForeignCheckout(context: Context, taskId: TaskId): Promise<string | null> {
  const branch = taskBranch(taskId);
  const registrations = await registrationsOf(context);
  const linked = registrations.find((registration) => registration.branch === branch && !isOurs(context, taskId, registration.path));
  if (linked !== undefined) return linked.path;
  return findRepository(context.root)?.headBranch === branch ? context.root : null;
}

/** Paths of the task's worktrees in our folder: those that exist, and those that are only registered. */
export async function worktreesOf(context: Context, taskId: TaskId): Promise<string[]> {
  const registrations = await registrationsOf(context);
  const folder = worktreesFolder(context.aiFolder);
  const existing = (await namesIn(folder)).map((name) => path.join(folder, name));
  const all = new Set([...existing, ...registrations.map((registration) => registration.path)]);
  return [...all].filter((worktree) => isOurs(context, taskId, worktree));
}

async function registrationsOf(context: Context): Promise<Registration[]> {
  const { gitCommonDir } = await needFacts(context);
  return listRegistrations(gitCommonDir, worktreesFolder(context.aiFolder));
}

function checkedOut(taskId: TaskId, where: string): AiError {
  return new AiError({
    code: 'WORKSPACE_FAILED',
    message: `The branch ${taskBranch(taskId)} of ${taskId} is checked out in ${where}, so no agent can work on it.`,
    hint: `git -C ${where} switch another-branch`,
    details: { task: taskId, path: where },
  });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    // No worktree was ever made.
    return [];
  }
}

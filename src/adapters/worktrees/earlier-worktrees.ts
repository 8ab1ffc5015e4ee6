import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import { needFacts, taskBranch, worktreesFolder, type Context } from './context.js';
import { setAside } from './discard.js';
import { findRepository } from './find-repository.js';
import { listRegistrations } from './registrations.js';
import { dropWorktree, isOurs, retire } from './retire.js';

/**
 * Frees the task's branch: worktrees of former attempts and half-made ones are removed, with what they hold kept
 * on refs; one that can't be kept there is moved to `.ai/rescued/`. Throws WORKSPACE_FAILED when a person has the branch checked out.
 */
export async function clearEarlierWorktrees(context: Context, taskId: TaskId): Promise<void> {
  for (const worktree of await worktreesOf(context, taskId)) {
    if (await retire(context, { taskId, path: worktree, keptOn: [], base: null })) continue;
    await setAside(context.aiFolder, worktree);
    await dropWorktree(context, worktree);
  }
}

/** Paths of the task's worktrees in our folder: those that exist, and those that are only registered. */
export async function worktreesOf(context: Context, taskId: TaskId): Promise<string[]> {
  const facts = await needFacts(context);
  const registrations = await listRegistrations(facts.gitCommonDir, worktreesFolder(context.aiFolder));
  const branch = taskBranch(taskId);
  const foreign = registrations.find((registration) => registration.branch === branch && !isOurs(context, taskId, registration.path));
  if (foreign !== undefined) throw checkedOut(taskId, foreign.path);
  if (findRepository(context.root)?.headBranch === branch) throw checkedOut(taskId, context.root);
  const folder = worktreesFolder(context.aiFolder);
  const existing = (await namesIn(folder)).map((name) => path.join(folder, name));
  const all = new Set([...existing, ...registrations.map((registration) => registration.path)]);
  return [...all].filter((worktree) => isOurs(context, taskId, worktree));
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

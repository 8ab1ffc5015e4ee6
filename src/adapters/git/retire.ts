import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isAiError } from '../../domain/kernel/errors.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import { listChanges } from './changes.js';
import { findRegistration, isFolder } from './checkout.js';
import { needFacts, taskBranch, worktreesFolder, type Context } from './context.js';
import { discardFolder } from './discard.js';
import { resolveObjects, writeCommit } from './objects.js';
import { presentContent } from './present-content.js';
import { readState, removeState } from './private-state.js';
import type { RecordedContent } from './record-content.js';
import { statePlace } from './state-place.js';
import { keepCommit, updateRefs } from './refs.js';
import { removeRegistration } from './registrations.js';
import { isSystemError } from './system-error.js';

const SUBMODULE_MODE = '160000';

export interface Retiring {
  readonly taskId: TaskId;
  readonly path: string;
  /** Further names whose content counts as kept. */
  readonly keptOn: readonly string[];
  /** What the workspace started from, when the caller knows. */
  readonly base: string | null;
}

/**
 * Removes a worktree of ours, and first makes sure that all it holds is on a ref: what is not goes
 * to `refs/ai/rescued/<name>`. Answers false, with everything still in place, when that can't be done.
 */
export async function retire(context: Context, worktree: Retiring): Promise<boolean> {
  const name = path.basename(worktree.path);
  if (await isFolder(worktree.path)) {
    if (!(await isContentKept(context, worktree, name))) return false;
  }
  await keepDetachedHead(context, worktree);
  await dropWorktree(context, worktree.path);
  return true;
}

/** Removes folder, registration and our own state, whatever is in there. */
export async function dropWorktree(context: Context, worktreePath: string): Promise<void> {
  const { gitCommonDir } = await needFacts(context);
  const registration = await findRegistration(context, worktreePath);
  await discardFolder(context.aiFolder, worktreePath);
  if (registration !== null) await removeRegistration(gitCommonDir, registration);
  await removeState(statePlace(context.aiFolder, path.basename(worktreePath)));
}

async function isContentKept(context: Context, worktree: Retiring, name: string): Promise<boolean> {
  try {
    return await keepContent(context, worktree, name);
  } catch (error) {
    // What can't be read or recorded stays where it is.
    if (isAiError(error) || isSystemError(error)) return false;
    throw error;
  }
}

async function keepContent(context: Context, worktree: Retiring, name: string): Promise<boolean> {
  const state = await readState(statePlace(context.aiFolder, name));
  const { tip, kept, early } = await findKept(context, worktree, name);
  const base = [state?.base, worktree.base, tip].find((commit) => commit !== undefined && commit !== null && commit !== '') ?? null;
  if (base === null) return isUntouched(worktree.path);
  const present = early ?? (await presentContent(context, { name, workTree: worktree.path, base, tip }));
  if (present.leftOut.length > 0) return false;
  if (present.hasSubmodules && (await movesSubmodule(context, base, present.tree))) return false;
  const isKnown = kept.includes(present.tree) || (state === null && (await onlyDeletes(context, base, present.tree)));
  if (!isKnown) await rescue(context, { name, tree: present.tree, base: tip ?? base });
  return true;
}

interface Kept {
  /** Where the task's branch stands. */
  readonly tip: string | null;
  readonly kept: readonly (string | null)[];
  /** The content, when it was read while git was asked for the rest, and counts. */
  readonly early: RecordedContent | null;
}

async function findKept(context: Context, worktree: Retiring, name: string): Promise<Kept> {
  const names = [`refs/heads/${taskBranch(worktree.taskId)}^{commit}`, ...keptTrees(worktree, name)];
  const [[tip = null, ...kept], early] = await Promise.all([resolveObjects(context, 'repository', names), lookEarly(context, worktree, name)]);
  return { tip, kept, early: early !== null && early.tip === tip ? early.content : null };
}

interface EarlyLook {
  /** Where the branch has to stand for this to count. */
  readonly tip: string;
  readonly content: RecordedContent;
}

/** What we sealed ourselves is where the branch stands, unless somebody has moved it: so that git is not waited for twice. */
async function lookEarly(context: Context, worktree: Retiring, name: string): Promise<EarlyLook | null> {
  const sealed = context.seals.find(statePlace(context.aiFolder, name));
  if (sealed === null) return null;
  const { base, start } = sealed.facts;
  return { tip: start, content: await presentContent(context, { name, workTree: worktree.path, base, tip: start }) };
}

function keptTrees(worktree: Retiring, name: string): string[] {
  return [`refs/heads/${taskBranch(worktree.taskId)}`, rescueRef(name), ...worktree.keptOn].map((ref) => `${ref}^{tree}`);
}

/** Without our state the workspace was never handed to an agent; a check-out that was cut short lacks files and has no others. */
async function onlyDeletes(context: Context, base: string, tree: string): Promise<boolean> {
  const changes = await listChanges(context.git, await context.objects(), { base, head: tree });
  return changes.every((change) => change.status === 'deleted');
}

/** The commits of a submodule lie in the worktree's own registration: those that were made there may be nowhere else. */
async function movesSubmodule(context: Context, base: string, tree: string): Promise<boolean> {
  const changes = await listChanges(context.git, await context.objects(), { base, head: tree });
  return changes.some((change) => change.after.mode === SUBMODULE_MODE);
}

/** Nothing was checked out: git had only begun. */
async function isUntouched(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  return names.every((name) => name === '.git');
}

function rescueRef(name: string): string {
  return `refs/ai/rescued/${name}`;
}

async function rescue(context: Context, content: { readonly name: string; readonly tree: string; readonly base: string }): Promise<void> {
  const ref = rescueRef(content.name);
  const [earlier = null] = await resolveObjects(context, 'repository', [`${ref}^{commit}`]);
  const parents = [content.base, ...(earlier === null ? [] : [earlier])];
  const commit = await writeCommit(context, { tree: content.tree, parents, message: `Content of the worktree ${content.name} when it was removed` });
  await updateRefs(context, [{ ref, to: commit, from: earlier }], 'ai: keep what a worktree held');
}

/** Commits that an agent made beside its branch. */
async function keepDetachedHead(context: Context, worktree: Retiring): Promise<void> {
  const registration = await findRegistration(context, worktree.path);
  const head = registration?.detachedHead ?? null;
  if (head === null) return;
  const [commit = null] = await resolveObjects(context, 'objects', [`${head}^{commit}`]);
  if (commit !== null) await keepCommit(context, worktree.taskId, commit);
}

/** Worktrees of a task that lie in our folder, also half-made ones and registrations whose folder is gone. */
export function isOurs(context: Pick<Context, 'aiFolder'>, taskId: TaskId, worktreePath: string): boolean {
  return path.dirname(worktreePath) === worktreesFolder(context.aiFolder) && path.basename(worktreePath).startsWith(`${taskId}-`);
}

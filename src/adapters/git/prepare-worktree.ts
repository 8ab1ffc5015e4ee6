import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Workspace, WorkspaceOrder } from '../../ports/workspaces.js';
import { checkOut, findRegistration, isFolder } from './checkout.js';
import { needFacts, taskBranch, workspaceName, worktreesFolder, type Context } from './context.js';
import { objectIdBytes } from './facts.js';
import { copyFilesInto } from './copy-files.js';
import { globalRules } from './global-rules.js';
import { literalPattern } from './ignore-rules.js';
import { planBase, type StartingPoint } from './plan-base.js';
import { freezeRules, freezeRulesOfTree, readState } from './private-state.js';
import { statePlace, type StateFacts, type StatePlace } from './state-place.js';
import { settleState } from './present-content.js';
import { privateView } from './private-view.js';
import { runRef } from './snapshot-worktree.js';
import { keepCommit, removeStaleLocks, updateRefs } from './refs.js';
import { clearEarlierWorktrees } from './earlier-worktrees.js';

export function worktreePlace(context: Pick<Context, 'aiFolder'>, order: Pick<WorkspaceOrder, 'taskId' | 'token'>): { readonly path: string; readonly branch: string } {
  return { path: path.join(worktreesFolder(context.aiFolder), workspaceName(order.taskId, order.token)), branch: taskBranch(order.taskId) };
}

/** Workspaces.prepare for a worktree of the task's own. */
export async function prepareWorktree(context: Context, order: WorkspaceOrder): Promise<Workspace> {
  const { path: workTree, branch } = worktreePlace(context, order);
  const place = statePlace(context.aiFolder, workspaceName(order.taskId, order.token));
  const made = await alreadyMade(context, place, workTree);
  if (made !== null) return { path: workTree, isolation: 'worktree', branch, base: made.base };
  const starting = await planBase(context, order);
  await clearEarlierWorktrees(context, order.taskId);
  await checkOut(context, { path: workTree, commit: starting.start, branch, place, pointBranch: () => pointBranch(context, order, starting) });
  const copied = await copyFilesInto(workTree, context.root, order.copyFiles);
  await freeze(context, { place, workTree, starting, copied });
  await settleState(context, place, { facts: { base: starting.base, start: starting.start }, tree: starting.startTree });
  return { path: workTree, isolation: 'worktree', branch, base: starting.base };
}

/** What an earlier call with the same token has finished. */
async function alreadyMade(context: Context, place: StatePlace, workTree: string): Promise<StateFacts | null> {
  const made = await readState(place);
  if (made === null || !(await isFolder(workTree))) return null;
  const registration = await findRegistration(context, workTree);
  if (registration === null) return null;
  // Nobody is at work in a workspace that is only being prepared: what locks its index was killed.
  await rm(path.join(registration.gitDir, 'index.lock'), { force: true });
  return made;
}

/** Nothing that the branch led to may get lost when it is moved. git is not asked to move it, because it would follow an alias. */
async function pointBranch(context: Context, order: WorkspaceOrder, { oldTip, start }: StartingPoint): Promise<void> {
  if (oldTip !== null && oldTip !== start) await keepCommit(context, order.taskId, oldTip);
  const ref = `refs/heads/${taskBranch(order.taskId)}`;
  await removeStaleLocks(context, [ref]);
  // The run's own ref from the beginning: the start of the work stays reachable, and a run that changes nothing needs no other.
  await updateRefs(context, [{ ref, to: start }, { ref: runRef(order.runId), to: start }], `ai: start of run ${order.runId}`);
}

interface Freezing {
  readonly place: StatePlace;
  readonly workTree: string;
  readonly starting: StartingPoint;
  readonly copied: readonly string[];
}

/** The agent has not been started: what lies in the worktree is what we have just written. */
async function freeze(context: Context, { place, workTree, starting, copied }: Freezing): Promise<void> {
  const facts = await needFacts(context);
  const extra = [await globalRules(context), Buffer.from(copied.map((file) => `${literalPattern(Buffer.from(file).toString('latin1'))}\n`).join(''), 'latin1')];
  if (starting.start === starting.base) await freezeRules(place, { indexFile: place.indexFile, filesIn: workTree, objectIdBytes: objectIdBytes(facts) }, extra);
  else await freezeRulesOfTree(context.git, place, { tree: starting.base, viewOn: (folder, indexFile) => privateView({ folder: place.folder, workTree: folder, indexFile }, facts), objectIdBytes: objectIdBytes(facts), extra });
}

import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import type { RunId, TaskId } from '../../domain/kernel/ids.js';
import type { Snapshot, Workspace } from '../../ports/workspaces.js';
import { listChanges, toChangedFiles } from './changes.js';
import { isFolder } from './checkout.js';
import { taskBranch, type Context } from './context.js';
import { isAncestor, resolveObjects, writeCommit } from './objects.js';
import { presentContent, settleState } from './present-content.js';
import { statePlace } from './state-place.js';
import type { RecordedContent } from './record-content.js';
import { keepCommit, removeStaleLocks, updateRefs } from './refs.js';

export interface SnapshotRun {
  readonly taskId: TaskId;
  readonly runId: RunId;
  readonly message: string;
}

export function runRef(runId: RunId): string {
  return `refs/ai/runs/${runId}`;
}

interface Found {
  readonly baseTree: string;
  readonly runHead: string | null;
  /** Where the branch points. */
  readonly branchTip: string | null;
  /** The commit to build on: the branch's tip when it carries on from the base, else the base. */
  readonly parent: string;
  readonly parentTree: string;
}

/** Workspaces.snapshot for a worktree. */
export async function snapshotWorktree(context: Context, workspace: Workspace, run: SnapshotRun): Promise<Snapshot> {
  const found = await look(context, workspace, run);
  const content = (await isFolder(workspace.path)) ? await readContent(context, workspace, found) : null;
  const head = await commitContent(context, found, { tree: content?.tree ?? found.parentTree, message: run.message });
  await pointRefs(context, run, { ...found, head });
  const headTree = content?.tree ?? found.parentTree;
  if (content !== null) await settle(context, workspace, { head, tree: content.tree });
  const changes = await listChanges(context.git, await context.objects(), { base: found.baseTree, head: headTree });
  return { head, baseTree: found.baseTree, headTree, changedFiles: toChangedFiles(changes, content?.leftOut ?? []), workspaceGone: content === null };
}

/** Where nothing differs from what was sealed, nothing was written either. */
async function settle(context: Context, workspace: Workspace, now: { readonly head: string; readonly tree: string }): Promise<void> {
  const place = statePlace(context.aiFolder, path.basename(workspace.path));
  const sealed = context.seals.find(place);
  if (sealed?.tree === now.tree && sealed.facts.start === now.head) return;
  await settleState(context, place, { facts: { base: workspace.base, start: now.head }, tree: now.tree });
}

async function look(context: Context, workspace: Workspace, run: SnapshotRun): Promise<Found> {
  const branch = `refs/heads/${taskBranch(run.taskId)}`;
  const names = [`${workspace.base}^{tree}`, `${branch}^{commit}`, `${branch}^{tree}`, `${runRef(run.runId)}^{commit}`];
  const [baseTree = null, branchTip = null, tipTree = null, runHead = null] = await resolveObjects(context, 'repository', names);
  if (baseTree === null) throw baseIsGone(workspace, run);
  const carriesOn = branchTip !== null && tipTree !== null && (await isAncestor(context, workspace.base, branchTip));
  const [parent, parentTree] = carriesOn ? [branchTip, tipTree] : [workspace.base, baseTree];
  return { baseTree, runHead, branchTip, parent, parentTree };
}

function baseIsGone(workspace: Workspace, run: SnapshotRun): AiError {
  return new AiError({
    code: 'WORKSPACE_FAILED',
    message: `The commit ${workspace.base.slice(0, 12)} that run ${run.runId} started from is no longer in the repository; its files stay in ${workspace.path}.`,
    details: { run: run.runId, base: workspace.base, path: workspace.path },
  });
}

async function readContent(context: Context, workspace: Workspace, found: Found): Promise<RecordedContent> {
  const tip = found.parent === workspace.base ? null : found.parent;
  return presentContent(context, { name: path.basename(workspace.path), workTree: workspace.path, base: workspace.base, tip });
}

async function commitContent(context: Context, { parent, parentTree }: Found, content: { readonly tree: string; readonly message: string }): Promise<string> {
  return content.tree === parentTree ? parent : writeCommit(context, { tree: content.tree, parents: [parent], message: content.message });
}

async function pointRefs(context: Context, run: SnapshotRun, now: Found & { readonly head: string }): Promise<void> {
  // The agent has rewritten its branch: what it leaves behind stays reachable.
  if (now.branchTip !== null && now.branchTip !== now.parent) await keepCommit(context, run.taskId, now.branchTip);
  const updates = [
    ...(now.branchTip === now.head ? [] : [{ ref: `refs/heads/${taskBranch(run.taskId)}`, to: now.head }]),
    ...(now.runHead === now.head ? [] : [{ ref: runRef(run.runId), to: now.head }]),
  ];
  await removeStaleLocks(context, updates.map((update) => update.ref));
  await updateRefs(context, updates, `ai: work of run ${run.runId}`);
}

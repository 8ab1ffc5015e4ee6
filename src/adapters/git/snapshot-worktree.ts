import { copyFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import type { RunId, TaskId } from '../../domain/kernel/ids.js';
import type { Snapshot, Workspace } from '../../ports/workspaces.js';
import { collectTree, type CollectedTree } from './collect-tree.js';
import { authorOf, commitTree } from './commits.js';
import { branchOf, branchRef, isWorkspaceFolder, rescueRef, runRef, tokenOf } from './folders.js';
import { indexFileOf, replaceIndex } from './linked-worktrees.js';
import { workspacesOf } from './prepare-worktree.js';
import { isAncestor, resolveAll, updateRefs, type RefUpdate } from './refs.js';
import type { Repository } from './repository.js';
import { changedFiles } from './tree-changes.js';

export interface SnapshotRun {
  readonly taskId: TaskId;
  readonly runId: RunId;
  readonly message: string;
}

/** What the refs say about a run, before its files are looked at. */
interface Known {
  readonly base: string;
  readonly baseTree: string;
  readonly tip: Tip | null;
  readonly recorded: Tip | null;
  readonly rescued: Tip | null;
}

interface Tip {
  readonly commit: string;
  readonly tree: string;
}

/**
 * Commits what the agent left, on top of what it committed itself, and points the run's ref and the task's branch at it.
 * When nothing is left to commit, the last commit is the head. A branch that a newer claim works on is not moved.
 */
export async function snapshotWorktree(repository: Repository, workspace: Workspace, run: SnapshotRun): Promise<Snapshot> {
  const { records, folders, gitCommonDir } = repository;
  const name = path.basename(workspace.path);
  const workspaceGone = !isWorkspaceFolder(folders, workspace.path);
  const indexCopy = records.temporaryFile(name);
  try {
    const collecting = workspaceGone ? null : collect(repository, workspace, indexCopy);
    const [known, collected, isOwner] = await Promise.all([readRefs(repository, workspace, run), collecting, ownsBranch(repository, run.taskId, name)]);
    const snapshot = await record(repository, run, { known, collected, isOwner, name });
    if (isOwner && !workspaceGone) await replaceIndex(gitCommonDir, workspace.path, indexCopy);
    return { ...snapshot, workspaceGone };
  } finally {
    await rm(indexCopy, { force: true });
  }
}

async function collect(repository: Repository, workspace: Workspace, indexCopy: string): Promise<CollectedTree> {
  const { git, records, folders, gitCommonDir } = repository;
  return collectTree({
    git,
    records,
    name: path.basename(workspace.path),
    workTree: workspace.path,
    base: workspace.base,
    excludeFile: folders.excludeFile,
    foreignIndex: indexFileOf(gitCommonDir, workspace.path),
    onIndex: (indexFile) => copyFile(indexFile, indexCopy),
  });
}

interface Facts {
  readonly known: Known;
  /** null when the folder is gone. */
  readonly collected: CollectedTree | null;
  readonly isOwner: boolean;
  readonly name: string;
}

async function record(repository: Repository, run: SnapshotRun, facts: Facts): Promise<Omit<Snapshot, 'workspaceGone'>> {
  const { git } = repository;
  const { known, collected } = facts;
  const parent = await lastCommit(repository, known, { isOwner: facts.isOwner, workspaceGone: collected === null });
  const headTree = collected?.tree ?? parent.tree;
  const [head, changes] = await Promise.all([
    headTree === parent.tree ? parent.commit : commitTree(git, { tree: headTree, parents: [parent.commit], message: run.message, author: authorOf(run.message) }),
    changedFiles(git, known.baseTree, headTree),
  ]);
  await moveRefs(repository, { ...facts, run, head, parent });
  return { head, baseTree: known.baseTree, headTree, changedFiles: changes, hiddenFiles: collected?.hidden ?? [] };
}

async function readRefs({ git }: Repository, workspace: Workspace, run: SnapshotRun): Promise<Known> {
  const refs = [workspace.base, branchRef(branchOf(run.taskId)), runRef(run.runId), rescueRef(path.basename(workspace.path))];
  const resolved = await resolveAll(git, refs.flatMap((ref) => [`${ref}^{commit}`, `${ref}^{tree}`]));
  const [base, tip, recorded, rescued] = refs.map((_, position) => toTip(resolved[2 * position], resolved[2 * position + 1]));
  if (base == null) throw new AiError({ code: 'WORKSPACE_FAILED', message: `The commit ${workspace.base}, which ${run.runId} started from, is not in the repository.`, hint: 'git fsck', details: { base: workspace.base } });
  return { base: base.commit, baseTree: base.tree, tip: tip ?? null, recorded: recorded ?? null, rescued: rescued ?? null };
}

function toTip(commit: string | null | undefined, tree: string | null | undefined): Tip | null {
  return commit == null || tree == null ? null : { commit, tree };
}

/** False when a newer claim has a workspace on the task's branch. */
async function ownsBranch(repository: Repository, taskId: TaskId, name: string): Promise<boolean> {
  const own = tokenOf(name, taskId) ?? 0;
  return (await workspacesOf(repository, taskId)).every(({ token }) => token <= own);
}

/** The commit that the files are compared with: the agent's own last one, as long as it stands on the base. */
async function lastCommit({ git }: Repository, known: Known, state: { readonly isOwner: boolean; readonly workspaceGone: boolean }): Promise<Tip> {
  const base = { commit: known.base, tree: known.baseTree };
  if (state.workspaceGone && (known.recorded ?? known.rescued) !== null) return known.recorded ?? known.rescued ?? base;
  if (!state.isOwner || known.tip === null) return base;
  return (await isAncestor(git, known.base, known.tip.commit)) ? known.tip : base;
}

interface Move extends Facts {
  readonly run: SnapshotRun;
  readonly head: string;
  readonly parent: Tip;
}

/** The run's ref first in importance: it alone is written when the branch is not ours any more. */
async function moveRefs({ git }: Repository, { run, known, head, parent, name, isOwner }: Move): Promise<void> {
  const updates: RefUpdate[] = [{ ref: runRef(run.runId), to: head }];
  const isAbandoned = known.rescued !== null;
  if (isOwner && !isAbandoned && known.tip?.commit !== head) updates.push({ ref: branchRef(branchOf(run.taskId)), to: head, from: known.tip?.commit });
  // Commits of the agent that do not stand on the base lose their branch here.
  if (isOwner && !isAbandoned && known.tip !== null && parent.commit !== known.tip.commit) updates.push({ ref: rescueRef(`${name}-branch`), to: known.tip.commit });
  if (await updateRefs(git, updates, 'ai: snapshot')) return;
  throw new AiError({ code: 'WORKSPACE_FAILED', message: `The branch ${branchOf(run.taskId)} moved while the work on it was recorded.`, hint: 'Try again.', retryable: true });
}

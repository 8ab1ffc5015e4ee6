import { isAiError } from '../../domain/kernel/errors.js';
import { collectTree } from './collect-tree.js';
import { commitTree } from './commits.js';
import { isWorkspaceFolder, rescueRef } from './folders.js';
import { dropWorktree, indexFileOf } from './linked-worktrees.js';
import { refsAt, resolveAll, updateRefs } from './refs.js';
import type { Repository } from './repository.js';
import { changedFiles } from './tree-changes.js';

export interface RescueOrder {
  /** Of the workspace's folder. */
  readonly name: string;
  readonly folder: string;
  /** Refs on which the work may be already. The first that exists is the parent of what is rescued. */
  readonly refs: readonly string[];
  /** A newer claim takes over: the ref is made in any case, so that a late snapshot of the older run finds its own work and not the newer one's. */
  readonly isAbandoned?: boolean;
}

/**
 * Removes a workspace after making sure that what it holds is on a ref: one of the named, or `refs/ai/rescued/<name>`.
 * Throws, and removes nothing, when the work can't be recorded.
 */
export async function rescueAndDrop(repository: Repository, order: RescueOrder): Promise<void> {
  if (isWorkspaceFolder(repository.folders, order.folder)) await rescue(repository, order);
  await dropWorktree(repository.gitCommonDir, order.folder);
  await repository.records.forget(order.name);
}

async function rescue(repository: Repository, { name, folder, refs, isAbandoned = false }: RescueOrder): Promise<void> {
  const { git, records, folders } = repository;
  const record = await records.find(name);
  const own = rescueRef(name);
  const names = [...refs, own];
  const resolved = await resolveAll(git, [...names.map((ref) => `${ref}^{commit}`), ...names.map((ref) => `${ref}^{tree}`)]);
  const [commits, trees] = [resolved.slice(0, names.length), resolved.slice(names.length)];
  const parent = commits.find((commit) => commit !== null) ?? null;
  const { tree } = await collectTree({ git, records, name, workTree: folder, base: record?.base ?? parent, excludeFile: folders.excludeFile, foreignIndex: indexFileOf(repository.gitCommonDir, folder), withHidden: false });
  // A checkout that was interrupted lacks files, and no agent has been in it.
  if (record === null && (await isPartOf(repository, tree, parent))) return;
  const holder = commits.find((commit, position) => commit !== null && trees[position] === tree) ?? null;
  if (holder !== null && !isAbandoned) return;
  const commit = holder ?? (await commitTree(git, { tree, parents: parent === null ? [] : [parent], message: `Found in workspace ${name}` }));
  await updateRefs(git, [{ ref: own, to: commit }], 'ai: rescue');
}

async function isPartOf({ git }: Repository, tree: string, commit: string | null): Promise<boolean> {
  if (commit === null) return (await git.output(['ls-tree', tree])) === '';
  const changes = await changedFiles(git, commit, tree);
  return changes.every((file) => file.status === 'deleted');
}

/** The same, answering false instead of throwing when the work could not be recorded. */
export async function tryRescueAndDrop(repository: Repository, order: RescueOrder): Promise<boolean> {
  try {
    await rescueAndDrop(repository, order);
    return true;
  } catch (error) {
    // The folder is still there, with everything in it: that is what false says.
    if (isAiError(error)) return false;
    throw error;
  }
}

/** Keeps a commit that is about to lose its branch, unless a run or an earlier rescue holds it. */
export async function keepCommit(repository: Repository, name: string, commit: string): Promise<void> {
  if ((await refsAt(repository.git, commit, 'refs/ai/')).length > 0) return;
  await updateRefs(repository.git, [{ ref: rescueRef(name), to: commit }], 'ai: keep');
}

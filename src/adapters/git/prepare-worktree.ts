import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import type { Workspace, WorkspaceOrder } from '../../ports/workspaces.js';
import { chooseStart, type Start } from './choose-start.js';
import { copyFiles } from './copy-files.js';
import { branchOf, branchRef, isWorkspaceFolder, tokenOf, workspaceName } from './folders.js';
import { addWorktree, emptyTrash, listWorkTrees } from './linked-worktrees.js';
import { isAncestor, updateRefs } from './refs.js';
import type { Repository } from './repository.js';
import { keepCommit, rescueAndDrop } from './rescue.js';

/**
 * A linked worktree for one task and token, on the task's branch. A call that was killed at any point is made good by
 * the next: a finished workspace is taken over as it is, an unfinished one is made anew. Workspaces of older tokens
 * of the task go, after what they hold was put on a ref.
 */
export async function prepareWorktree(repository: Repository, order: WorkspaceOrder): Promise<Workspace> {
  const { folders, records, gitCommonDir, git, root } = repository;
  const name = workspaceName(order.taskId, order.token);
  const folder = path.join(folders.worktrees, name);
  const branch = branchOf(order.taskId);
  const workspace = (base: string): Workspace => ({ path: folder, isolation: 'worktree', branch, base });
  const record = await records.find(name);
  if (record !== null && isWorkspaceFolder(folders, folder) && existsSync(path.join(folder, '.git'))) return workspace(record.base);
  const start = await chooseStart(repository, order);
  await emptyTrash(folders.worktrees);
  await dropOthers(repository, order);
  await moveBranch(repository, { name, branch, start });
  const indexFile = await checkOut(repository, () => addWorktree({ git, gitCommonDir, folder, head: { ref: branchRef(branch) }, commit: start.head }));
  const copied = await copyFiles(order.copyFiles, root, folder);
  await records.write(name, { base: start.base, checkedOut: start.head, copied }, indexFile);
  return workspace(start.base);
}

/** Every workspace of the task that isn't the one of a newer token. */
async function dropOthers(repository: Repository, order: WorkspaceOrder): Promise<void> {
  const { worktrees } = repository.folders;
  for (const { name, token } of await workspacesOf(repository, order.taskId)) {
    if (token > order.token) throw superseded(order, name);
    await rescueAndDrop(repository, { name, folder: path.join(worktrees, name), refs: [branchRef(branchOf(order.taskId))], isAbandoned: true });
  }
}

/** Folders of the task's workspaces, oldest token first. */
export async function workspacesOf({ folders }: Pick<Repository, 'folders'>, taskId: TaskId): Promise<readonly { readonly name: string; readonly token: number }[]> {
  const names = existsSync(folders.worktrees) ? await readdir(folders.worktrees) : [];
  return names.flatMap((name) => {
    const token = tokenOf(name, taskId);
    return token === null ? [] : [{ name, token }];
  }).sort((a, b) => a.token - b.token);
}

/** Points the branch at the start. Commits of an earlier attempt that it leaves behind stay reachable. */
async function moveBranch(repository: Repository, { name, branch, start }: { readonly name: string; readonly branch: string; readonly start: Start }): Promise<void> {
  const { git, folders } = repository;
  const ref = branchRef(branch);
  const tip = start.branchTip;
  if (tip === start.head) return;
  const holder = listWorkTrees(repository).find((tree) => tree.branches.includes(branch) && path.dirname(tree.path) !== folders.worktrees);
  if (holder !== undefined) throw branchInUse(branch, holder.path);
  if (tip !== null && !(await isAncestor(git, tip, start.head))) await keepCommit(repository, `${name}-before`, tip);
  if (await updateRefs(git, [{ ref, to: start.head, from: tip ?? undefined }], 'ai: start')) return;
  throw new AiError({ code: 'WORKSPACE_FAILED', message: `The branch ${branch} moved while a workspace was made for it.`, hint: 'Try again.', retryable: true });
}

/** We fetch nothing: fetching runs what the configuration names. */
async function checkOut<T>({ settings, root }: Repository, add: () => Promise<T>): Promise<T> {
  try {
    return await add();
  } catch (error) {
    if (!settings.isPartialClone) throw error;
    throw new AiError({ code: 'WORKSPACE_FAILED', message: 'This is a partial clone, and objects that the worktree needs are not here.', hint: `git -C '${root}' fetch --refetch --no-filter`, cause: error });
  }
}

function branchInUse(branch: string, folder: string): AiError {
  return new AiError({ code: 'WORKSPACE_FAILED', message: `The branch ${branch} is checked out in ${folder}, so a new attempt can't start on it.`, hint: `git -C '${folder}' switch --detach`, details: { branch, folder } });
}

function superseded(order: WorkspaceOrder, name: string): AiError {
  return new AiError({ code: 'LEASE_STALE', message: `${order.taskId} has a workspace of a newer claim (${name}): token ${order.token} is stale.`, hint: `ai task show ${order.taskId}` });
}

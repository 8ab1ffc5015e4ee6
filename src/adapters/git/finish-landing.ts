import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { LandOrder, LandPlan, LandResult } from '../../ports/workspaces.js';
import { branchRef } from './folders.js';
import { listWorkTrees, type WorkTree } from './linked-worktrees.js';
import { moveFiles } from './move-files.js';
import { resolveAll, updateRefs } from './refs.js';
import type { Repository } from './repository.js';

type ReadyPlan = Extract<LandPlan, { readonly kind: 'ready' }>;

/**
 * Makes a landing visible. The branch moves by compare-and-swap, so that two landings at once can't both win, and a
 * killed one leaves no lock. Where the target is checked out, the files move first and the branch after: killed in
 * between, the change stands there as staged, and the next try finds it so and only moves the branch. The other way
 * round, the user's next commit would undo the landing.
 */
export async function finishLanding(repository: Repository, order: LandOrder, plan: ReadyPlan): Promise<LandResult> {
  const [tip] = await resolveAll(repository.git, [`${branchRef(order.target)}^{commit}`]);
  if (tip === plan.commit) return { kind: 'landed', commit: plan.commit };
  if (tip !== plan.targetBefore) return { kind: 'target_moved' };
  const [tree, another] = listWorkTrees(repository).filter(({ branches }) => branches.includes(order.target));
  if (another !== undefined) return { kind: 'blocked', reason: `${order.target} is checked out in more than one working tree`, paths: [tree?.path ?? '', another.path] };
  return tree === undefined ? moveBranch(repository, order, plan) : landInTree(repository, order, { ...plan, tree });
}

async function landInTree(repository: Repository, order: LandOrder, plan: ReadyPlan & { readonly tree: WorkTree }): Promise<LandResult> {
  const { tree, targetBefore, commit } = plan;
  const blocked = await moveFiles(repository, tree, { from: targetBefore, to: commit });
  if (blocked !== null) return { kind: 'blocked', ...blocked };
  const result = await moveBranch(repository, order, plan).catch((error: unknown) => takeBack(repository, order, { ...plan, error }));
  if (result.kind === 'landed') logHead(repository, tree, order.target);
  // Files that can't be put back because the user changed them in this very moment stay as they are: their work comes first.
  else await moveFiles(repository, tree, { from: commit, to: targetBefore });
  return result;
}

/** A git that failed may have moved the branch before. */
async function takeBack(repository: Repository, order: LandOrder, plan: ReadyPlan & { readonly tree: WorkTree; readonly error: unknown }): Promise<LandResult> {
  const [tip] = await resolveAll(repository.git, [`${branchRef(order.target)}^{commit}`]);
  if (tip === plan.commit) return { kind: 'landed', commit: plan.commit };
  await moveFiles(repository, plan.tree, { from: plan.commit, to: plan.targetBefore });
  throw plan.error;
}

async function moveBranch({ git }: Repository, order: LandOrder, { commit, targetBefore }: ReadyPlan): Promise<LandResult> {
  const moved = await updateRefs(git, [{ ref: branchRef(order.target), to: commit, from: targetBefore }], `ai: land ${order.taskId}`);
  return moved ? { kind: 'landed', commit } : { kind: 'target_moved' };
}

/**
 * Git logs the branch; the log of the HEAD that is on it is ours to write, so that `git reflog` and HEAD@{1} tell the
 * truth. It is the same line.
 */
function logHead({ gitCommonDir }: Repository, tree: WorkTree, target: string): void {
  const headLog = path.join(tree.gitDir, 'logs', 'HEAD');
  const branchLog = path.join(gitCommonDir, 'logs', branchRef(target));
  if (!existsSync(headLog) || !existsSync(branchLog)) return;
  const line = readFileSync(branchLog, 'utf8').trimEnd().split('\n').at(-1);
  if (line !== undefined) appendFileSync(headLog, `${line}\n`);
}

import { AiError } from '../../domain/kernel/errors.js';
import type { LandOrder, LandPlan } from '../../ports/workspaces.js';
import { authorOf, commitTree } from './commits.js';
import { branchRef } from './folders.js';
import { listWorkTrees } from './linked-worktrees.js';
import { resolveAll } from './refs.js';
import type { Repository } from './repository.js';
import { mergeCommits, type MergedTree } from './three-way-merge.js';

/**
 * The one commit that landing would add to the target: the three-way merge of base, target and work.
 * Writes objects, moves no ref. Throws TARGET_BLOCKED when there is no such branch.
 */
export async function planLanding(repository: Repository, order: LandOrder): Promise<LandPlan> {
  const { git } = repository;
  const ref = branchRef(order.target);
  const [target, base, head] = [`${ref}^{tree}`, `${order.base}^{tree}`, `${order.head}^{tree}`];
  const [[tip, targetTree, baseTree, headTree], symref, authorDate] = await Promise.all([resolveAll(git, [`${ref}^{commit}`, target, base, head]), symbolicTarget(repository, ref), readAuthorDate(repository, order.head)]);
  if (tip === null || targetTree === null) throw noTarget(order);
  if (symref !== '') throw aliasedTarget(order, symref);
  if (baseTree === null || headTree === null) throw workGone(order);
  const merged = await mergeTrees(repository, { baseTree, targetTree, headTree });
  if (merged.kind === 'conflict') return merged;
  if (merged.tree === targetTree) return { kind: 'empty', targetBefore: tip };
  const commit = await commitTree(git, { tree: merged.tree, parents: [tip], message: order.message, author: authorOf(order.message), authorDate });
  return { kind: 'ready', commit, targetBefore: tip, checkoutPath: checkoutOf(repository, order.target) };
}

/**
 * `git merge-tree --merge-base` came with git 2.40, and with trees later still. Commits made for the purpose do the
 * same: the only common history of ours and theirs is a commit of the base.
 */
async function mergeTrees({ git, root }: Repository, trees: { readonly baseTree: string; readonly targetTree: string; readonly headTree: string }): Promise<MergedTree> {
  const { baseTree, targetTree, headTree } = trees;
  if (baseTree === targetTree) return { kind: 'merged', tree: headTree };
  if (baseTree === headTree) return { kind: 'merged', tree: targetTree };
  const commitOf = (tree: string, parents: readonly string[]): Promise<string> => commitTree(git, { tree, parents, message: 'Made to be merged; on no branch' });
  const base = await commitOf(baseTree, []);
  const [ours, theirs] = await Promise.all([commitOf(targetTree, [base]), commitOf(headTree, [base])]);
  return mergeCommits(git, [ours, theirs], root);
}

/** Seconds and offset; null when the work is no commit. */
async function readAuthorDate({ git }: Repository, head: string): Promise<string | null> {
  const result = await git.attempt(['log', '-1', '--format=%ad', '--date=raw', head, '--']);
  return /^\d+ [+-]\d{4}$/.exec(result.stdout.trim())?.[0] ?? null;
}

async function symbolicTarget({ git }: Repository, ref: string): Promise<string> {
  return (await git.output(['for-each-ref', '--format=%(symref)', ref])).split('\n', 1)[0] ?? '';
}

function checkoutOf(repository: Repository, branch: string): string | null {
  return listWorkTrees(repository).find((tree) => tree.branches.includes(branch))?.path ?? null;
}

function noTarget(order: LandOrder): AiError {
  return new AiError({ code: 'TARGET_BLOCKED', message: `There is no branch ${order.target} that ${order.taskId} could land on.`, hint: `git branch ${order.target} COMMIT, or: ai task merge ${order.taskId} --into BRANCH`, details: { target: order.target } });
}

/** Moving an alias would leave the real branch where it is, and moving the real one is not what was asked for. */
function aliasedTarget(order: LandOrder, symref: string): AiError {
  const branch = symref.replace('refs/heads/', '');
  return new AiError({ code: 'TARGET_BLOCKED', message: `The branch ${order.target} is only another name for ${branch}.`, hint: `ai task merge ${order.taskId} --into ${branch}`, details: { target: order.target, symref } });
}

function workGone(order: LandOrder): AiError {
  return new AiError({ code: 'WORKSPACE_FAILED', message: `The work of ${order.taskId} is not in the repository any more: ${order.head} or its base ${order.base} is missing.`, hint: `ai task retry ${order.taskId}`, details: { base: order.base, head: order.head } });
}

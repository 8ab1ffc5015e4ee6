import { AiError } from '../../domain/kernel/errors.js';
import type { LandOrder, LandPlan } from '../../ports/workspaces.js';
import { outputLines } from './byte-path.js';
import { authorOf, commitTree } from './commits.js';
import { branchRef } from './folders.js';
import { listWorkTrees } from './linked-worktrees.js';
import type { Repository } from './repository.js';
import { mergeCommits, type MergedTree } from './three-way-merge.js';

/**
 * The one commit that landing would add to the target: the three-way merge of base, target and work.
 * Writes objects, moves no ref. Throws TARGET_BLOCKED when there is no such branch.
 */
export async function planLanding(repository: Repository, order: LandOrder): Promise<LandPlan> {
  const { git } = repository;
  const [target, work] = await Promise.all([readTarget(repository, order), readWork(repository, order)]);
  const merged = await mergeTrees(repository, { baseTree: work.baseTree, targetTree: target.tree, headTree: work.headTree });
  if (merged.kind === 'conflict') return merged;
  if (merged.tree === target.tree) return { kind: 'empty', targetBefore: target.commit };
  const commit = await commitTree(git, { tree: merged.tree, parents: [target.commit], message: order.message, author: authorOf(order.message), authorDate: work.authorDate });
  return { kind: 'ready', commit, targetBefore: target.commit, checkoutPath: checkoutOf(repository, order.target) };
}

async function readTarget({ git }: Repository, order: LandOrder): Promise<{ readonly commit: string; readonly tree: string }> {
  const ref = branchRef(order.target);
  const lines = outputLines(await git.output(['for-each-ref', '--format=%(refname) %(objectname) %(tree) %(symref)', ref]));
  const [name, commit = '', tree = '', symref = ''] = lines[0]?.split(' ') ?? [];
  if (name !== ref || tree === '') throw noTarget(order);
  if (symref !== '') throw aliasedTarget(order, symref);
  return { commit, tree };
}

async function readWork({ git }: Repository, order: LandOrder): Promise<{ readonly baseTree: string; readonly headTree: string; readonly authorDate: string }> {
  // The author's date as git prints raw dates: seconds and offset.
  const result = await git.attempt(['log', '--no-walk=unsorted', '--format=%T %ad', '--date=raw', order.head, order.base, '--']);
  const [head = '', base = head] = outputLines(result.stdout);
  if (result.exitCode !== 0) throw workGone(order);
  return { headTree: head.slice(0, head.indexOf(' ')), baseTree: base.slice(0, base.indexOf(' ')), authorDate: head.slice(head.indexOf(' ') + 1) };
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

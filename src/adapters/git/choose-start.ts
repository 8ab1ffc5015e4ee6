import { AiError } from '../../domain/kernel/errors.js';
import type { DependencyWork, WorkspaceOrder } from '../../ports/workspaces.js';
import { commitTree } from './commits.js';
import { branchOf, branchRef } from './folders.js';
import { outputLines } from './byte-path.js';
import { ancestorsOf, readHead, resolveAll } from './refs.js';
import type { Repository } from './repository.js';
import { mergeCommits } from './three-way-merge.js';

/** Where a workspace starts: what its diff is taken against, and what it holds at first. */
export interface Start {
  readonly base: string;
  readonly head: string;
  /** Where the task's branch stands now; null when there is none. */
  readonly branchTip: string | null;
}

/**
 * The target's tip with the results of dependencies that it lacks merged on top, or the work of an earlier attempt
 * when that already contains them. Writes commits, moves no ref.
 * Throws UNBORN_BRANCH, MERGE_CONFLICT, WORKSPACE_FAILED.
 */
export async function chooseStart(repository: Repository, order: WorkspaceOrder): Promise<Start> {
  const { git, gitCommonDir } = repository;
  const targetName = order.targetBranch === null ? readHead(gitCommonDir) : branchRef(order.targetBranch);
  const heads = order.dependencies.map((work) => work.head);
  const landed = order.dependencies.map((work) => work.landedCommit ?? work.head);
  const { base = '', head = '' } = order.continueFrom ?? {};
  const [tip, branchTip = null, earlierBase, earlierHead, ...works] = await resolveAll(git, [targetName, branchRef(branchOf(order.taskId)), base, head, ...heads, ...landed].map((name) => `${name}^{commit}`));
  if (tip == null) throw noTarget(order);
  const known = order.dependencies.map((work, position) => ({ work, head: works[position] ?? null, landed: works[position + heads.length] ?? null }));
  if (earlierBase != null && earlierHead != null && (await missingFrom(repository, earlierBase, known)).length === 0) return { base: earlierBase, head: earlierHead, branchTip };
  const merged = await mergeAll(repository, { tip, targetName, missing: await missingFrom(repository, tip, known) });
  return { base: merged, head: merged, branchTip };
}

interface KnownWork {
  readonly work: DependencyWork;
  /** null when the object is gone. */
  readonly head: string | null;
  readonly landed: string | null;
}

/** The works that are not in the history of a commit, neither as they were made nor as they landed. */
async function missingFrom({ git }: Repository, commit: string, works: readonly KnownWork[]): Promise<readonly KnownWork[]> {
  const commits = works.flatMap(({ head, landed }) => [head, landed]).filter((id) => id !== null);
  const contained = await ancestorsOf(git, commit, [...new Set(commits)]);
  return works.filter(({ head, landed }) => !(head !== null && contained.has(head)) && !(landed !== null && contained.has(landed)));
}

interface MergeOrder {
  readonly tip: string;
  readonly targetName: string;
  readonly missing: readonly KnownWork[];
}

async function mergeAll(repository: Repository, order: MergeOrder): Promise<string> {
  const gone = order.missing.find(({ head }) => head === null);
  if (gone !== undefined) throw workGone(gone.work);
  let commit = order.tip;
  const merged: DependencyWork[] = [];
  for (const { work } of await independent(repository, order.missing)) {
    commit = await mergeOne(repository, { ...order, commit, work, merged });
    merged.push(work);
  }
  return commit;
}

/** A work that another one builds on comes with that one. In the order of task ids, so that the same question gets the same answer. */
async function independent({ git }: Repository, works: readonly KnownWork[]): Promise<readonly KnownWork[]> {
  const sorted = works.toSorted((a, b) => (a.work.taskId < b.work.taskId ? -1 : 1));
  if (sorted.length < 2) return sorted;
  const heads = new Set(outputLines(await git.output(['merge-base', '--independent', ...new Set(sorted.map(({ work }) => work.head))])));
  return sorted.filter(({ head }, position) => head !== null && heads.has(head) && sorted.findIndex((other) => other.head === head) === position);
}

async function mergeOne(repository: Repository, order: MergeOrder & { readonly commit: string; readonly work: DependencyWork; readonly merged: readonly DependencyWork[] }): Promise<string> {
  const { commit, work, merged, targetName } = order;
  const result = await mergeCommits(repository.git, [commit, work.head], repository.root);
  if (result.kind === 'merged') return commitTree(repository.git, { tree: result.tree, parents: [commit, work.head], message: `Merge the result of ${work.taskId}` });
  const others = [targetName.replace('refs/heads/', ''), ...merged.map((other) => other.taskId)].join(', ');
  throw new AiError({
    code: 'MERGE_CONFLICT',
    message: `The result of ${work.taskId} does not merge with ${others}: both changed ${result.paths.join(', ')}.`,
    hint: `ai task merge ${work.taskId}`,
    details: { dependency: work.taskId, mergedBefore: merged.map((other) => other.taskId), paths: result.paths },
  });
}

function noTarget(order: WorkspaceOrder): AiError {
  if (order.targetBranch === null) {
    return new AiError({ code: 'UNBORN_BRANCH', message: 'The repository has no commit yet, so there is nothing that a worktree could start from.', hint: 'git add -A && git commit -m "First commit", or use --isolation none' });
  }
  return new AiError({ code: 'UNBORN_BRANCH', message: `The branch ${order.targetBranch}, which ${order.taskId} starts from, has no commit or does not exist.`, hint: `git branch ${order.targetBranch} COMMIT, or make a first commit`, details: { branch: order.targetBranch } });
}

function workGone(work: DependencyWork): AiError {
  return new AiError({ code: 'WORKSPACE_FAILED', message: `The result of ${work.taskId} is gone: commit ${work.head} is not in the repository, and it has not landed.`, hint: `ai task retry ${work.taskId}`, details: { dependency: work.taskId, commit: work.head } });
}

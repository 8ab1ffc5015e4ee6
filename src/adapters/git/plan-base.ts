import { AiError } from '../../domain/kernel/errors.js';
import type { DependencyWork, WorkspaceOrder } from '../../ports/workspaces.js';
import type { Context } from './context.js';
import { isAncestor, mergeCommits, resolveObjects, writeCommit } from './objects.js';
import { taskBranch } from './context.js';
import { pathText } from './quoted-path.js';

/** What a workspace starts from. */
export interface StartingPoint {
  /** The diff of the run is taken against it. */
  readonly base: string;
  /** Commit that is checked out: the base, or earlier work on top of it. */
  readonly start: string;
  /** Its tree, where it was at hand. */
  readonly startTree: string | null;
  /** Where the task's branch points now; null when there is none. */
  readonly oldTip: string | null;
}

/** Throws UNBORN_BRANCH, WORKSPACE_FAILED for a target that does not exist, MERGE_CONFLICT when dependencies do not fit together. */
export async function planBase(context: Context, order: WorkspaceOrder): Promise<StartingPoint> {
  const wanted = order.targetBranch === null ? 'HEAD' : `refs/heads/${order.targetBranch}`;
  const commits = [wanted, 'HEAD', `refs/heads/${taskBranch(order.taskId)}`].map((name) => `${name}^{commit}`);
  const [target = null, head = null, oldTip = null, targetTree = null] = await resolveObjects(context, 'repository', [...commits, `${wanted}^{tree}`]);
  const earlier = await usableEarlierWork(context, order);
  if (earlier !== null) return { base: earlier.base, start: earlier.head, startTree: null, oldTip };
  if (target === null) throw head === null ? unborn(context, order) : noTarget(order);
  const base = await withDependencies(context, target, order);
  return { base, start: base, startTree: base === target ? targetTree : null, oldTip };
}

/** Earlier work goes on only where everything that the task builds on was there from the beginning. */
async function usableEarlierWork(context: Context, { continueFrom, dependencies }: WorkspaceOrder): Promise<WorkspaceOrder['continueFrom']> {
  if (continueFrom === null) return null;
  const [base = null, head = null] = await resolveObjects(context, 'objects', [`${continueFrom.base}^{commit}`, `${continueFrom.head}^{commit}`]);
  if (base === null || head === null) return null;
  return (await holdsAll(context, base, dependencies)) ? { base, head } : null;
}

function unborn(context: Context, order: WorkspaceOrder): AiError {
  return new AiError({
    code: 'UNBORN_BRANCH',
    message: `${context.root} has no commit yet, so there is nothing that a worktree for ${order.taskId} could start from.`,
    hint: `git commit --allow-empty -m "First commit", or: ai task edit ${order.taskId} --isolation none`,
    details: { task: order.taskId },
  });
}

function noTarget(order: WorkspaceOrder): AiError {
  return new AiError({
    code: 'WORKSPACE_FAILED',
    message: `${order.taskId} is to land on ${order.targetBranch ?? ''}, and there is no such branch.`,
    hint: `git branch ${order.targetBranch ?? ''}, or: ai task edit ${order.taskId}`,
    details: { task: order.taskId, target: order.targetBranch },
  });
}

async function holdsAll(context: Context, commit: string, dependencies: readonly DependencyWork[]): Promise<boolean> {
  for (const dependency of dependencies) {
    if (!(await holds(context, commit, dependency))) return false;
  }
  return true;
}

async function holds(context: Context, commit: string, { head, landedCommit }: DependencyWork): Promise<boolean> {
  if (landedCommit !== null && (await isReachable(context, landedCommit, commit))) return true;
  return isReachable(context, head, commit);
}

/** A commit that is gone (a rewritten target, a shallow clone) is contained in nothing. */
async function isReachable(context: Context, ancestor: string, commit: string): Promise<boolean> {
  if (ancestor === commit) return true;
  const [found = null] = await resolveObjects(context, 'objects', [`${ancestor}^{commit}`]);
  return found !== null && isAncestor(context, found, commit);
}

interface Merging {
  readonly order: WorkspaceOrder;
  readonly merged: DependencyWork[];
}

async function withDependencies(context: Context, target: string, order: WorkspaceOrder): Promise<string> {
  let base = target;
  const merging: Merging = { order, merged: [] };
  for (const dependency of order.dependencies) {
    if (await holds(context, base, dependency)) continue;
    base = await mergeDependency(context, base, { ...merging, dependency });
    merging.merged.push(dependency);
  }
  return base;
}

async function mergeDependency(context: Context, base: string, { order, merged, dependency }: Merging & { readonly dependency: DependencyWork }): Promise<string> {
  const [head = null] = await resolveObjects(context, 'objects', [`${dependency.head}^{commit}`]);
  if (head === null) throw workIsGone(order, dependency);
  const result = await mergeCommits(context, base, head);
  if (result.kind === 'conflict') throw conflict({ order, merged, dependency }, result.paths.map(pathText));
  const message = `Merge the work of ${dependency.taskId} for ${order.taskId}\n\nAI-Task: ${order.taskId}\nAI-Run: ${order.runId}\n`;
  return writeCommit(context, { tree: result.tree, parents: [base, head], message });
}

function workIsGone(order: WorkspaceOrder, dependency: DependencyWork): AiError {
  return new AiError({
    code: 'WORKSPACE_FAILED',
    message: `${order.taskId} builds on ${dependency.taskId}, whose work ${dependency.head.slice(0, 12)} is no longer in the repository.`,
    hint: `ai task retry ${dependency.taskId}`,
    details: { task: order.taskId, dependency: dependency.taskId, head: dependency.head },
  });
}

function conflict({ order, merged, dependency }: Merging & { readonly dependency: DependencyWork }, paths: readonly string[]): AiError {
  const target = order.targetBranch ?? 'HEAD';
  const others = merged.map((work) => work.taskId);
  const against = others.length === 0 ? target : `${target} with the work of ${others.join(', ')}`;
  return new AiError({
    code: 'MERGE_CONFLICT',
    message: `${order.taskId} can't start: the work of ${dependency.taskId} does not merge into ${against}: both changed ${paths.join(', ')}.`,
    hint: `ai task merge ${dependency.taskId}, or: ai task retry ${dependency.taskId}`,
    details: { task: order.taskId, tasks: [...others, dependency.taskId], paths },
  });
}

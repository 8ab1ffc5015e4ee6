import { AiError } from '../../domain/kernel/errors.js';
import type { LandOrder, LandPlan } from '../../ports/workspaces.js';
import type { Context } from './context.js';
import { mergeCommits, resolveObjects, writeCommit, type Merged } from './objects.js';
import { pathText } from './quoted-path.js';
import { findCheckouts, refuseAlias } from './target-checkout.js';

interface Sides {
  readonly targetTip: string;
  readonly targetTree: string;
  readonly baseTree: string;
  readonly headTree: string;
}

/** Workspaces.planLanding: the work as one commit on top of the target, not yet visible there. */
export async function planLanding(context: Context, order: LandOrder): Promise<LandPlan> {
  const [sides] = await Promise.all([resolveSides(context, order), refuseAlias(context, order)]);
  const merged = await squash(context, order, sides);
  if (merged.kind === 'conflict') return { kind: 'conflict', paths: merged.paths.map(pathText) };
  if (merged.tree === sides.targetTree) return { kind: 'empty', targetBefore: sides.targetTip };
  const [commit, checkouts] = await Promise.all([
    writeCommit(context, { tree: merged.tree, parents: [sides.targetTip], message: order.message }),
    findCheckouts(context, order.target),
  ]);
  return { kind: 'ready', commit, targetBefore: sides.targetTip, checkoutPath: checkouts[0]?.path ?? null };
}

async function resolveSides(context: Context, order: LandOrder): Promise<Sides> {
  const target = `refs/heads/${order.target}`;
  const names = [`${target}^{commit}`, `${target}^{tree}`, `${order.base}^{tree}`, `${order.head}^{tree}`];
  const [targetTip = null, targetTree = null, baseTree = null, headTree = null] = await resolveObjects(context, 'repository', names);
  if (targetTip === null || targetTree === null) throw noTarget(order);
  if (baseTree === null || headTree === null) throw workIsGone(order, baseTree === null ? order.base : order.head);
  return { targetTip, targetTree, baseTree, headTree };
}

function noTarget(order: LandOrder): AiError {
  return new AiError({
    code: 'TARGET_BLOCKED',
    message: `${order.taskId} is to land on ${order.target}, and there is no such branch.`,
    hint: `git branch ${order.target}, or: ai task merge ${order.taskId} --into main`,
    details: { task: order.taskId, target: order.target },
  });
}

function workIsGone(order: LandOrder, commit: string): AiError {
  return new AiError({ code: 'GIT_FAILED', message: `The work of ${order.taskId} can't be landed: ${commit.slice(0, 12)} is no longer in the repository.`, hint: `ai task retry ${order.taskId}`, details: { task: order.taskId, commit } });
}

/** What the run changed, applied to the target; the base is what the run started from, whatever the histories say. */
async function squash(context: Context, order: LandOrder, sides: Sides): Promise<Merged> {
  if (sides.targetTree === sides.baseTree) return { kind: 'clean', tree: sides.headTree };
  if (sides.headTree === sides.baseTree || sides.headTree === sides.targetTree) return { kind: 'clean', tree: sides.targetTree };
  const message = `Three-way merge for ${order.taskId}`;
  const base = await writeCommit(context, { tree: sides.baseTree, parents: [], message });
  const [ours, theirs] = await Promise.all([sides.targetTree, sides.headTree].map((tree) => writeCommit(context, { tree, parents: [base], message })));
  return mergeCommits(context, ours ?? base, theirs ?? base);
}

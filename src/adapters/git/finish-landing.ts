import path from 'node:path';
import { isAiError } from '../../domain/kernel/errors.js';
import type { LandOrder, LandPlan, LandResult } from '../../ports/workspaces.js';
import type { Context } from './context.js';
import { moveFiles, moveFilesBack, type Blocked } from './move-files.js';
import { resolveObjects } from './objects.js';
import { updateRefs } from './refs.js';
import { exists, findCheckouts, type Checkout } from './target-checkout.js';

type ReadyPlan = Extract<LandPlan, { kind: 'ready' }>;

/**
 * Workspaces.finishLanding. A checked-out target: files and index first, in one step of git that looks at everything
 * before it touches anything, the branch second. In this order a kill in between leaves the landed change
 * staged, which a repeated call takes for what it is; the other way round, the user's next commit would undo the landing.
 */
export async function finishLanding(context: Context, order: LandOrder, plan: ReadyPlan): Promise<LandResult> {
  const ref = `refs/heads/${order.target}`;
  const [[tip = null], checkouts] = await Promise.all([resolveObjects(context, 'repository', [`${ref}^{commit}`]), findCheckouts(context, order.target)]);
  if (tip === plan.commit) return { kind: 'landed', commit: plan.commit };
  if (tip !== plan.targetBefore) return { kind: 'target_moved' };
  const blocked = await whyNotNow(order, checkouts);
  if (blocked !== null) return blocked;
  const [checkout] = checkouts;
  const inTheWay = checkout === undefined ? null : await moveFiles(context, checkout, plan);
  return inTheWay ?? moveBranch(context, order, { plan, checkout });
}

async function whyNotNow(order: LandOrder, checkouts: readonly Checkout[]): Promise<Blocked | null> {
  const [first, second] = checkouts;
  if (first === undefined) return null;
  if (second !== undefined) return { kind: 'blocked', reason: `${order.target} is checked out in ${first.path} and in ${second.path}`, paths: [] };
  if (first.hindrance !== null) return { kind: 'blocked', reason: first.hindrance, paths: [] };
  const lock = path.join(first.gitDir, 'index.lock');
  if (await exists(lock)) return { kind: 'blocked', reason: `${lock} exists: another git is at work there, or was killed and left it (then remove the file)`, paths: [] };
  return null;
}

/** Compare-and-swap: moves the branch only from where the plan was made. */
async function moveBranch(context: Context, order: LandOrder, { plan, checkout }: { readonly plan: ReadyPlan; readonly checkout: Checkout | undefined }): Promise<LandResult> {
  const ref = `refs/heads/${order.target}`;
  try {
    await updateRefs(context, [{ ref, to: plan.commit, from: plan.targetBefore }], `ai: land ${order.taskId}`);
    return { kind: 'landed', commit: plan.commit };
  } catch (error) {
    if (!isAiError(error, 'GIT_FAILED')) throw error;
    const [tip = null] = await resolveObjects(context, 'repository', [`${ref}^{commit}`]);
    if (tip === plan.commit) return { kind: 'landed', commit: plan.commit };
    if (checkout !== undefined && tip !== null) await moveFilesBack(context, checkout, { from: plan.commit, to: tip });
    if (tip !== plan.targetBefore) return { kind: 'target_moved' };
    return { kind: 'blocked', reason: `git could not move the branch (${error.message})`, paths: [] };
  }
}

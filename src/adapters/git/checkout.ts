import { lstat, mkdir } from 'node:fs/promises';
import { needFacts, worktreesFolder, type Context } from './context.js';
import type { Facts } from './facts.js';
import { copyIndex, makeState, viewOf } from './private-state.js';
import { addRegistration, listRegistrations, type Registration } from './registrations.js';
import type { StatePlace } from './state-place.js';

export interface CheckoutOrder {
  readonly path: string;
  readonly commit: string;
  /** Null: detached. */
  readonly branch: string | null;
  readonly place: StatePlace;
  /** Makes the branch stand at the commit; done while the files are written. */
  readonly pointBranch?: () => Promise<void>;
}

/**
 * A linked working tree with the files of a commit. They are written through our own view, so that no hook and no
 * filter runs, and our index is the one that the working tree's own is copied from.
 */
export async function checkOut(context: Context, order: CheckoutOrder): Promise<void> {
  const facts = await needFacts(context);
  await makeState(order.place, facts);
  if (keepsRefsInFiles(facts)) {
    await mkdir(order.path, { recursive: true });
    await both(writeFiles(context, order, facts), order.pointBranch?.() ?? Promise.resolve());
    const head = order.branch === null ? order.commit : `ref: refs/heads/${order.branch}`;
    await addRegistration({ gitCommonDir: facts.gitCommonDir, path: order.path, head, writeIndex: (file) => copyIndex(order.place.indexFile, file) });
    return;
  }
  await order.pointBranch?.();
  await addWithGit(context, order);
  await writeFiles(context, order, facts);
  const registration = await findRegistration(context, order.path);
  if (registration !== null) await copyIndex(order.place.indexFile, `${registration.gitDir}/index`);
}

async function writeFiles(context: Context, order: CheckoutOrder, facts: Facts): Promise<void> {
  await context.git({ ...viewOf(order.place, order.path, facts), args: ['read-tree', '-m', '-u', order.commit] });
}

/** Waits for both, also when one fails: what goes on afterwards must find nobody at work. */
async function both(...works: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find((work) => work.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Newer versions of git can keep refs in tables, and then HEAD is not ours to write. */
function keepsRefsInFiles(facts: Facts): boolean {
  return (facts.config.get('extensions.refstorage') ?? 'files') === 'files';
}

async function addWithGit(context: Context, order: CheckoutOrder): Promise<void> {
  const head = order.branch === null ? ['--detach', order.path, order.commit] : [order.path, order.branch];
  await context.git({ cwd: context.root, args: ['worktree', 'add', '--quiet', '--no-checkout', ...head] });
}

export async function findRegistration(context: Context, workTree: string): Promise<Registration | null> {
  const facts = await needFacts(context);
  const registrations = await listRegistrations(facts.gitCommonDir, worktreesFolder(context.aiFolder));
  return registrations.find((registration) => registration.path === workTree) ?? null;
}

/** A folder in its own right: a symbolic link in its place is somebody's trick. */
export async function isFolder(folder: string): Promise<boolean> {
  try {
    return (await lstat(folder)).isDirectory();
  } catch {
    // Not there, or not to be reached: no folder for us.
    return false;
  }
}

import { lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { needFacts, worktreesFolder, type Context } from './context.js';
import { copyIndex, makeState, viewOf } from './private-state.js';
import type { StatePlace } from './state-place.js';
import { listRegistrations, type Registration } from './registrations.js';

export interface CheckoutOrder {
  readonly path: string;
  readonly commit: string;
  /** Stands at the commit already. Null: detached. */
  readonly branch: string | null;
  readonly place: StatePlace;
}

/**
 * A linked working tree with the files of a commit. git registers it; the files are written through our own
 * view, so that no hook and no filter runs, and our index is the one that the working tree's own is copied from.
 */
export async function checkOut(context: Context, order: CheckoutOrder): Promise<void> {
  const facts = await needFacts(context);
  await mkdir(path.dirname(order.path), { recursive: true });
  const head = order.branch === null ? ['--detach', order.path, order.commit] : [order.path, order.branch];
  const adding = context.git({ cwd: context.root, args: ['worktree', 'add', '--quiet', '--no-checkout', ...head] });
  await Promise.all([makeState(order.place, facts), adding]);
  await context.git({ ...viewOf(order.place, order.path, facts), args: ['read-tree', '-m', '-u', order.commit] });
  const registration = await findRegistration(context, order.path);
  if (registration !== null) await copyIndex(order.place.indexFile, path.join(registration.gitDir, 'index'));
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

import { rm } from 'node:fs/promises';
import path from 'node:path';
import { needFacts, type Context } from './context.js';

export interface RefUpdate {
  readonly ref: string;
  /** Null deletes. */
  readonly to: string | null;
  /** Fails when the ref is not there; null demands that it does not exist, undefined does not look. */
  readonly from?: string | null | undefined;
}

/**
 * All or nothing, in one process. Never follows a symbolic ref: an agent can make its own branch
 * an alias of somebody else's.
 */
export async function updateRefs(context: Context, updates: readonly RefUpdate[], reason: string): Promise<void> {
  if (updates.length === 0) return;
  const stdin = updates.map((update) => `option no-deref\0${command(update)}`).join('');
  await context.git({ cwd: context.root, args: ['update-ref', '-m', reason, '--stdin', '-z'], env: await committer(context), stdin });
}

function command({ ref, to, from }: RefUpdate): string {
  if (to === null) return `delete ${ref}\0${from ?? ''}\0`;
  if (from === undefined) return `update ${ref}\0${to}\0\0`;
  return from === null ? `create ${ref}\0${to}\0` : `update ${ref}\0${to}\0${from}\0`;
}

/** Reflogs name somebody; git must not guess a name from the machine, or refuse for want of one. */
export async function committer(context: Context): Promise<Record<string, string>> {
  const config = (await context.facts())?.config;
  return config?.get('user.name') !== undefined && config.get('user.email') !== undefined ? {} : { GIT_COMMITTER_NAME: 'ai', GIT_COMMITTER_EMAIL: 'ai@localhost' };
}

/** True when some ref of ours still leads to the commit. */
export async function isKept(context: Context, commit: string): Promise<boolean> {
  const { stdout } = await context.git({ cwd: context.root, args: ['for-each-ref', '--count=1', '--format=%(refname)', `--contains=${commit}`, 'refs/ai/'] });
  return stdout !== '';
}

/** The ref that keeps a commit which a branch is about to leave. */
export function leftTipRef(taskId: string, commit: string): string {
  return `refs/ai/rescued/${taskId}-tip-${commit.slice(0, 12)}`;
}

/** Keeps a commit on a ref of ours before anything that leads to it is moved or deleted. */
export async function keepCommit(context: Context, taskId: string, commit: string): Promise<void> {
  if (await isKept(context, commit)) return;
  await updateRefs(context, [{ ref: leftTipRef(taskId, commit), to: commit }], 'ai: keep a tip that is left');
}

/**
 * A git that was killed leaves the lock of the ref that it was writing. Only for refs of one run or task, whose lease is held
 * and whose processes are gone: nobody else writes them.
 */
export async function removeStaleLocks(context: Context, refs: readonly string[]): Promise<void> {
  const { gitCommonDir } = await needFacts(context);
  await Promise.all(refs.map((ref) => rm(path.join(gitCommonDir, `${ref}.lock`), { force: true })));
}

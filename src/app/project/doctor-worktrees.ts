import { isAiError } from '../../domain/kernel/errors.js';
import { ID_LENGTH, type TaskId } from '../../domain/kernel/ids.js';
import type { Run } from '../../domain/run/run.js';
import type { AppDeps } from '../deps.js';
import type { Check } from './check.js';

type WorktreeDeps = Pick<AppDeps, 'store' | 'workspaces'>;

const MAX_RUNS = 100;
/** `t-4k9x2m`: what the name of a worktree begins with. */
const TASK_NAME_CHARACTERS = ID_LENGTH + 2;

/** A worktree is removed when its run ends; one that is still there without a live run was left by a crash, or holds something that is kept nowhere else. */
export async function checkWorktrees(deps: WorktreeDeps, worktrees: readonly string[]): Promise<Check[]> {
  const orphans = await findOrphans(deps, worktrees);
  return orphans.map(({ path }) => ({ name: 'worktrees', state: 'warning', message: `${path} belongs to no live run.`, steps: ['ai doctor --fix', 'If it stays: it holds work that is on no branch. Look at it, keep what you want, then remove the folder.'] }));
}

/** Removes those whose content is on a ref. Answers a sentence for each. */
export async function removeOrphans(deps: WorktreeDeps, worktrees: readonly string[]): Promise<string[]> {
  const removed: string[] = [];
  for (const { path, run } of await findOrphans(deps, worktrees)) {
    if (run !== undefined && (await removeOrphan(deps, run))) removed.push(`The worktree ${path} is removed; its work is kept on refs.`);
  }
  return removed;
}

interface Orphan {
  readonly path: string;
  /** The run that worked there, when it is known. */
  readonly run: Run | undefined;
}

async function findOrphans(deps: WorktreeDeps, worktrees: readonly string[]): Promise<Orphan[]> {
  if (worktrees.length === 0) return [];
  const live = await deps.store.listLiveRuns();
  const orphans: Orphan[] = [];
  for (const path of worktrees) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const taskId = name.slice(0, TASK_NAME_CHARACTERS) as TaskId;
    // A run in an early phase has a worktree before the record says where.
    if (live.some((run) => run.taskId === taskId)) continue;
    const runs = await deps.store.listRuns(taskId, MAX_RUNS);
    orphans.push({ path, run: runs.find((run) => run.workspace === path) });
  }
  return orphans;
}

async function removeOrphan(deps: WorktreeDeps, run: Run): Promise<boolean> {
  if (run.workspace === null || run.base === null) return false;
  try {
    const workspace = { path: run.workspace, branch: run.branch, base: run.base, isolation: 'worktree' } as const;
    return await (await deps.workspaces()).remove(workspace, { taskId: run.taskId, runId: run.id });
  } catch (error) {
    if (!isAiError(error)) throw error;
    // It stays, and the check that follows says so.
    return false;
  }
}

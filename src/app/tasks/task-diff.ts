import type { RunId } from '../../domain/kernel/ids.js';
import type { ChangedFile } from '../../domain/run/run.js';
import type { AppDeps } from '../deps.js';
import { runOfTask } from './task-run.js';

export interface TaskDiff {
  readonly run: RunId;
  readonly base: string | null;
  readonly head: string | null;
  readonly changedFiles: readonly ChangedFile[];
  /** As git prints it; empty when nothing changed. */
  readonly patch: Uint8Array;
  /** Whether the patch is the stored one, found by its digest. */
  readonly missing: boolean;
}

/** What a run changed, from its evidence. Throws RUN_NOT_FOUND. */
export async function taskDiff(deps: Pick<AppDeps, 'store' | 'runFiles'>, input: { readonly id: string; readonly run: string | null }): Promise<TaskDiff> {
  const { run } = await runOfTask(deps, input);
  const item = run.evidence.find((evidence) => evidence.kind === 'patch');
  const patch = item === undefined ? undefined : await (await deps.runFiles()).readEvidence(item.sha256);
  return { run: run.id, base: run.base, head: run.head, changedFiles: run.changedFiles, patch: patch ?? new Uint8Array(), missing: item !== undefined && patch === undefined };
}

import { isAiError } from '../../domain/kernel/errors.js';
import type { RunId, TaskId } from '../../domain/kernel/ids.js';
import { protectedChanges, protectedMessage } from '../../domain/run/protected-changes.js';
import type { ProtectedState } from '../../ports/workspaces.js';
import type { AppDeps } from '../deps.js';
import type { RunUpdate } from './run-update.js';

export type WatchDeps = Pick<AppDeps, 'workspaces' | 'settings' | 'store'>;

export interface WatchedRun {
  readonly task: { readonly id: TaskId };
  readonly runId: RunId;
  readonly onUpdate: (update: RunUpdate) => void;
}

/** Null without a repository, and where git can't tell (a damaged index of the person): a run does not fail for that, and says so. */
export async function lookAtProtected(deps: WatchDeps, { onUpdate }: Pick<WatchedRun, 'onUpdate'>): Promise<ProtectedState | null> {
  try {
    return await (await deps.workspaces()).readProtected(deps.settings.execution.copyFiles);
  } catch (error) {
    if (!isAiError(error)) throw error;
    onUpdate({ kind: 'note', text: `Changes of protected files are not watched in this run: ${error.message}` });
    return null;
  }
}

/**
 * What changed outside of the workspace while the agent worked. All of it is on record; changed hooks, configuration and secrets
 * are the answer, for a person to look at before the work lands. Edits of the main working tree may be the person's own.
 */
export async function protectedSince(deps: WatchDeps, run: WatchedRun, before: ProtectedState | null): Promise<string | null> {
  const after = before === null ? null : await lookAtProtected(deps, run);
  if (before === null || after === null) return null;
  const changes = protectedChanges(before, after);
  if (changes.files.length + changes.checkout.length === 0) return null;
  await deps.store.appendEvent({ type: 'run.protected_changed', task: run.task.id, run: run.runId, token: null, data: { files: changes.files, checkout: changes.checkout } });
  if (changes.checkout.length > 0) run.onUpdate({ kind: 'note', text: `While the agent worked, files of your own working tree changed: ${changes.checkout.slice(0, 5).join(', ')}${changes.checkout.length > 5 ? ' and more' : ''}.` });
  return protectedMessage(changes);
}

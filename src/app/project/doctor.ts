import { isAiError } from '../../domain/kernel/errors.js';
import type { AppDeps } from '../deps.js';
import { repairAll } from '../runs/repair-runs.js';
import { checkAgents, checkGit, checkNode } from './doctor-environment.js';
import { checkDatabase, databaseFailure } from './doctor-database.js';
import { checkLeftovers } from './doctor-leftovers.js';
import { checkWorktrees, removeOrphans } from './doctor-worktrees.js';
import type { Check } from './check.js';
import type { Examination } from './examination.js';

export interface Diagnosis {
  readonly checks: readonly Check[];
  /** What `--fix` repaired, one sentence each. */
  readonly fixed: readonly string[];
  readonly healthy: boolean;
}

/** Checks everything that can be checked, whatever else is broken. With `fix`, repairs first what can be repaired without losing anything. */
export async function doctor(examination: Examination, options: { readonly fix: boolean }): Promise<Diagnosis> {
  const { deps } = examination;
  const fixed = options.fix && deps.ok ? await repairEverything(deps.value, examination) : [];
  const checks = [
    checkNode(examination.nodeVersion),
    await checkGit(examination),
    ...checkPlace(examination),
    checkSettings(examination),
    ...(deps.ok ? await checkStored(deps.value, examination) : []),
    ...(await checkAgents(examination)),
  ];
  return { checks, fixed, healthy: checks.every((check) => check.state !== 'problem') };
}

async function checkStored(deps: AppDeps, examination: Examination): Promise<Check[]> {
  try {
    return [...(await checkDatabase(deps.store, examination.backups)), ...(await checkLeftovers(deps)), ...(await checkWorktrees(deps, examination.worktrees()))];
  } catch (error) {
    if (!isAiError(error)) throw error;
    return [databaseFailure(error, examination)];
  }
}

async function repairEverything(deps: AppDeps, { worktrees }: Examination): Promise<string[]> {
  try {
    return [...(await repairAll(deps)), ...(await deps.store.repairDerived()), ...(await removeOrphans(deps, worktrees()))];
  } catch (error) {
    if (!isAiError(error)) throw error;
    // The same fault shows in the checks that follow, with its way out.
    return [];
  }
}

function checkPlace(examination: Examination): Check[] {
  const { place, deps } = examination;
  if (!place.ok) return [failed('control plane', place.error)];
  const found: Check = { name: 'control plane', state: 'ok', message: place.value.root, steps: [] };
  return deps.ok ? [found] : [found, databaseFailure(deps.error, examination)];
}

function checkSettings({ settings, place }: Examination): Check {
  if (!settings.ok) return failed('settings', settings.error);
  return place.ok ? { name: 'settings', state: 'ok', message: 'Every setting is understood.', steps: [] } : { name: 'settings', state: 'skipped', message: 'Not read: there is no control plane.', steps: [] };
}

function failed(name: string, error: { readonly message: string; readonly hint: string | undefined }): Check {
  return { name, state: 'problem', message: error.message, steps: error.hint === undefined ? [] : [error.hint] };
}

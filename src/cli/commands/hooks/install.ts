import { installHooks, uninstallHooks, type ChangeHooksInput } from '../../../app/hooks/manage-hooks.js';
import type { Answer } from '../../io.js';
import { presentHooksChange } from '../../present/hooks.js';
import type { ShellContext } from '../../shell.js';
import { openHooks } from './hooks-host.js';

export interface HooksOptions {
  readonly preCommit?: boolean;
  readonly prePush?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export async function runInstall({ host, globals }: ShellContext, _args: readonly [], options: HooksOptions): Promise<Answer> {
  return presentHooksChange('hooks.install', await installHooks(await openHooks(host, globals), inputOf(options)));
}

export async function runUninstall({ host, globals }: ShellContext, _args: readonly [], options: HooksOptions): Promise<Answer> {
  return presentHooksChange('hooks.uninstall', await uninstallHooks(await openHooks(host, globals), inputOf(options)));
}

function inputOf({ preCommit, prePush, force, dryRun }: HooksOptions): ChangeHooksInput {
  return { names: [...(preCommit === true ? (['pre-commit'] as const) : []), ...(prePush === true ? (['pre-push'] as const) : [])], force: force === true, dryRun: dryRun === true };
}

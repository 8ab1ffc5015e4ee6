import type { HookDeps } from '../../../app/hooks/manage-hooks.js';
import type { GlobalOptions, Host } from '../../host.js';

/** What these verbs ask of the composition: the hooks of the repository around the current folder, or around `--root`. No database is opened. */
export interface HooksHost {
  openHooks(globals: GlobalOptions): Promise<HookDeps>;
}

export function openHooks(host: Host, globals: GlobalOptions): Promise<HookDeps> {
  return (host as Host & HooksHost).openHooks(globals);
}

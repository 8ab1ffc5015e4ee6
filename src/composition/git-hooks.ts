import path from 'node:path';
import type { HookDeps } from '../app/hooks/manage-hooks.js';
import type { GlobalOptions } from '../cli/host.js';
import { createGitHooks } from '../adapters/git-hooks/git-hooks.js';
import { createProcesses } from '../adapters/process/processes.js';
import { once } from './once.js';
import { sha256 } from './open-deps.js';
import type { Surroundings } from './project.js';

/** The hooks of the repository around the current folder, or around `--root`; it need not be a control plane. */
export function openGitHooks({ environment, cwd, selfArgv }: Pick<Surroundings, 'environment' | 'cwd' | 'selfArgv'>, globals: GlobalOptions): HookDeps {
  const processes = once(async () => createProcesses());
  return { hooks: createGitHooks({ run: async (order) => (await processes()).run(order), environment, cwd: path.resolve(cwd, globals.root ?? '.') }), selfArgv, sha256 };
}

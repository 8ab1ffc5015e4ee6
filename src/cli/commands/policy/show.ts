import { showPolicy } from '../../../app/policy/tools/show-policy.js';
import type { Answer } from '../../io.js';
import { presentPolicy } from '../../present/policy-show.js';
import type { ProjectContext } from '../../shell.js';

interface ShowOptions {
  readonly effective?: boolean;
  readonly for?: string;
  readonly at?: string;
}

export async function runShow({ deps }: ProjectContext, _args: readonly [], options: ShowOptions): Promise<Answer> {
  return presentPolicy(await showPolicy(deps, { agent: options.for ?? null, revision: options.at ?? null }), options.effective === true);
}

import { DEFAULT_PACK, initPolicy } from '../../../app/policy/tools/init-policy.js';
import type { Answer } from '../../io.js';
import { presentInit } from '../../present/policy-init.js';
import type { ProjectContext } from '../../shell.js';

interface InitOptions {
  readonly pack?: string;
  readonly print?: boolean;
}

export async function runInit({ deps }: ProjectContext, _args: readonly [], { pack, print }: InitOptions): Promise<Answer> {
  return presentInit(await initPolicy(deps, { pack: pack ?? DEFAULT_PACK, printOnly: print === true }));
}

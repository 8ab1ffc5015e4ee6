import type { AppDeps } from '../deps.js';
import { PROJECT_POLICY } from '../policy/policy-texts.js';
import { DEFAULT_PACK, initPolicy } from '../policy/tools/init-policy.js';

export const offeredPack = DEFAULT_PACK;

export async function hasPolicy(deps: Pick<AppDeps, 'policyFiles'>): Promise<boolean> {
  return (await (await deps.policyFiles()).readWorking(PROJECT_POLICY)) !== null;
}

/** Answers the path of what was written. Throws FILE_NOT_FOUND naming the packs, ALREADY_EXISTS. */
export async function writePolicy(deps: Pick<AppDeps, 'policyFiles'>, pack: string): Promise<string> {
  await initPolicy(deps, { pack, printOnly: false });
  return PROJECT_POLICY;
}

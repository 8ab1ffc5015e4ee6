import type { AppDeps } from '../../deps.js';
import { PROJECT_POLICY } from '../load-policy.js';

export type InitDeps = Pick<AppDeps, 'policyFiles'>;

export const DEFAULT_PACK = 'default';

export interface InitialisedPolicy {
  readonly pack: string;
  readonly packs: readonly string[];
  /** Null when it was only to be printed. */
  readonly path: string | null;
  readonly text: string;
  readonly rules: number;
}

/** Writes the policy of a shipped pack where none is. Throws FILE_NOT_FOUND naming the packs, ALREADY_EXISTS. */
export async function initPolicy(deps: InitDeps, { pack, printOnly }: { readonly pack: string; readonly printOnly: boolean }): Promise<InitialisedPolicy> {
  const files = await deps.policyFiles();
  const [text, packs] = await Promise.all([files.readPack(pack), files.listPacks()]);
  const { layer } = await files.parse({ layer: 'project', source: PROJECT_POLICY, revision: null, text });
  if (!printOnly) await files.writeNew(PROJECT_POLICY, text);
  return { pack, packs, path: printOnly ? null : PROJECT_POLICY, text, rules: layer.rules.length };
}

import { AiError } from '../../domain/kernel/errors.js';
import { comparisonKey } from '../../domain/glob/comparison-key.js';
import type { ChangeSet, ChangeSource, TreeName } from '../../ports/change-source.js';
import type { TrustedPolicyFile } from './check-input.js';

export const POLICY_PATH = '.ai/policy.yaml';
/** Far above what the parser takes, so that its own message is the one that is read. */
const MAX_POLICY_BYTES = 1024 * 1024;

/**
 * The policy that judges the changes: of HEAD for what is staged, of the merge base for a range. Only where HEAD has no
 * policy yet is the one in the index taken. Throws INVALID_POLICY for a policy that is a link, a folder or huge.
 */
export async function readTrustedPolicy(changes: ChangeSource, set: Pick<ChangeSet, 'mode' | 'base'>): Promise<TrustedPolicyFile | null> {
  const committed = set.base === null ? null : await readPolicyAt(changes, { commit: set.base });
  if (committed !== null || set.mode === 'range') return committed;
  return readPolicyAt(changes, 'index');
}

async function readPolicyAt(changes: ChangeSource, tree: TreeName): Promise<TrustedPolicyFile | null> {
  const file = await changes.readFile(tree, POLICY_PATH, MAX_POLICY_BYTES);
  if (file === null) return null;
  const where = tree === 'index' ? 'the index' : tree.commit.slice(0, 12);
  if (file.mode !== 'file' && file.mode !== 'executable') throw unusable(`${POLICY_PATH} in ${where} is a ${file.mode === 'symlink' ? 'symbolic link' : 'submodule'}; a policy has to be a plain file, so that it can't be swapped from elsewhere.`);
  if (file.text === null) throw unusable(`${POLICY_PATH} in ${where} has ${file.bytes} bytes, too many for a policy.`);
  return { path: POLICY_PATH, revision: tree === 'index' ? null : tree.commit, text: file.text };
}

function unusable(message: string): AiError {
  return new AiError({ code: 'INVALID_POLICY', message, hint: 'ai policy init writes one to start from' });
}

/** Folded, as a disk that ignores case sees it. A folder on the way counts: to replace it replaces the policy. */
const POLICY_NAME = /^\.ai(\/(policy([^/]*|\/.*)|agents(\/[^/]+(\/policy[^/]*)?)?))?$/s;

/** True when a change of the path changes which policy is in force. */
export function isPolicyPath(path: string): boolean {
  return POLICY_NAME.test(comparisonKey(path, true));
}

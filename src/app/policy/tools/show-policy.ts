import type { EffectivePolicy } from '../../../domain/policy/layer.js';
import { policyDigest } from '../../../domain/policy/layers/digest.js';
import { parseAgentId } from '../../../domain/kernel/ids.js';
import type { AppDeps } from '../../deps.js';
import { loadPolicy } from '../load-policy.js';
import { resolveCommit } from './named-policy.js';

export type ShowDeps = Pick<AppDeps, 'store' | 'clock' | 'sha256' | 'policyFiles' | 'changes' | 'place'>;

export interface ShowInput {
  readonly agent: string | null;
  readonly revision: string | null;
}

export interface ShownPolicy {
  readonly policy: EffectivePolicy;
  readonly digest: string;
  /** Sources that no commit has. */
  readonly uncommitted: readonly string[];
  /** Somebody wrote a policy; without one only the built-in floor is in force. */
  readonly isWritten: boolean;
}

/** The policy in force, all layers of it. Throws INVALID_POLICY, AGENT_NOT_FOUND, INVALID_INPUT. */
export async function showPolicy(deps: ShowDeps, { agent, revision }: ShowInput): Promise<ShownPolicy> {
  const id = agent === null ? null : (await deps.store.getAgent(parseAgentId(agent))).id;
  const commit = revision === null ? null : await resolveCommit(deps, revision);
  const { policy, uncommitted, isWritten } = await loadPolicy(deps, { agent: id, task: null, commit });
  return { policy, digest: policyDigest(policy, deps.sha256), uncommitted, isWritten };
}

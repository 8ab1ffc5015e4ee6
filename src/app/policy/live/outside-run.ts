import { isAiError } from '../../../domain/kernel/errors.js';
import { parseAgentId } from '../../../domain/kernel/ids.js';
import type { HookRequest } from '../../../domain/live/hook-protocol.js';
import type { LiveAnswer } from '../../../domain/live/tool-call.js';
import type { Agent } from '../../../domain/agent/agent.js';
import type { AppDeps } from '../../deps.js';
import { loadPolicy } from '../load-policy.js';
import { LiveGate } from './live-gate.js';
import { livePolicyOf, type LiveDeps } from './with-live-policy.js';

/**
 * Decides one call of a client that nobody supervises, by the policy of the commit that is checked out. The client counts as an
 * agent, also when a person sits before it: what it does, nobody has typed. Without a registration it has the name of its kind.
 */
export async function decideOutsideRun(deps: LiveDeps & Pick<AppDeps, 'actor'>, request: HookRequest): Promise<LiveAnswer> {
  const agent = await agentOf(deps, request.client);
  const [live, loaded] = await Promise.all([livePolicyOf(deps), loadPolicy(deps, { agent: agent.id, task: null, commit: null })]);
  const gate = new LiveGate(deps, {
    subject: { agent, actor: deps.actor, task: null, run: null, branch: deps.place.currentBranch, unattended: false, workspace: deps.place.root },
    loaded,
    realPath: live.realPath,
    toolCallLimit: null,
    onLimit: () => undefined,
    costUsd: () => null,
  });
  return gate.decide(request);
}

async function agentOf(deps: Pick<AppDeps, 'store' | 'actor'>, client: string): Promise<Pick<Agent, 'id' | 'role' | 'labels' | 'model'>> {
  const id = parseAgentId(deps.actor.startsWith('agent:') ? deps.actor.slice('agent:'.length) : client);
  try {
    return await deps.store.getAgent(id);
  } catch (error) {
    if (!isAiError(error, 'AGENT_NOT_FOUND')) throw error;
    return { id, role: null, labels: [], model: null };
  }
}

import type { Agent } from '../../domain/agent/agent.js';
import { AiError } from '../../domain/kernel/errors.js';
import { parseAgentId, type AgentId } from '../../domain/kernel/ids.js';
import type { Task } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';

export interface AgentVerdict {
  readonly agent: AgentId;
  readonly eligible: boolean;
  /** Higher is better; only among eligible ones. */
  readonly score: number;
  readonly reasons: readonly string[];
}

const PINNED_SCORE = 1_000;
const LABEL_SCORE = 10;

/** Pure: may this agent take the task, how well does it fit, and why. */
export function agentVerdict(agent: Agent, task: Task, liveRuns: number): AgentVerdict {
  const missing = task.requires.filter((capability) => !agent.capabilities.includes(capability));
  const against = [
    ...(agent.enabled ? [] : ['disabled']),
    ...(agent.pausedReason === null ? [] : [`paused: ${agent.pausedReason}`]),
    ...(missing.length === 0 ? [] : [`lacks ${missing.join(', ')}`]),
    ...(liveRuns < agent.concurrency ? [] : [`works on ${liveRuns} of at most ${agent.concurrency}`]),
    ...(task.agent === null || task.agent === agent.id ? [] : [`the task is pinned to ${task.agent}`]),
  ];
  const shared = task.labels.filter((label) => agent.labels.includes(label));
  const pinned = task.agent === agent.id;
  const inFavour = [...(pinned ? ['pinned'] : []), ...(shared.length > 0 ? [`labels ${shared.join(', ')}`] : []), `${liveRuns} of ${agent.concurrency} busy`];
  const score = (pinned ? PINNED_SCORE : 0) + shared.length * LABEL_SCORE - liveRuns;
  return { agent: agent.id, eligible: against.length === 0, score, reasons: against.length > 0 ? against : inFavour };
}

/**
 * The agent that runs this task: the one asked for, else the pinned one, else the configured default,
 * else the best eligible one (ties: by id). Throws AGENT_NOT_FOUND, AGENT_UNAVAILABLE.
 */
export async function chooseAgent(deps: Pick<AppDeps, 'store' | 'settings'>, task: Task, wanted: string | null): Promise<Agent> {
  const name = wanted ?? task.agent ?? deps.settings.execution.agent;
  if (name !== null) return named(deps, task, name);
  const agents = await deps.store.listAgents();
  if (agents.length === 0) {
    throw new AiError({ code: 'AGENT_NOT_FOUND', message: 'No agent is registered, so nobody can execute the task.', hint: 'ai agent detect   or   ai agent register coder --connector command -- ./my-agent.sh' });
  }
  const verdicts = await Promise.all(agents.map(async (agent) => agentVerdict(agent, task, await deps.store.countLiveRuns(agent.id))));
  const best = verdicts.filter((verdict) => verdict.eligible).sort((a, b) => b.score - a.score || (a.agent < b.agent ? -1 : 1))[0];
  const agent = agents.find((candidate) => candidate.id === best?.agent);
  if (agent === undefined) throw unavailable(task, verdicts);
  return agent;
}

async function named(deps: Pick<AppDeps, 'store'>, task: Task, name: string): Promise<Agent> {
  const agent = await deps.store.getAgent(parseAgentId(name));
  const verdict = agentVerdict(agent, { ...task, agent: null }, await deps.store.countLiveRuns(agent.id));
  if (!verdict.eligible) throw unavailable(task, [verdict]);
  return agent;
}

function unavailable(task: Task, verdicts: readonly AgentVerdict[]): AiError {
  const paused = verdicts.find((verdict) => verdict.reasons.some((reason) => reason.startsWith('paused') || reason === 'disabled'));
  return new AiError({
    code: 'AGENT_UNAVAILABLE',
    message: `No agent can take ${task.id} now: ${verdicts.map((verdict) => `${verdict.agent} (${verdict.reasons.join(', ')})`).join('; ')}.`,
    hint: paused === undefined ? `ai task why ${task.id}` : `ai agent enable ${paused.agent}`,
    retryable: true,
    details: { task: task.id, agents: verdicts },
  });
}

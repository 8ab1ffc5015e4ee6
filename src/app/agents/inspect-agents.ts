import type { Agent } from '../../domain/agent/agent.js';
import { parseAgentId } from '../../domain/kernel/ids.js';
import type { Run } from '../../domain/run/run.js';
import type { Detection } from '../../ports/connector.js';
import type { AppDeps } from '../deps.js';

export interface AgentRow {
  readonly agent: Agent;
  readonly liveRuns: number;
}

export interface AgentDetail extends AgentRow {
  readonly detection: Detection;
  readonly runs: readonly Run[];
}

export interface DetectedConnector {
  readonly connector: string;
  readonly summary: string;
  readonly detection: Detection;
  /** Agents that use it. */
  readonly registered: readonly string[];
}

export async function listAgents(deps: Pick<AppDeps, 'store'>): Promise<readonly AgentRow[]> {
  const agents = await deps.store.listAgents();
  return Promise.all(agents.map(async (agent) => ({ agent, liveRuns: await deps.store.countLiveRuns(agent.id) })));
}

/** Throws AGENT_NOT_FOUND. */
export async function showAgent(deps: Pick<AppDeps, 'store' | 'connectors'>, idText: string): Promise<AgentDetail> {
  const agent = await deps.store.getAgent(parseAgentId(idText));
  const detection = await (await deps.connectors()).get(agent.connector).detect(agent);
  const live = await deps.store.listLiveRuns();
  const runs = live.filter((run) => run.agent === agent.id);
  return { agent, liveRuns: runs.length, detection, runs };
}

/** Looks for every known agent CLI, without spending a token or reaching the network. */
export async function detectAgents(deps: Pick<AppDeps, 'store' | 'connectors'>): Promise<readonly DetectedConnector[]> {
  const agents = await deps.store.listAgents();
  const connectors = (await deps.connectors()).list();
  return Promise.all(
    connectors.map(async (connector) => ({
      connector: connector.kind,
      summary: connector.summary,
      detection: await connector.detect(null),
      registered: agents.filter((agent) => agent.connector === connector.kind).map((agent) => agent.id),
    })),
  );
}

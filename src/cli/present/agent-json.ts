import type { AgentDetail } from '../../app/agents/inspect-agents.js';
import type { Agent } from '../../domain/agent/agent.js';
import { iso } from '../time.js';

export type Detection = AgentDetail['detection'];

/** A registered agent. Only names of variables are stored, so only names can be shown. */
export function agentJson(agent: Agent): Record<string, unknown> {
  return {
    id: agent.id,
    connector: agent.connector,
    role: agent.role,
    model: agent.model,
    labels: agent.labels,
    capabilities: agent.capabilities,
    concurrency: agent.concurrency,
    argv: agent.argv,
    env: agent.env,
    enabled: agent.enabled,
    pausedReason: agent.pausedReason,
    createdAt: iso(agent.createdAtMs),
    updatedAt: iso(agent.updatedAtMs),
  };
}

export function detectionJson(detection: Detection): Record<string, unknown> {
  const { installed, path, version, loggedIn, capabilities, problem } = detection;
  return { installed, path, version, loggedIn, capabilities: { ...capabilities }, problem };
}

import { minimalEnvironment } from '../../domain/run/environment.js';
import type { Agent } from '../../domain/agent/agent.js';
import type { Lease } from '../../domain/lease/lease.js';
import type { Task } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';

export interface EnvironmentOrder {
  readonly task: Task;
  readonly agent: Agent;
  readonly lease: Pick<Lease, 'token' | 'runId'>;
  /** Names that the connector's client needs. */
  readonly connectorNames: readonly string[];
  readonly briefingFile: string;
  readonly programFolder: string;
}

/** What a spawned agent sees: the basics, the variables that were named, and its place in the control plane. */
export function agentEnvironment(deps: Pick<AppDeps, 'environment' | 'place'>, order: EnvironmentOrder): Record<string, string> {
  const inherited = minimalEnvironment(deps.environment, [...order.agent.env, ...order.connectorNames]);
  const { task } = order;
  return {
    ...inherited,
    PATH: `${order.programFolder}:${inherited['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}`,
    AI_ROOT: deps.place.root,
    AI_TASK_ID: task.id,
    AI_TASK_IDS: task.id,
    AI_AGENT_ID: order.agent.id,
    AI_LEASE_TOKEN: String(order.lease.token),
    AI_BRIEFING: order.briefingFile,
    ...(order.lease.runId === null ? {} : { AI_RUN_ID: order.lease.runId, AI_SESSION_ID: order.lease.runId }),
    ...(task.project === null ? {} : { AI_PROJECT_ID: task.project }),
    ...(task.skills[0] === undefined ? {} : { AI_SKILL: task.skills[0] }),
  };
}

/** Checks get the basics only: no lease, no keys. */
export function checkEnvironment(deps: Pick<AppDeps, 'environment' | 'place'>, task: Task): Record<string, string> {
  return { ...minimalEnvironment(deps.environment, []), AI_ROOT: deps.place.root, AI_TASK_ID: task.id };
}

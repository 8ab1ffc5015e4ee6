import type { Agent } from '../../domain/agent/agent.js';
import type { ClaimObstacle, Task } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';
import { agentVerdict, type AgentVerdict } from '../agents/choose-agent.js';
import { resolveTaskId } from './resolve-id.js';

export interface TaskWhy {
  readonly task: Task;
  /** Empty when the task can be claimed now. */
  readonly obstacles: readonly ClaimObstacle[];
  /** Every registered agent, and what speaks for or against it. */
  readonly agents: readonly AgentVerdict[];
  readonly attempts: { readonly failures: number; readonly lost: number; readonly maxAttempts: number };
}

/** Why a task does or does not move, and who could take it. */
export async function explainTask(deps: Pick<AppDeps, 'store'>, idText: string): Promise<TaskWhy> {
  const id = await resolveTaskId(deps.store, idText);
  const task = await deps.store.getTask(id);
  const obstacles = await deps.store.explainClaim(id, null);
  const agents = await Promise.all((await deps.store.listAgents()).map((agent: Agent) => verdictOf(deps, agent, task)));
  return { task, obstacles, agents, attempts: { failures: task.failures, lost: task.lost, maxAttempts: task.maxAttempts } };
}

async function verdictOf(deps: Pick<AppDeps, 'store'>, agent: Agent, task: Task): Promise<AgentVerdict> {
  return agentVerdict(agent, task, await deps.store.countLiveRuns(agent.id));
}

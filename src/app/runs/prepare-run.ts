import type { Agent } from '../../domain/agent/agent.js';
import { AiError } from '../../domain/kernel/errors.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import type { Run } from '../../domain/run/run.js';
import type { Task } from '../../domain/task/task.js';
import type { Connector, Detection } from '../../ports/connector.js';
import type { DependencyWork, WorkspaceOrder } from '../../ports/workspaces.js';
import { chooseAgent } from '../agents/choose-agent.js';
import type { AppDeps } from '../deps.js';
import { resolveTaskId } from '../tasks/resolve-id.js';

/** Who would run the task and how; settled before anything is claimed, so that a missing program burns nothing. */
export interface RunPreparation {
  readonly task: Task;
  readonly agent: Agent;
  readonly connector: Connector;
  readonly detection: Detection;
  readonly previous: Run | null;
}

/** Throws TASK_NOT_FOUND, AGENT_NOT_FOUND, AGENT_UNAVAILABLE, AGENT_CLI_MISSING. Writes nothing. */
export async function prepareRun(deps: AppDeps, input: { readonly id: string; readonly agent: string | null }): Promise<RunPreparation> {
  const id = await resolveTaskId(deps.store, input.id);
  const task = await deps.store.getTask(id);
  const agent = await chooseAgent(deps, task, input.agent);
  const connector = (await deps.connectors()).get(agent.connector);
  const detection = await connector.detect(agent);
  if (!detection.installed) {
    throw new AiError({
      code: 'AGENT_CLI_MISSING',
      message: `Agent ${agent.id} can't run: ${detection.problem ?? `the program of connector ${agent.connector} was not found.`}`,
      hint: `ai agent show ${agent.id}`,
      details: { agent: agent.id, connector: agent.connector },
    });
  }
  if (detection.loggedIn === false) {
    throw new AiError({ code: 'CREDENTIALS', message: `Agent ${agent.id} can't run: ${detection.problem ?? `${agent.connector} is not logged in.`}`, hint: `ai agent show ${agent.id}`, details: { agent: agent.id } });
  }
  // A run that ended before it had a workspace says nothing about the work; one in place never has a branch.
  const previous = (await deps.store.latestRunWithBranch(id)) ?? (await deps.store.latestRun(id)) ?? null;
  return { task, agent, connector, detection, previous };
}

/** The finished work that a task builds on, in the order in which it was declared. */
export async function dependencyWork(deps: Pick<AppDeps, 'store'>, task: Task): Promise<readonly DependencyWork[]> {
  const works: DependencyWork[] = [];
  for (const taskId of task.dependsOn) {
    const run = await latestWork(deps, taskId);
    if (run?.head != null && run.branch !== null) works.push({ taskId, head: run.head, landedCommit: run.landedCommit });
  }
  return works;
}

const LOOKED_AT_RUNS = 100;

/** The newest run that succeeded. */
export async function latestWork(deps: Pick<AppDeps, 'store'>, taskId: TaskId): Promise<Run | undefined> {
  const runs = await deps.store.listRuns(taskId, LOOKED_AT_RUNS);
  return runs.find((run) => run.outcome === 'succeeded');
}

/** Work of an earlier attempt is continued, unless it broke the rules: then the next one starts fresh. */
export function continueFrom(previous: Run | null): WorkspaceOrder['continueFrom'] {
  if (previous?.base == null || previous.head === null || previous.branch === null) return null;
  if (previous.outcome === 'write_outside_scope' || previous.outcome === 'policy_denied') return null;
  return { base: previous.base, head: previous.head };
}

import type { Agent } from '../../domain/agent/agent.js';
import type { Facts } from '../../domain/policy/facts.js';
import type { Subject } from '../../domain/policy/request.js';
import type { TaskSpec } from '../../domain/task/task.js';

export interface Acting {
  readonly agent: Pick<Agent, 'id' | 'role' | 'labels' | 'model'> | null;
  /** `user:NAME` or `agent:ID`, as the launcher of this process knows it. */
  readonly actor: string;
  readonly task: string | null;
  readonly run: string | null;
}

/** Who acts, from the registration of the agent and never from what it says of itself. */
export function subjectOf({ agent, actor, task, run }: Acting): Subject {
  return {
    agent: agent?.id ?? null,
    roles: agent?.role == null ? [] : [agent.role],
    labels: agent?.labels ?? [],
    user: actor.replace(/^(user|agent):/, ''),
    session: null,
    run,
    task,
  };
}

export function agentFacts(agent: Acting['agent']): Facts {
  if (agent === null) return {};
  return { 'agent.id': agent.id, 'agent.labels': agent.labels, ...(agent.role === null ? {} : { 'agent.role': agent.role }), ...(agent.model === null ? {} : { 'agent.model': agent.model }) };
}

const RISK = /^risk:(low|medium|high)$/;

export function taskFacts(task: Omit<TaskSpec, 'parent' | 'dependsOn'> & { readonly id?: string; readonly attempt?: number }): Facts {
  const risk = task.labels.map((label) => RISK.exec(label)?.[1]).find((found) => found !== undefined);
  return {
    ...(task.id === undefined ? {} : { 'task.id': task.id }),
    'task.title': task.title,
    'task.type': task.type,
    'task.priority': task.priority,
    'task.labels': task.labels,
    'task.risk': risk ?? 'unknown',
    'task.attempt': task.attempt ?? 0,
    'task.locks': task.locks.map((lock) => lock.pattern),
    ...(task.budgetUsd === null ? {} : { 'task.budgetUsd': Number(task.budgetUsd) }),
    ...(task.targetBranch === null ? {} : { 'branch.target': task.targetBranch }),
  };
}

/** Hour and weekday in UTC; Monday is 1. */
export function timeFacts(nowMs: number): Facts {
  const now = new Date(nowMs);
  return { 'now.hour': now.getUTCHours(), 'now.weekday': ((now.getUTCDay() + 6) % 7) + 1 };
}

import type { Agent } from '../../domain/agent/agent.js';
import { isExpired, type Lease } from '../../domain/lease/lease.js';
import type { Run } from '../../domain/run/run.js';
import type { TaskStatus } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';

export interface ProjectStatus {
  readonly root: string;
  readonly branch: string | null;
  readonly tasks: Readonly<Record<TaskStatus, number>>;
  readonly ready: number;
  readonly liveRuns: readonly Run[];
  readonly leases: readonly Lease[];
  readonly agents: readonly Agent[];
  /** One sentence each, with the command that helps. */
  readonly problems: readonly StatusProblem[];
}

export interface StatusProblem {
  readonly message: string;
  readonly hint: string;
}

/** What is going on, from a handful of cheap reads. */
export async function projectStatus(deps: Pick<AppDeps, 'store' | 'place' | 'clock'>): Promise<ProjectStatus> {
  const { store, place } = deps;
  const [tasks, ready, liveRuns, leases, agents] = await Promise.all([store.countByStatus(), store.countReady(), store.listLiveRuns(), store.listLeases(), store.listAgents()]);
  const now = deps.clock.now();
  const expired = leases.filter((lease) => isExpired(lease, now));
  return { root: place.root, branch: place.currentBranch, tasks, ready, liveRuns, leases, agents, problems: problems({ tasks, agents, expired }) };
}

function problems(seen: { readonly tasks: Readonly<Record<TaskStatus, number>>; readonly agents: readonly Agent[]; readonly expired: readonly Lease[] }): StatusProblem[] {
  const paused = seen.agents.flatMap((agent) => (agent.pausedReason === null ? [] : [{ message: `Agent ${agent.id} is paused: ${agent.pausedReason}`, hint: `ai agent enable ${agent.id}` }]));
  const expired = seen.expired.map((lease) => ({ message: `The lease of ${lease.holder} on ${lease.taskId} has expired.`, hint: `ai task show ${lease.taskId}` }));
  const failed = seen.tasks.failed === 0 ? [] : [{ message: `${seen.tasks.failed} ${seen.tasks.failed === 1 ? 'task has' : 'tasks have'} failed.`, hint: 'ai task list --status failed' }];
  return [...paused, ...expired, ...failed];
}

import { renderBriefing, type Briefing, type DependencyResult, type PreviousAttempt } from '../../domain/briefing/briefing.js';
import type { Run } from '../../domain/run/run.js';
import type { Task } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';
import { latestWork } from './prepare-run.js';

export interface BriefingOrder {
  readonly task: Task;
  readonly attempt: number;
  readonly previous: Run | null;
  /** True when the workspace starts with the work of the previous attempt. */
  readonly continued: boolean;
}

/** Gathers what the agent must know and renders it. */
export async function buildBriefing(deps: Pick<AppDeps, 'store'>, order: BriefingOrder): Promise<Briefing> {
  const { task } = order;
  const [subtasks, dependents] = await Promise.all([deps.store.listSubtasks(task.id), deps.store.dependentsOf(task.id)]);
  const dependencies: DependencyResult[] = [];
  for (const id of task.dependsOn) {
    const dependency = await deps.store.getTask(id);
    const work = await latestWork(deps, id);
    dependencies.push({ id, title: dependency.title, status: dependency.status, result: dependency.result, changedPaths: (work?.changedFiles ?? []).map((file) => file.path) });
  }
  return renderBriefing({ task, attempt: order.attempt, locks: task.locks, subtasks, dependencies, dependents, previous: previousAttempt(order), projectNotes: null });
}

function previousAttempt({ previous, continued }: BriefingOrder): PreviousAttempt | null {
  if (previous?.outcome == null || previous.outcome === 'succeeded') return null;
  const failing = previous.checks.filter((check) => check.exitCode !== 0);
  return {
    outcome: previous.outcome,
    message: previous.errorMessage,
    checkOutput: failing.map((check) => ({ command: check.command, tail: check.outputTail })),
    continued,
    ref: previous.branch === null ? null : `refs/ai/runs/${previous.id}`,
  };
}

import type { Task, TaskSpec } from '../../domain/task/task.js';
import { readPolicyTexts } from './policy-texts.js';
import type { ClaimGate } from './claim-gate.js';
import type * as TaskPoints from './task-points.js';

export type GateDeps = TaskPoints.TaskPolicyDeps;

type Points = typeof TaskPoints;

/**
 * What the verbs of a task ask before they act. Without a written policy there is nothing to decide at these points (the
 * built-in floor is about files), and the engine is not even loaded.
 */
async function pointsIfWritten(deps: GateDeps, agent: string | null): Promise<Points | null> {
  const texts = await readPolicyTexts(deps, { agent, task: null, commit: null });
  return texts.length === 0 ? null : import('./task-points.js');
}

/** Only what can name an agent: it becomes part of a path. */
const agentOf = (name: string | null): string | null => /^agent:([a-z0-9][a-z0-9._-]{0,62})$/.exec(name ?? '')?.[1] ?? null;

/** Throws POLICY_DENIED, APPROVAL_REQUIRED. */
export async function gateCreate(deps: GateDeps, tasks: readonly Omit<TaskSpec, 'dependsOn' | 'parent'>[]): Promise<void> {
  const points = await pointsIfWritten(deps, agentOf(deps.actor));
  await points?.requireCreate(deps, tasks);
}

/** Throws POLICY_DENIED, APPROVAL_REQUIRED. */
export async function gateComplete(deps: GateDeps, task: Task): Promise<void> {
  const points = await pointsIfWritten(deps, agentOf(task.lease?.holder ?? null) ?? agentOf(deps.actor));
  await points?.requireComplete(deps, task);
}

/** Null where no policy is written. */
export async function claimGate(deps: GateDeps, holder: string): Promise<ClaimGate | null> {
  const points = await pointsIfWritten(deps, agentOf(holder) ?? agentOf(deps.actor));
  return points === null ? null : points.openClaimGate(deps, holder);
}

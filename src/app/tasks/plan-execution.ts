import type { LockConflict, LockRequest } from '../../domain/lock/path-lock.js';
import type { ClaimObstacle, Isolation, Task } from '../../domain/task/task.js';
import { prepareRun } from '../runs/prepare-run.js';
import type { AppDeps } from '../deps.js';

/** What `ai task execute` would do. Nothing is written, nothing is started. */
export interface ExecutionPlan {
  readonly task: Task;
  readonly agent: string;
  readonly connector: string;
  readonly version: string | null;
  readonly argv: readonly string[];
  /** Names only. */
  readonly environment: readonly string[];
  readonly isolation: Isolation;
  readonly targetBranch: string | null;
  readonly locks: readonly LockRequest[];
  readonly verify: readonly string[];
  readonly timeoutMs: number;
  readonly continues: string | null;
  readonly obstacles: readonly ClaimObstacle[];
  readonly conflicts: readonly LockConflict[];
}

const SHOWN_CONFLICTS = 20;

/** Throws like `executeTask` does before its claim. */
export async function planExecution(deps: AppDeps, input: { readonly id: string; readonly agent: string | null }): Promise<ExecutionPlan> {
  const { task, agent, connector, detection, previous } = await prepareRun(deps, input);
  const launch = connector.plan({
    agent,
    workspace: deps.place.root,
    briefing: '',
    briefingFile: 'briefing.md',
    runFolder: '.',
    detection,
    budgetUsd: task.budgetUsd,
    sessionRef: null,
    env: {},
  });
  const named = [...agent.env, ...connector.environmentNames].filter((name) => deps.environment[name] !== undefined);
  return {
    task,
    agent: agent.id,
    connector: connector.kind,
    version: detection.version,
    argv: launch.argv,
    environment: [...new Set([...named, ...Object.keys(launch.env)])].sort(),
    isolation: deps.place.isRepository ? task.isolation : 'none',
    targetBranch: task.targetBranch,
    locks: task.locks,
    verify: task.verify,
    timeoutMs: task.timeoutMs ?? deps.settings.execution.timeoutMs,
    continues: previous?.id ?? null,
    obstacles: await deps.store.explainClaim(task.id, agent.capabilities),
    conflicts: await deps.store.findLockConflicts(task.locks, SHOWN_CONFLICTS),
  };
}

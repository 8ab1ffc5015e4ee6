import type { Agent } from '../../domain/agent/agent.js';
import type { RequiredEvidence } from '../../domain/policy/layer.js';
import type { Task } from '../../domain/task/task.js';
import type { BudgetOrder } from '../../ports/budget-store.js';
import type { RunId } from '../../domain/kernel/ids.js';
import type { Snapshot, Workspace } from '../../ports/workspaces.js';
import { readPolicyTexts } from './policy-texts.js';
import type { RunLimits, TreeToJudge, TreeVerdict } from './run-policy.js';
import type { TaskPolicyDeps } from './task-points.js';

/** The part of policy in one run: settled before the claim, asked again when the agent has ended. */
export interface RunPolicy {
  readonly limits: RunLimits;
  /** Reserved with the claim; null when no money of the day is limited. */
  readonly budget: BudgetOrder | null;
  readonly unattended: boolean;
  /** What the agent left, before it is checked. */
  judge(run: LeftBehind): Promise<TreeVerdict>;
  /** Work that passed its checks, before it counts as done. */
  judgeCompletion(run: LeftBehind, available: readonly RequiredEvidence[]): Promise<TreeVerdict>;
}

export interface LeftBehind {
  readonly task: Task;
  readonly runId: RunId;
  readonly workspace: Workspace;
  readonly snapshot: Snapshot;
}

export interface RunToOpen {
  readonly task: Task;
  readonly agent: Agent;
  readonly unattended: boolean;
}

/**
 * Asks everything that has to be allowed before the claim. Throws POLICY_DENIED and APPROVAL_REQUIRED, and then nothing was
 * claimed; a task whose claim needs an approval waits, blocked, until somebody answers.
 */
export async function openRunPolicy(deps: TaskPolicyDeps, { task, agent, unattended }: RunToOpen): Promise<RunPolicy> {
  const judges = judgesFor(deps, agent);
  const isWritten = (await readPolicyTexts(deps, { agent: agent.id, task: task.id, commit: null })).length > 0;
  if (!isWritten) return { limits: { budgetUsd: task.budgetUsd, timeoutMs: task.timeoutMs, toolCalls: null }, budget: null, unattended, judge: judges.judge, judgeCompletion: async () => ALLOWED };
  const [{ loadPolicy }, { requireExecute }, { budgetOrder, runLimits }] = await Promise.all([import('./load-policy.js'), import('./task-points.js'), import('./run-policy.js')]);
  const loaded = await loadPolicy(deps, { agent: agent.id, task: task.id, commit: null });
  // A task that can't be claimed anyway is refused for that reason, and nobody is asked to approve it.
  if ((await deps.store.explainClaim(task.id, agent.capabilities)).length === 0) await requireExecute(deps, { task, agent, loaded, unattended });
  const limits = runLimits(loaded, task);
  return { limits, budget: budgetOrder(loaded, limits, deps.clock.now().wallMs), unattended, ...judges };
}

const ALLOWED: TreeVerdict = { kind: 'allowed' };

function judgesFor(deps: TaskPolicyDeps, agent: Agent): Pick<RunPolicy, 'judge' | 'judgeCompletion'> {
  const about = ({ task, runId, workspace, snapshot }: LeftBehind, available: readonly RequiredEvidence[]): TreeToJudge => ({
    task,
    run: { id: runId, branch: workspace.branch },
    agent,
    commit: workspace.isolation === 'worktree' ? workspace.base : null,
    head: snapshot.head,
    changed: snapshot.changedFiles,
    evidence: [],
    available,
  });
  return {
    async judge(run) {
      if (run.snapshot.changedFiles.length === 0) return ALLOWED;
      const { judgeTree } = await import('./run-policy.js');
      return withoutWaiting(run.workspace, await judgeTree(deps, about(run, [])));
    },
    async judgeCompletion(run, available) {
      const { judgeCompletion } = await import('./run-policy.js');
      return withoutWaiting(run.workspace, await judgeCompletion(deps, about(run, available)));
    },
  };
}

/** What was done in place is there already, and can't wait anywhere. */
function withoutWaiting(workspace: Workspace, verdict: TreeVerdict): TreeVerdict {
  if (verdict.kind !== 'asked' || workspace.isolation === 'worktree') return verdict;
  return { kind: 'denied', message: `${verdict.message} Work in place can't wait for it.` };
}

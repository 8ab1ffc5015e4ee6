import type { Agent } from '../../domain/agent/agent.js';
import type { Limits, RequiredEvidence } from '../../domain/policy/layer.js';
import { compareDecimals } from '../../domain/policy/layers/decimal.js';
import { effectiveLimits } from '../../domain/policy/layers/limits.js';
import { usdToMicros } from '../../domain/policy/money.js';
import type { ChangedFile, EvidenceItem, Run } from '../../domain/run/run.js';
import type { Task } from '../../domain/task/task.js';
import type { BudgetOrder } from '../../ports/budget-store.js';
import { isPolicyPath } from '../check/policy-files.js';
import { askError, deniedError, enforceAll, requireAllAllowed, type Enforced } from './enforce.js';
import { loadPolicy, type LoadedPolicy } from './load-policy.js';
import { treeQuestion, type TreeOfRun } from './requests.js';
import { askingAs, type TaskPolicyDeps } from './task-points.js';

/** What a run may use: the narrower of policy and task. Null is no limit. */
export interface RunLimits {
  readonly budgetUsd: string | null;
  readonly timeoutMs: number | null;
  readonly toolCalls: number | null;
}

const MINUTE_MS = 60_000;

export function runLimits(loaded: Pick<LoadedPolicy, 'policy'>, task: Pick<Task, 'budgetUsd' | 'timeoutMs'>): RunLimits {
  const { run } = effectiveLimits(loaded.policy);
  return {
    budgetUsd: smaller(run.usd, task.budgetUsd),
    timeoutMs: run.minutes === null ? task.timeoutMs : Math.min(run.minutes * MINUTE_MS, task.timeoutMs ?? Number.POSITIVE_INFINITY),
    toolCalls: run.toolCalls,
  };
}

function smaller(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return compareDecimals(a, b) <= 0 ? a : b;
}

/** What the claim has to reserve; null when nothing limits the money of the day. */
export function budgetOrder(loaded: Pick<LoadedPolicy, 'policy'>, run: Pick<RunLimits, 'budgetUsd'>, nowMs: number): BudgetOrder | null {
  const { day }: Limits = effectiveLimits(loaded.policy);
  if (day.usd === null) return null;
  return { day: new Date(nowMs).toISOString().slice(0, 'YYYY-MM-DD'.length), dayLimitMicros: usdToMicros(day.usd), reserveMicros: run.budgetUsd === null ? null : usdToMicros(run.budgetUsd) };
}

export interface TreeToJudge {
  readonly task: Task;
  readonly run: Pick<Run, 'id' | 'branch'>;
  readonly agent: Agent | null;
  /** The commit whose policy judges: what the work started from. Null: what is checked out. */
  readonly commit: string | null;
  readonly head: string;
  readonly changed: readonly ChangedFile[];
  readonly evidence: readonly EvidenceItem[];
  /** Kinds of evidence that a policy may require. */
  readonly available: readonly RequiredEvidence[];
}

/** What policy says about the tree that a run left behind. */
export type TreeVerdict =
  | { readonly kind: 'allowed' }
  /** Somebody has to agree before the work lands. */
  | { readonly kind: 'asked'; readonly message: string }
  | { readonly kind: 'denied'; readonly message: string };

/**
 * Judges the snapshot of a tree, which nobody but us has written, by the policy of the commit that the work started from. This is
 * what counts: hooks while the agent runs are only the earlier word.
 */
export async function judgeTree(deps: TaskPolicyDeps, tree: TreeToJudge): Promise<TreeVerdict> {
  return toVerdict(await askAboutTree(deps, tree, { points: ['path.write'], spend: 'later' }));
}

/** Whether checked work counts as done, with the evidence that there is. */
export async function judgeCompletion(deps: TaskPolicyDeps, tree: TreeToJudge): Promise<TreeVerdict> {
  return toVerdict(await askAboutTree(deps, tree, { points: ['task.complete'], spend: 'later' }));
}

function toVerdict(asked: readonly Enforced[]): TreeVerdict {
  const denied = asked.find(({ decision }) => decision.effect === 'deny');
  if (denied !== undefined) return { kind: 'denied', message: deniedError(denied, 'finish with this work').message };
  const open = asked.find(({ decision }) => decision.effect === 'ask');
  return open === undefined ? { kind: 'allowed' } : { kind: 'asked', message: askError(open, 'land this work').message };
}

/**
 * Before work lands: the tree again, and the landing itself. Answers the decisions whose approvals are to be spent when it has
 * landed: what is in its way must not cost a second approval. Throws POLICY_DENIED, APPROVAL_REQUIRED.
 */
export async function requireLanding(deps: TaskPolicyDeps, tree: TreeToJudge): Promise<readonly string[]> {
  const asked = await askAboutTree(deps, tree, { points: ['path.write', 'task.complete', 'task.merge'], spend: 'later' });
  requireAllAllowed(asked, `land ${tree.task.id}`);
  return asked.filter(({ decision }) => decision.approvals.length > 0).map(({ record }) => record);
}

interface AboutTree {
  readonly points: readonly ('path.write' | 'task.complete' | 'task.merge')[];
  readonly spend: 'now' | 'later';
}

async function askAboutTree(deps: TaskPolicyDeps, tree: TreeToJudge, { points, spend }: AboutTree): Promise<readonly Enforced[]> {
  const loaded = await loadPolicy(deps, { agent: tree.agent?.id ?? null, task: tree.task.id, commit: tree.commit });
  const about: TreeOfRun = { task: tree.task, run: tree.run, head: tree.head, changed: tree.changed };
  const policyFiles = tree.changed.filter((file) => isPolicyPath(file.path));
  const asking = askingAs(deps, tree.agent);
  const requests = points.map((point) => treeQuestion(asking, point, point === 'task.complete' ? { ...about, evidence: tree.available } : about));
  if (policyFiles.length > 0 && points.includes('path.write')) requests.push(treeQuestion(asking, 'policy.change', { ...about, changed: policyFiles }));
  return enforceAll(deps, loaded, requests.map((request) => ({ request, evidence: tree.evidence, spend })));
}

import type { Agent } from '../../domain/agent/agent.js';
import { AiError, isAiError } from '../../domain/kernel/errors.js';
import type { RequiredEvidence } from '../../domain/policy/layer.js';
import type { Run } from '../../domain/run/run.js';
import { parseBranch } from '../../domain/task/task-input.js';
import { planLanded, planReviewNote } from '../../domain/task/transitions.js';
import type { Task } from '../../domain/task/task.js';
import type { LandOrder, LandPlan } from '../../ports/workspaces.js';
import type { AppDeps } from '../deps.js';
import { checkEnvironment } from '../runs/agent-environment.js';
import { latestWork } from '../runs/prepare-run.js';
import { runChecks } from '../runs/run-checks.js';
import { RunEnd } from '../runs/run-end.js';
import type { RunUpdate } from '../runs/run-update.js';
import { resolveTaskId } from './resolve-id.js';
import { retryStale } from './retry-stale.js';

export interface MergeTaskInput {
  readonly id: string;
  /** Another target than the task's own. */
  readonly into: string | null;
  readonly dryRun: boolean;
  readonly onUpdate: (update: RunUpdate) => void;
}

export interface MergedTask {
  readonly task: Task;
  /** null for a dry run. */
  readonly commit: string | null;
  readonly target: string;
  readonly changedPaths: readonly string[];
  readonly planned: boolean;
}

/** A target that moves under us is rebased on again, a bounded number of times. */
const MAX_TRIES = 5;

/**
 * Lands the verified work of a task: rebased on the target as one commit with trailers, checked again,
 * fenced, and made visible in one step. Throws NOTHING_TO_MERGE, MERGE_CONFLICT, TARGET_BLOCKED,
 * VERIFICATION_FAILED; then the task waits in review and says why.
 */
export async function mergeTask(deps: AppDeps, input: MergeTaskInput): Promise<MergedTask> {
  const id = await resolveTaskId(deps.store, input.id);
  const { task, run } = await mergeable(deps, await deps.store.getTask(id));
  const target = (input.into === null ? null : parseBranch(input.into)) ?? task.targetBranch ?? deps.place.currentBranch;
  if (target === null) throw new AiError({ code: 'TARGET_BLOCKED', message: `${task.id} has no branch to land on: HEAD was detached when it was created.`, hint: `ai task merge ${task.id} --into main` });
  const statement = run.evidence.find((item) => item.kind === 'statement');
  const order: LandOrder = { taskId: task.id, runId: run.id, target, base: run.base, head: run.head, message: landingMessage(task, run, statement?.sha256 ?? null) };
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const merged = await tryLanding(deps, { input, task, run, order });
    if (merged !== null) return merged;
    input.onUpdate({ kind: 'note', text: `${target} moved meanwhile; rebasing again.` });
  }
  throw await refuse(deps, task, new AiError({ code: 'TARGET_BLOCKED', message: `${target} moved ${MAX_TRIES} times while ${task.id} was being landed.`, hint: `ai task merge ${task.id}`, retryable: true }));
}

type WorkRun = Run & { readonly base: string; readonly head: string };

async function mergeable(deps: AppDeps, task: Task): Promise<{ readonly task: Task; readonly run: WorkRun }> {
  const run = await latestWork(deps, task.id);
  if (task.status !== 'review') {
    const landed = run?.landedCommit == null ? '' : ` Its work landed as ${run.landedCommit.slice(0, 12)}.`;
    throw new AiError({ code: 'NOTHING_TO_MERGE', message: `${task.id} is ${task.status}, so there is nothing to land.${landed}`, hint: `ai task show ${task.id}`, details: { task: task.id, status: task.status } });
  }
  if (run?.base == null || run.head === null) throw new AiError({ code: 'NOTHING_TO_MERGE', message: `${task.id} has no run with work on a branch.`, hint: `ai task timeline ${task.id}` });
  return { task, run: { ...run, base: run.base, head: run.head } };
}

interface Landing {
  readonly input: MergeTaskInput;
  readonly task: Task;
  readonly run: WorkRun;
  readonly order: LandOrder;
}

/** null when the target moved in between. */
async function tryLanding(deps: AppDeps, landing: Landing): Promise<MergedTask | null> {
  const { task, order, input } = landing;
  const workspaces = await deps.workspaces();
  input.onUpdate({ kind: 'step', step: 'rebase' });
  const plan = await workspaces.planLanding(order);
  const changedPaths = landing.run.changedFiles.map((file) => file.path);
  if (plan.kind === 'conflict') throw await refuse(deps, task, conflictError(task, order, plan.paths));
  if (input.dryRun) return { task, commit: null, target: order.target, changedPaths, planned: true };
  if (plan.kind === 'empty') {
    // Also when somebody else has just landed the very same work.
    await requireFresh(deps, task);
    return { ...(await record(deps, landing, plan.targetBefore)), changedPaths };
  }
  const approved = await requirePolicy(deps, landing);
  await checkAgain(deps, landing, plan);
  deps.trace('merge.checked');
  await requireFresh(deps, task);
  const result = await workspaces.finishLanding(order, plan);
  if (result.kind === 'target_moved') return null;
  if (result.kind === 'blocked') throw await refuse(deps, task, blockedError(task, order, result));
  deps.trace('merge.landed');
  for (const decision of approved) await deps.store.spendApprovals(decision);
  return { ...(await record(deps, landing, result.commit)), changedPaths };
}

/** The fence: a newer attempt, a retry or another landing since the work was read makes it stale. */
async function requireFresh(deps: AppDeps, task: Task): Promise<void> {
  const now = await deps.store.getTask(task.id);
  if (now.revision === task.revision) return;
  throw new AiError({ code: 'STALE_REVISION', message: `${task.id} changed while it was being landed; nothing was merged.`, hint: `ai task show ${task.id}`, retryable: true });
}

/** By the policy of the commit that the work started from, like the run itself. What is held back waits in review, and says for what. Answers the decisions whose approvals landing spends. */
async function requirePolicy(deps: AppDeps, { task, run }: Landing): Promise<readonly string[]> {
  if (run.changedFiles.length === 0) return [];
  const { requireLanding } = await import('../policy/run-policy.js');
  const agent = await agentOf(deps, run);
  try {
    return await requireLanding(deps, { task, run, agent, commit: run.base, head: run.head, changed: run.changedFiles, evidence: run.evidence, available: evidenceOf(run) });
  } catch (error) {
    if (!isAiError(error, 'POLICY_DENIED', 'APPROVAL_REQUIRED')) throw error;
    throw await refuse(deps, task, error);
  }
}

/** Kinds of evidence that the run left and that a policy may require. */
function evidenceOf(run: Run): RequiredEvidence[] {
  const hasTranscript = run.evidence.some((item) => item.kind === 'transcript' || item.kind === 'events');
  return ['diff', ...(run.checks.length === 0 ? [] : (['checks'] as const)), ...(hasTranscript ? (['transcript'] as const) : [])];
}

/** Null when the agent was removed since: then its own layer is gone as well. */
async function agentOf(deps: AppDeps, run: Run): Promise<Agent | null> {
  try {
    return await deps.store.getAgent(run.agent);
  } catch (error) {
    if (isAiError(error, 'AGENT_NOT_FOUND')) return null;
    throw error;
  }
}

async function checkAgain(deps: AppDeps, landing: Landing, plan: Extract<LandPlan, { kind: 'ready' }>): Promise<void> {
  const { task, run, input } = landing;
  if (task.verify.length === 0) return;
  input.onUpdate({ kind: 'step', step: 'verify' });
  const workspaces = await deps.workspaces();
  const folder = await (await deps.runFiles()).folder(run.id);
  const path = await workspaces.checkoutForCheck(plan.commit, run.id);
  try {
    const order = { cwd: path, env: checkEnvironment(deps, task), marker: run.id, outputFile: `${folder.path}/merge-checks.log`, timeoutMs: deps.settings.execution.verifyTimeoutMs, end: new RunEnd() };
    const results = await runChecks(deps, await deps.processes(), { ...order, commands: [...deps.settings.execution.setup, ...task.verify] });
    const failing = results.find((result) => result.exitCode !== 0);
    if (failing !== undefined) throw await refuse(deps, task, checkError(task, failing));
  } finally {
    await workspaces.removeCheck(path);
  }
}

async function record(deps: AppDeps, landing: Landing, commit: string): Promise<Omit<MergedTask, 'changedPaths'>> {
  const { task, run, order } = landing;
  const landed = await retryStale(async () => {
    const now = await deps.store.getTask(task.id);
    return deps.store.apply(planLanded(now, { commit, target: order.target, run: { id: run.id, patch: { landedCommit: commit } } }, deps.clock.now().wallMs));
  });
  await (await deps.workspaces()).cleanUpLanded(task.id);
  return { task: landed, commit, target: order.target, planned: false };
}

/** Leaves the reason with the task, so that `ai task show` tells what to do, and hands the error on. */
async function refuse(deps: AppDeps, task: Task, error: AiError): Promise<AiError> {
  await retryStale(async () => {
    const now = await deps.store.getTask(task.id);
    if (now.status === 'review') await deps.store.apply(planReviewNote(now, error.message));
  });
  return error;
}

function conflictError(task: Task, order: LandOrder, paths: readonly string[]): AiError {
  return new AiError({
    code: 'MERGE_CONFLICT',
    message: `${task.id} does not merge into ${order.target}: both changed ${paths.join(', ')}. Nothing was changed.`,
    hint: `ai task retry ${task.id}   (works from the new ${order.target}), or merge refs/ai/runs/${order.runId} by hand`,
    details: { task: task.id, target: order.target, paths },
  });
}

function blockedError(task: Task, order: LandOrder, result: { readonly reason: string; readonly paths: readonly string[] }): AiError {
  return new AiError({
    code: 'TARGET_BLOCKED',
    message: `${task.id} can't land on ${order.target} now: ${result.reason}. Your files were not touched.`,
    hint: `Commit or set aside the named changes, then: ai task merge ${task.id}`,
    retryable: true,
    details: { task: task.id, target: order.target, paths: result.paths },
  });
}

function checkError(task: Task, failing: { readonly command: string; readonly exitCode: number | null; readonly outputTail: string }): AiError {
  return new AiError({
    code: 'VERIFICATION_FAILED',
    message: `After rebasing, the check \`${failing.command}\` of ${task.id} failed (${failing.exitCode === null ? 'no exit' : `exit ${failing.exitCode}`}). Nothing was merged.`,
    hint: `ai task retry ${task.id}`,
    details: { task: task.id, command: failing.command, exitCode: failing.exitCode, outputTail: failing.outputTail },
  });
}

/** Trailers name what stands behind the commit. */
function landingMessage(task: Task, run: Run, statement: string | null): string {
  const trailers = [`AI-Task: ${task.id}`, `AI-Run: ${run.id}`, `AI-Agent: ${run.agent}`, ...(statement === null ? [] : [`AI-Evidence: sha256:${statement}`])];
  return `${task.title}\n\n${trailers.join('\n')}\n`;
}

import { isAiError, type AiError } from '../../domain/kernel/errors.js';
import { makeId } from '../../domain/kernel/ids.js';
import type { Run } from '../../domain/run/run.js';
import type { Task } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';
import { openRunPolicy, type RunPolicy } from '../policy/open-run-policy.js';
import { keepLease } from '../leases/keep-lease.js';
import { runToEnd } from '../runs/run-to-end.js';
import { finishRun } from '../runs/finish-run.js';
import { prepareRun, type RunPreparation } from '../runs/prepare-run.js';
import { RunEnd } from '../runs/run-end.js';
import type { RunUpdate, StepTime } from '../runs/run-update.js';
import { StepClock } from '../runs/step-clock.js';
import { refusedClaim } from './claim-refusal.js';
import type { ClaimedTask } from './claim-task.js';

export interface ExecuteTaskInput {
  readonly id: string;
  readonly agent: string | null;
  /** No person watches. A fact that policy may ask for. */
  readonly unattended: boolean;
  /** Aborted when the person interrupts: the agent is stopped, its work kept, the task free again. */
  readonly signal: AbortSignal;
  readonly onUpdate: (update: RunUpdate) => void;
}

export interface ExecutedTask {
  readonly task: Task;
  readonly run: Run;
  readonly retryAtMs: number | null;
  readonly steps: readonly StepTime[];
}

/**
 * One attempt of one agent at one task, from the claim to the evidence. Answers also for a run that
 * failed; throws when nothing was started (refused claim, missing program, POLICY_DENIED, APPROVAL_REQUIRED) or when the machinery itself failed,
 * and then the task is free again.
 */
export async function executeTask(deps: AppDeps, input: ExecuteTaskInput): Promise<ExecutedTask> {
  const steps = new StepClock(deps, input.onUpdate);
  steps.begin('prepare');
  if (deps.place.isRepository) void deps.workspaces().then((workspaces) => workspaces.warmUp());
  const preparation = await prepareRun(deps, input);
  steps.begin('policy');
  const policy = await openRunPolicy(deps, { task: preparation.task, agent: preparation.agent, unattended: input.unattended });
  steps.begin('claim');
  const runId = makeId('run', deps.random.bytes(6));
  const claimed = await claimForRun(deps, { preparation, runId, policy });
  const end = new RunEnd();
  const interrupt = (): void => end.because({ kind: 'signal' });
  input.signal.addEventListener('abort', interrupt);
  if (input.signal.aborted) interrupt();
  const keeper = keepLease(deps, { taskId: claimed.task.id, token: claimed.lease.token, ttlMs: claimed.lease.ttlMs }, end);
  try {
    const task = await runToEnd(deps, { ...preparation, task: claimed.task, lease: claimed.lease, runId, policy, end, steps, onUpdate: input.onUpdate });
    await signLog(deps);
    const run = await deps.store.getRun(runId);
    const retryAtMs = task.status === 'queued' ? task.notBeforeMs : null;
    return { task, run, retryAtMs, steps: steps.end() };
  } catch (error) {
    await freeAfterFault(deps, { preparation, claimed, error });
    throw error;
  } finally {
    input.signal.removeEventListener('abort', interrupt);
    await keeper.stop();
  }
}

/** The end of a run is when its record is signed. That it could not be is for `ai audit verify` to say: the work stands. */
async function signLog(deps: AppDeps): Promise<void> {
  const { checkpointIfDue } = await import('../audit/checkpoint.js');
  const outcome = await checkpointIfDue(deps, 'run');
  if (outcome.kind === 'failed') deps.trace('audit.not_signed');
}

async function claimForRun(deps: AppDeps, order: { readonly preparation: RunPreparation; readonly runId: Run['id']; readonly policy: RunPolicy }): Promise<ClaimedTask> {
  const { runId, policy } = order;
  const { agent, task } = order.preparation;
  const processes = await deps.processes();
  const outcome = await deps.store.claimTask(task.id, {
    holder: `agent:${agent.id}`,
    ttlMs: deps.settings.lease.ttlMs,
    capabilities: agent.capabilities,
    run: { id: runId, agent: agent.id, connector: agent.connector, supervisor: processes.self(), agentConcurrency: agent.concurrency },
    budget: policy.budget,
  });
  if (outcome.kind !== 'granted') throw refusedClaim(outcome);
  return outcome;
}

/**
 * The machinery failed (a full disk, git, a bug of ours), not the agent: no attempt is burnt. When even this
 * can't be written, the next `ai` command repairs it, because this process will be gone by then.
 */
async function freeAfterFault(deps: AppDeps, fault: { readonly preparation: RunPreparation; readonly claimed: ClaimedTask; readonly error: unknown }): Promise<void> {
  const { claimed, preparation, error } = fault;
  const message = error instanceof Error ? error.message : String(error);
  const runId = claimed.lease.runId;
  if (runId === null) return;
  try {
    await finishRun(deps, {
      run: { id: runId, agent: preparation.agent.id },
      taskId: claimed.task.id,
      token: claimed.lease.token,
      conclusion: { outcome: 'crashed', errorClass: 'unknown', message },
      cause: blockedBy(error),
      patch: {},
      hasWork: false,
      result: null,
      retryAfterMs: null,
    });
  } catch (second) {
    if (!isAiError(second)) throw second;
    deps.trace('run.fault_not_recorded');
  }
}

/** Results of dependencies that do not fit together need a person: trying again can't help. */
function blockedBy(error: unknown): { kind: 'stop'; stop: { kind: 'block'; reason: string } } | null {
  const known: AiError | null = isAiError(error, 'MERGE_CONFLICT', 'UNBORN_BRANCH') ? error : null;
  return known === null ? null : { kind: 'stop', stop: { kind: 'block', reason: known.message } };
}

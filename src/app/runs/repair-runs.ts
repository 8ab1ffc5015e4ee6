import { isAiError } from '../../domain/kernel/errors.js';
import type { Conclusion } from '../../domain/run/conclude.js';
import { isExpired, type Lease } from '../../domain/lease/lease.js';
import type { RunPatch } from '../../domain/run/run-patch.js';
import type { Run } from '../../domain/run/run.js';
import { planWorkerStep } from '../../domain/task/transitions.js';
import type { Workspace } from '../../ports/workspaces.js';
import type { AppDeps } from '../deps.js';
import { finishRun } from './finish-run.js';

export type RepairDeps = Pick<AppDeps, 'store' | 'clock' | 'random' | 'processes' | 'workspaces' | 'host' | 'settings' | 'trace'>;

const MAX_EXPIRED_AT_ONCE = 100;
const STOP_TIMES = { interruptMs: 0, sigintMs: 200, sigtermMs: 1_000 } as const;

/**
 * What a killed `ai` left is put right by whoever comes next: processes are ended by recorded identity,
 * work is kept, and lease, path locks and workspace are freed through the same path as a failure.
 * Cheap when there is nothing to do. Answers sentences for people.
 */
export async function repairAll(deps: RepairDeps): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const run of await deps.store.listLiveRuns()) {
    if (await repairRun(deps, run)) notes.push(`Run ${run.id} of ${run.taskId} had lost its supervisor: its processes are ended, its work is kept, and the task is free again.`);
  }
  for (const lease of await deps.store.listExpiredLeases(MAX_EXPIRED_AT_ONCE)) {
    if (lease.runId === null && (await sweepExpired(deps, lease))) notes.push(`The lease of ${lease.holder} on ${lease.taskId} had expired; the task is free again.`);
  }
  return notes;
}

/** Ends one run whose supervisor is gone or has lost its lease. Answers whether there was anything to repair. */
export async function repairRun(deps: RepairDeps, run: Run): Promise<boolean> {
  if (run.host !== deps.host) return false;
  const processes = await deps.processes();
  const lease = await deps.store.findLease(run.taskId);
  const held = lease?.token === run.token;
  const supervised = processes.isAlive(run.supervisor);
  if (supervised && !(held && isExpired(lease, deps.clock.now()))) return false;
  deps.trace('repair.begin');
  if (!(await endProcesses(deps, run))) return false;
  deps.trace('repair.processes_ended');
  const work = await keepWork(deps, run);
  deps.trace('repair.work_kept');
  await finish(deps, run, { lease: held ? lease : undefined, work, supervised });
  deps.trace('repair.finished');
  await removeWorkspace(deps, run);
  return true;
}

/** A task is not started again while its former process still lives: without proof of that, nothing is freed. */
async function endProcesses(deps: RepairDeps, run: Run): Promise<boolean> {
  const processes = await deps.processes();
  const group = run.process === null ? null : await processes.stop(run.process, { times: STOP_TIMES });
  const marked = await processes.sweepMarker(run.id);
  return (group?.survivors.length ?? 0) + marked.survivors.length === 0;
}

interface KeptWork {
  readonly patch: RunPatch;
  readonly problem: string | null;
}

async function keepWork(deps: RepairDeps, run: Run): Promise<KeptWork> {
  const workspace = workspaceOf(run);
  if (workspace === null) return { patch: {}, problem: null };
  try {
    const workspaces = await deps.workspaces();
    const snapshot = await workspaces.snapshot(workspace, { taskId: run.taskId, runId: run.id, message: `${run.taskId}: work of interrupted run ${run.id}` });
    return { patch: { head: snapshot.head, changedFiles: snapshot.changedFiles }, problem: null };
  } catch (error) {
    if (!isAiError(error)) throw error;
    // The files stay where they are: removeWorkspace refuses to remove what is on no ref.
    return { patch: {}, problem: error.message };
  }
}

function workspaceOf(run: Run): Workspace | null {
  if (run.workspace === null || run.base === null) return null;
  return { path: run.workspace, branch: run.branch, base: run.base, isolation: run.branch === null ? 'none' : 'worktree' };
}

async function finish(deps: RepairDeps, run: Run, found: { readonly lease: Lease | undefined; readonly work: KeptWork; readonly supervised: boolean }): Promise<void> {
  const stop = found.lease?.stop ?? null;
  const problem = found.work.problem === null ? '' : ` Its work could not be recorded (${found.work.problem}) and stays in ${run.workspace ?? ''}.`;
  const conclusion: Conclusion = found.supervised
    ? { outcome: 'lease_lost', errorClass: null, message: `The supervisor gave no heartbeat for longer than the lease lasts.${problem}` }
    : { outcome: stop === null ? 'crashed' : 'cancelled', errorClass: stop === null ? 'agent_crash' : null, message: `The \`ai\` process that supervised it ended in phase ${run.phase}.${problem}` };
  await finishRun(deps, {
    run,
    taskId: run.taskId,
    token: run.token,
    conclusion,
    cause: stop === null ? null : { kind: 'stop', stop },
    patch: found.work.patch,
    hasWork: false,
    result: null,
    retryAfterMs: null,
  });
}

async function removeWorkspace(deps: RepairDeps, run: Run): Promise<void> {
  const workspace = workspaceOf(run) ?? (await intendedWorkspace(deps, run));
  if (workspace?.isolation !== 'worktree') return;
  await (await deps.workspaces()).remove(workspace, { taskId: run.taskId, runId: run.id });
}

/** A crash while the workspace was being made leaves it unrecorded, at a place that is known beforehand. */
async function intendedWorkspace(deps: RepairDeps, run: Run): Promise<Workspace | null> {
  if (run.phase !== 'workspace') return null;
  const task = await deps.store.findTask(run.taskId);
  if (task === undefined) return null;
  const place = (await deps.workspaces()).place({ taskId: run.taskId, token: run.token, isolation: task.isolation });
  return place.branch === null ? null : { ...place, isolation: 'worktree', base: run.base ?? '' };
}

async function sweepExpired(deps: RepairDeps, lease: Lease): Promise<boolean> {
  try {
    const task = await deps.store.getTask(lease.taskId);
    if (task.lease?.token !== lease.token || !isExpired(task.lease, deps.clock.now())) return false;
    const rebooted = lease.bootId !== deps.clock.now().bootId;
    const reason = rebooted ? `the machine was restarted while ${lease.holder} held it` : `${lease.holder} gave no heartbeat for longer than the lease lasts`;
    const command = { kind: 'lost', reason, random: deps.random.fraction(), immediately: true } as const;
    await deps.store.apply(planWorkerStep(task, command, { token: lease.token, nowMs: deps.clock.now().wallMs }));
    return true;
  } catch (error) {
    // Somebody else swept it, or its holder came back with a heartbeat in this very moment.
    if (isAiError(error, 'LEASE_STALE', 'STALE_REVISION', 'TASK_NOT_FOUND')) return false;
    throw error;
  }
}

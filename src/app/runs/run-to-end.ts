import type { Agent } from '../../domain/agent/agent.js';
import { AiError } from '../../domain/kernel/errors.js';
import type { RunId } from '../../domain/kernel/ids.js';
import { wellFormed } from '../../domain/kernel/text.js';
import type { Lease } from '../../domain/lease/lease.js';
import type { AgentEvent } from '../../domain/run/agent-event.js';
import { concludeRun } from '../../domain/run/conclude.js';
import type { CheckResult, Run } from '../../domain/run/run.js';
import { outsideScope } from '../../domain/run/scope.js';
import { planWorkerStep } from '../../domain/task/transitions.js';
import type { Task } from '../../domain/task/task.js';
import type { Classification, Connector, Detection, Launch, LivePolicyHook } from '../../ports/connector.js';
import type { GatedChild } from '../../ports/processes.js';
import type { RunFolder } from '../../ports/run-files.js';
import type { Snapshot, Workspace } from '../../ports/workspaces.js';
import type { AppDeps } from '../deps.js';
import { unverifiedMessage, withLivePolicy, type LiveRun, type LiveRunOrder } from '../policy/live/with-live-policy.js';
import type { RunPolicy } from '../policy/open-run-policy.js';
import type { TreeVerdict } from '../policy/run-policy.js';
import { retryStale } from '../tasks/retry-stale.js';
import { agentEnvironment, checkEnvironment } from './agent-environment.js';
import { collectEvidence } from './collect-evidence.js';
import { finishRun } from './finish-run.js';
import { continueFrom, dependencyWork } from './prepare-run.js';
import { RunReporter } from './run-reporter.js';
import { runChecks } from './run-checks.js';
import type { RunEnd } from './run-end.js';
import type { RunUpdate } from './run-update.js';
import type { StepClock } from './step-clock.js';
import { lookAtProtected, protectedSince } from './watch-protected.js';
import { evidenceAtHand, resultOf, spentMicros } from './run-result.js';
import { superviseAgent, type Supervised } from './supervise-agent.js';
import { buildBriefing } from './write-briefing.js';

/** A claimed run on its way to its end. */
export interface RunContext {
  readonly task: Task;
  readonly lease: Lease;
  readonly runId: RunId;
  readonly agent: Agent;
  readonly connector: Connector;
  readonly detection: Detection;
  readonly previous: Run | null;
  readonly policy: RunPolicy;
  readonly end: RunEnd;
  readonly steps: StepClock;
  readonly onUpdate: (update: RunUpdate) => void;
}

/** Every step between the claim and the end, in the order of the design. The phase is written before the step that it names. */
export async function runToEnd(deps: AppDeps, context: RunContext): Promise<Task> {
  const { runId, steps } = context;
  steps.begin('workspace');
  const [protectedBefore, workspace] = await Promise.all([lookAtProtected(deps, context), makeWorkspace(deps, context)]);
  steps.begin('briefing');
  const { folder, supervised, unverified } = await withLivePolicy(deps, liveOrder(deps, context, workspace), async (live) => {
    const written = await writeLaunch(deps, context, { workspace, livePolicy: live.hook });
    steps.begin('agent');
    const ended = await startAgent(deps, context, { workspace, ...written, see: (event) => live.see(event) });
    return { folder: written.folder, supervised: ended, unverified: unverifiedMessage(live.unmatched()) };
  });
  steps.begin('collect');
  await deps.store.updateRun(runId, { phase: 'collecting', exitCode: supervised.exit.exitCode, signal: supervised.exit.signal, sessionRef: supervised.sessionRef, usage: supervised.usage }, null);
  const [touched, snapshot] = await Promise.all([
    protectedSince(deps, context, protectedBefore),
    (await deps.workspaces()).snapshot(workspace, { taskId: context.task.id, runId, message: commitMessage(context) }),
  ]);
  const outside = outsideScope(snapshot.changedFiles, context.task.locks);
  const classification = recordable(context.connector.classify(supervised));
  const treeVerdict = await context.policy.judge({ task: context.task, runId, workspace, snapshot });
  const verdict = [unverified, touched].filter((message) => message !== null).reduce((strictest, message) => stricterVerdict(strictest, { kind: 'asked', message }), treeVerdict);
  deps.trace('run.judged');
  const mayCheck = context.end.cause === null && outside.length === 0 && verdict.kind !== 'denied' && classification.errorClass === null && !snapshot.workspaceGone;
  const checks = mayCheck ? await verify(deps, context, { workspace, folder, snapshot, outside }) : [];
  const judged = mayCheck && checks.every((check) => check.exitCode === 0) ? stricterVerdict(verdict, await context.policy.judgeCompletion({ task: context.task, runId, workspace, snapshot }, evidenceAtHand(checks, supervised))) : verdict;
  return conclude(deps, context, { workspace, folder, snapshot, outside, verdict: judged, classification, checks, supervised });
}

const VERDICTS = ['allowed', 'asked', 'denied'] as const;

function stricterVerdict(first: TreeVerdict, second: TreeVerdict): TreeVerdict {
  return VERDICTS.indexOf(second.kind) > VERDICTS.indexOf(first.kind) ? second : first;
}

/** The message comes from the agent's own words. */
function recordable(verdict: Classification): Classification {
  return { ...verdict, message: verdict.message === null ? null : wellFormed(verdict.message) };
}

async function makeWorkspace(deps: AppDeps, context: RunContext): Promise<Workspace> {
  const { task, lease, runId } = context;
  await deps.store.updateRun(runId, { phase: 'workspace' }, null);
  const workspaces = await deps.workspaces();
  const workspace = await workspaces.prepare({
    taskId: task.id,
    runId,
    token: lease.token,
    isolation: deps.place.isRepository ? task.isolation : 'none',
    targetBranch: task.targetBranch,
    dependencies: await dependencyWork(deps, task),
    continueFrom: continueFrom(context.previous),
    copyFiles: deps.settings.execution.copyFiles,
  });
  deps.trace('run.workspace_made');
  await deps.store.updateRun(runId, { phase: 'spawning', workspace: workspace.path, branch: workspace.branch, base: workspace.base }, null);
  await setUp(deps, context, workspace);
  return workspace;
}

async function setUp(deps: AppDeps, context: RunContext, workspace: Workspace): Promise<void> {
  const commands = deps.settings.execution.setup;
  if (commands.length === 0 || workspace.isolation === 'none') return;
  const folder = await (await deps.runFiles()).folder(context.runId);
  const results = await runChecks(deps, await deps.processes(), checkOrder(deps, context, { commands, workspace, outputFile: `${folder.path}/setup.log` }));
  const failed = results.find((result) => result.exitCode !== 0);
  if (failed === undefined) return;
  throw new AiError({ code: 'WORKSPACE_FAILED', message: `The set-up command \`${failed.command}\` failed in the fresh worktree: ${failed.outputTail.slice(-500).trim()}`, hint: 'Mend execution.setup in .ai/config.yaml.' });
}

interface Prepared {
  readonly workspace: Workspace;
  readonly folder: RunFolder;
  readonly launch: Launch;
  readonly env: Readonly<Record<string, string>>;
}

/** Tool calls are judged by the policy of the commit that the work starts from, like its result. */
function liveOrder(deps: AppDeps, context: RunContext, workspace: Workspace): LiveRunOrder {
  const { task, agent, runId, policy, detection, end } = context;
  return {
    subject: { agent, actor: deps.actor, task, run: runId, branch: workspace.branch, unattended: policy.unattended, workspace: workspace.path },
    capabilities: detection.capabilities,
    commit: workspace.isolation === 'worktree' ? workspace.base : null,
    toolCallLimit: policy.limits.toolCalls,
    onLimit: ({ limit }) => end.because({ kind: 'stop', stop: { kind: 'block', reason: `The run made more than ${limit} tool calls, which is the limit of policy (limits.run.tool_calls).` } }),
  };
}

async function writeLaunch(deps: AppDeps, context: RunContext, { workspace, livePolicy }: { readonly workspace: Workspace; readonly livePolicy: LivePolicyHook | null }): Promise<Pick<Prepared, 'folder' | 'launch' | 'env'>> {
  const { task, runId, agent, connector, previous } = context;
  const files = await deps.runFiles();
  const folder = await files.folder(runId);
  const continued = previous?.base === workspace.base;
  const briefing = await buildBriefing(deps, { task, attempt: task.attempt, previous, continued });
  await files.writeFile(runId, 'briefing.md', briefing.text);
  if (briefing.cut.length > 0) context.onUpdate({ kind: 'note', text: `The briefing was shortened: ${briefing.cut.join(', ')}.` });
  const programFolder = await files.programFolder(deps.selfArgv);
  const env = agentEnvironment(deps, { task, agent, lease: { token: context.lease.token, runId }, connectorNames: connector.environmentNames, briefingFile: folder.briefingFile, programFolder });
  const launch = connector.plan({
    agent,
    workspace: workspace.path,
    briefing: briefing.text,
    briefingFile: folder.briefingFile,
    runFolder: folder.path,
    detection: context.detection,
    budgetUsd: context.policy.limits.budgetUsd,
    sessionRef: null,
    env,
    livePolicy,
  });
  for (const file of launch.files) await files.writeFile(runId, file.path, file.content);
  return { folder, launch, env: { ...env, ...launch.env } };
}

async function startAgent(deps: AppDeps, context: RunContext, prepared: Prepared & Pick<LiveRun, 'see'>): Promise<Supervised> {
  const { runId, task } = context;
  const { folder, launch } = prepared;
  const events = await (await deps.runFiles()).openEvents(runId);
  const reporter = new RunReporter(deps, { taskId: task.id, runId, token: context.lease.token });
  try {
    return await superviseAgent(deps, await deps.processes(), {
      launch: {
        argv: launch.argv,
        cwd: prepared.workspace.path,
        env: prepared.env,
        stdin: launch.stdin,
        marker: runId,
        stdoutFile: folder.stdoutFile,
        stderrFile: folder.stderrFile,
        maxFileBytes: deps.settings.execution.maxOutputBytes,
      },
      parser: context.connector.parser(),
      events,
      end: context.end,
      timeoutMs: context.policy.limits.timeoutMs ?? deps.settings.execution.timeoutMs,
      stallTimeoutMs: deps.settings.execution.stallTimeoutMs,
      budgetUsd: context.policy.limits.budgetUsd,
      record: (child) => recordStart(deps, context, child),
      onEvent: (event: AgentEvent) => {
        prepared.see(event);
        context.onUpdate({ kind: 'event', event });
        reporter.take(event);
      },
    });
  } finally {
    await reporter.finish();
    await events.close();
  }
}

/** The second phase of the spawn: who the child is and that the task runs, in one transaction, before it may do anything. */
async function recordStart(deps: AppDeps, context: RunContext, child: GatedChild): Promise<void> {
  await retryStale(async () => {
    const task = await deps.store.getTask(context.task.id);
    const change = planWorkerStep(task, { kind: 'start' }, { token: context.lease.token, nowMs: deps.clock.now().wallMs });
    const { pid, pgid, startTime } = child.identity;
    const data = { agent: context.agent.id, connector: context.connector.kind, process: { pid, pgid, startTime } };
    return deps.store.apply({ ...change, run: { id: context.runId, patch: { phase: 'running', process: child.identity } }, event: { ...change.event, run: context.runId, data } });
  });
}

interface Collected {
  readonly workspace: Workspace;
  readonly folder: RunFolder;
  readonly snapshot: Snapshot;
  readonly outside: readonly string[];
}

async function verify(deps: AppDeps, context: RunContext, collected: Collected): Promise<CheckResult[]> {
  const commands = context.task.verify;
  if (commands.length === 0) return [];
  context.steps.begin('verify');
  const { workspace, snapshot, folder } = collected;
  await deps.store.updateRun(context.runId, { phase: 'verifying', head: snapshot.head, changedFiles: snapshot.changedFiles }, null);
  return runChecks(deps, await deps.processes(), checkOrder(deps, context, { commands, workspace, outputFile: `${folder.path}/checks.log` }));
}

function checkOrder(deps: AppDeps, context: RunContext, what: { readonly commands: readonly string[]; readonly workspace: Workspace; readonly outputFile: string }): Parameters<typeof runChecks>[2] {
  return {
    commands: what.commands,
    cwd: what.workspace.path,
    env: checkEnvironment(deps, context.task),
    marker: context.runId,
    outputFile: what.outputFile,
    timeoutMs: deps.settings.execution.verifyTimeoutMs,
    end: context.end,
  };
}

interface Ended extends Collected {
  readonly verdict: TreeVerdict;
  readonly classification: Classification;
  readonly checks: readonly CheckResult[];
  readonly supervised: Supervised;
}

async function conclude(deps: AppDeps, context: RunContext, ended: Ended): Promise<Task> {
  const { task, runId, lease, steps, end } = context;
  const { workspace, snapshot, outside, checks, supervised } = ended;
  steps.begin('evidence');
  const conclusion = concludeRun({ cause: end.cause, classification: ended.classification, workspaceGone: snapshot.workspaceGone, outsideScope: outside, policyDenial: ended.verdict.kind === 'denied' ? ended.verdict.message : null, checks });
  const run = await deps.store.getRun(runId);
  const evidence = await collectEvidence(deps, { run, folder: ended.folder, workspace, snapshot, outsideScope: outside, checks, outcome: conclusion.outcome, proof: supervised.proof });
  steps.begin('finish');
  const finished = await finishRun(deps, {
    run: { id: runId, agent: context.agent.id },
    taskId: task.id,
    token: lease.token,
    conclusion,
    cause: end.cause,
    patch: { head: snapshot.head, changedFiles: snapshot.changedFiles, outsideScope: outside, checks, evidence, usage: supervised.usage },
    hasWork: workspace.branch !== null && snapshot.changedFiles.length > 0,
    result: resultOf(supervised),
    retryAfterMs: ended.classification.retryAfterMs,
    reviewNote: ended.verdict.kind === 'asked' ? ended.verdict.message : null,
  });
  if (context.policy.budget !== null) await deps.store.settleBudget({ token: lease.token, micros: spentMicros(supervised) });
  steps.begin('clean up');
  if (workspace.isolation === 'worktree') await (await deps.workspaces()).remove(workspace, { taskId: task.id, runId });
  return finished;
}

function commitMessage(context: RunContext): string {
  const { task, runId, agent } = context;
  return `${task.title}\n\nAI-Task: ${task.id}\nAI-Run: ${runId}\nAI-Agent: ${agent.id}\n`;
}

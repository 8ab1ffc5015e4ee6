import type { TaskId } from '../../domain/kernel/ids.js';
import type { RunOutcome } from '../../domain/run/run.js';
import { registerAgent } from '../agents/manage-agents.js';
import { verifyAudit } from '../audit/audit-log.js';
import type { AppDeps } from '../deps.js';
import { createTask } from '../tasks/create-task.js';
import type { ExecutedTask } from '../tasks/execute-task.js';
import type { TaskGraph } from '../tasks/graph-tasks.js';
import { mergeTask } from '../tasks/merge-task.js';
import { DEMO_AGENTS, DEMO_LANDINGS, DEMO_OUTCOMES, DEMO_TASKS, type DemoName } from './demo-story.js';
import { playBoard } from './play-board.js';

export interface DemoRun {
  readonly task: string;
  readonly title: string;
  readonly agent: string;
  readonly outcome: RunOutcome | null;
  readonly changedPaths: readonly string[];
  readonly message: string | null;
}

export interface DemoResult {
  readonly root: string;
  readonly runs: readonly DemoRun[];
  readonly landed: readonly { readonly task: string; readonly commit: string | null }[];
  /** Every task of the demo, as it stands at the end. */
  readonly graph: TaskGraph;
  readonly audit: { readonly ok: boolean; readonly events: number };
  /** Everything went as the story says. */
  readonly asTold: boolean;
}

export interface DemoTelling {
  readonly signal: AbortSignal;
  /** A new chapter. */
  readonly chapter: (text: string) => void;
  /** What just happened. */
  readonly told: (text: string) => void;
}

type Ids = Readonly<Record<DemoName, TaskId>>;

/** Plays the demo in a fresh control plane, with the same use cases as every other command. */
export async function runDemo(deps: AppDeps, telling: DemoTelling): Promise<DemoResult> {
  const { chapter, told, signal } = telling;
  chapter('Six agents are registered, and six tasks with their paths, checks and dependencies');
  for (const agent of DEMO_AGENTS) await registerAgent(deps, agent.id, { connector: 'command', argv: ['/bin/sh', '-c', agent.script] });
  const ids = await createTasks(deps, told);

  chapter('Three work at a time, each in a worktree of its own; whose paths overlap waits. One breaks its bounds, one fails its check and is told why');
  const runs: DemoRun[] = [];
  const ended = (executed: ExecutedTask): void => {
    runs.push(toDemoRun(executed));
    told(describe(executed));
  };
  await playBoard(deps, { ids: Object.values(ids), signal, told, ended });

  chapter('Finished work lands: rebased, checked again, one commit each');
  const landed = await landAll(deps, ids, told);

  chapter('Every step is in the audit log');
  const verdict = await verifyAudit(deps);
  told(verdict.ok ? `${verdict.events} events, the chain is intact` : `broken at event ${verdict.firstBadSeq}: ${verdict.problem}`);
  const outcomes = runs.map((run) => run.outcome).sort();
  const asTold = verdict.ok && outcomes.join() === DEMO_OUTCOMES.join() && landed.every((landing) => landing.commit !== null);
  return { root: deps.place.root, runs, landed, graph: await wholeGraph(deps, ids), audit: { ok: verdict.ok, events: verdict.events }, asTold };
}

async function createTasks(deps: AppDeps, told: DemoTelling['told']): Promise<Ids> {
  const ids = new Map<DemoName, TaskId>();
  for (const { name, entry, after } of DEMO_TASKS) {
    const dependsOn = after.map((other) => ids.get(other)).filter((id) => id !== undefined);
    const { task } = await createTask(deps, { entry: { ...entry, dependsOn }, idempotencyKey: null });
    ids.set(name, task.id);
    const waits = task.dependsOn.length === 0 ? '' : `, after ${task.dependsOn.join(', ')}`;
    told(`${task.id}  ${task.title}: may write ${task.locks.map((lock) => lock.pattern).join(', ')}${waits}`);
  }
  return Object.fromEntries(ids) as Ids;
}

async function landAll(deps: AppDeps, ids: Ids, told: DemoTelling['told']): Promise<DemoResult['landed']> {
  const landed = [];
  for (const name of DEMO_LANDINGS) {
    const merged = await mergeTask(deps, { id: ids[name], into: null, dryRun: false, onUpdate: () => undefined });
    landed.push({ task: merged.task.id, commit: merged.commit });
    told(`${merged.task.id} landed on ${merged.target} as ${merged.commit?.slice(0, 10) ?? 'nothing'}`);
  }
  return landed;
}

/** `ai task graph` shows what is open; at the end of the demo nothing is. */
async function wholeGraph(deps: AppDeps, ids: Ids): Promise<TaskGraph> {
  const tasks = await Promise.all(Object.values(ids).map((id) => deps.store.getTask(id)));
  return { tasks, edges: tasks.flatMap((task) => task.dependsOn.map((from) => ({ from, to: task.id }))), truncated: false };
}

function toDemoRun({ task, run }: ExecutedTask): DemoRun {
  return { task: task.id, title: task.title, agent: run.agent, outcome: run.outcome, changedPaths: run.changedFiles.map((file) => file.path), message: run.errorMessage };
}

function describe({ task, run }: ExecutedTask): string {
  const changed = run.changedFiles.map((file) => file.path).join(', ');
  const why = run.errorMessage === null ? `changed ${changed}` : run.errorMessage;
  return `${run.agent} on ${task.id}: ${run.outcome ?? ''} (${why})`;
}

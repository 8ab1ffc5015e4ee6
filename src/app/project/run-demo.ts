import type { RunOutcome } from '../../domain/run/run.js';
import { registerAgent } from '../agents/manage-agents.js';
import { verifyAudit } from '../audit/audit-log.js';
import type { AppDeps } from '../deps.js';
import { changeTask } from '../tasks/change-task.js';
import { createTask } from '../tasks/create-task.js';
import { executeTask, type ExecutedTask } from '../tasks/execute-task.js';
import { mergeTask } from '../tasks/merge-task.js';
import { DEMO_AGENTS, DEMO_TASKS, type DemoTask } from './demo-story.js';

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

type Names = DemoTask['name'];

/** Plays the demo in a fresh control plane, with the same use cases as every other command. */
export async function runDemo(deps: AppDeps, telling: DemoTelling): Promise<DemoResult> {
  const { chapter, told } = telling;
  chapter('Four agents are registered, and four tasks with their paths, checks and dependencies');
  for (const agent of DEMO_AGENTS) await registerAgent(deps, agent.id, { connector: 'command', argv: ['/bin/sh', '-c', agent.script] });
  const ids = await createTasks(deps, told);

  const runs: DemoRun[] = [];
  const play = async (name: Names): Promise<ExecutedTask> => {
    const executed = await executeTask(deps, { id: ids[name], agent: null, unattended: true, signal: telling.signal, onUpdate: () => undefined });
    runs.push(toDemoRun(executed));
    told(describe(executed));
    return executed;
  };

  chapter('Two tasks whose paths do not overlap run at the same time, each in a worktree of its own');
  await Promise.all([play('build'), play('guide')]);

  chapter('The test starts from the work it depends on. Its first attempt fails the check, and the next one is told why');
  await play('test');
  await changeTask(deps, { id: ids.test, command: { kind: 'retry' }, waitMs: 0 });
  await play('test');

  chapter('An agent that writes outside of its declared paths: the work is kept on its branch, and does not count');
  await play('changelog');

  chapter('Finished work lands: rebased, checked again, one commit each');
  const landed = await landAll(deps, ids, told);

  chapter('Every step is in the audit log');
  const verdict = await verifyAudit(deps);
  told(verdict.ok ? `${verdict.events} events, the chain is intact` : `broken at event ${verdict.firstBadSeq}: ${verdict.problem}`);
  const outcomes = runs.map((run) => run.outcome).sort();
  const asTold = verdict.ok && outcomes.join() === 'succeeded,succeeded,succeeded,verification_failed,write_outside_scope' && landed.every((landing) => landing.commit !== null);
  return { root: deps.place.root, runs, landed, audit: { ok: verdict.ok, events: verdict.events }, asTold };
}

async function createTasks(deps: AppDeps, told: DemoTelling['told']): Promise<Record<Names, string>> {
  const ids: Record<Names, string> = { build: '', guide: '', test: '', changelog: '' };
  for (const { name, entry, after } of DEMO_TASKS) {
    const { task } = await createTask(deps, { entry: { ...entry, dependsOn: after.map((other) => ids[other]) }, idempotencyKey: null });
    ids[name] = task.id;
    const waits = task.dependsOn.length === 0 ? '' : `, after ${task.dependsOn.join(', ')}`;
    told(`${task.id}  ${task.title}: may write ${task.locks.map((lock) => lock.pattern).join(', ')}${waits}`);
  }
  return ids;
}

async function landAll(deps: AppDeps, ids: Record<Names, string>, told: DemoTelling['told']): Promise<DemoResult['landed']> {
  const landed = [];
  for (const name of ['build', 'guide', 'test'] as const) {
    const merged = await mergeTask(deps, { id: ids[name], into: null, dryRun: false, onUpdate: () => undefined });
    landed.push({ task: merged.task.id, commit: merged.commit });
    told(`${merged.task.id} landed on ${merged.target} as ${merged.commit?.slice(0, 10) ?? 'nothing'}`);
  }
  return landed;
}

function toDemoRun({ task, run }: ExecutedTask): DemoRun {
  return { task: task.id, title: task.title, agent: run.agent, outcome: run.outcome, changedPaths: run.changedFiles.map((file) => file.path), message: run.errorMessage };
}

function describe({ task, run }: ExecutedTask): string {
  const changed = run.changedFiles.map((file) => file.path).join(', ');
  const why = run.errorMessage === null ? `changed ${changed}` : run.errorMessage;
  return `${run.agent} on ${task.id}: ${run.outcome ?? ''} (${why})`;
}

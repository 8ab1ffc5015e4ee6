import { describeObstacle } from '../../app/tasks/claim-refusal.js';
import type { ExecutionPlan } from '../../app/tasks/plan-execution.js';
import { describeConflict } from '../../domain/lock/path-lock.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { renderPairs } from '../table.js';
import { commandLine, duration } from './format.js';
import { taskJson } from './task-json.js';
import { conflictJson, obstacleJson } from './task-why.js';

/** `ai task execute --dry-run`: what would be run, and what stands in the way. */
export function presentPlan(plan: ExecutionPlan, nowMs: number): Answer {
  const { agent, connector, version, argv, environment, isolation, targetBranch, verify, timeoutMs, continues } = plan;
  return {
    kind: 'task.plan',
    data: {
      task: taskJson(plan.task, nowMs),
      agent,
      connector,
      version,
      argv,
      environment,
      isolation,
      targetBranch,
      locks: plan.locks.map(({ pattern, mode }) => ({ pattern, mode })),
      verify,
      timeoutMs,
      continues,
      obstacles: plan.obstacles.map(obstacleJson),
      conflicts: plan.conflicts.map(conflictJson),
    },
    ids: [plan.task.id],
    text: (view) => [`Would execute ${view.style.bold(plan.task.id)} ${escapeLine(plan.task.title)}; nothing was started.`, renderPairs(facts(plan), view.style), obstacles(plan, view)].join('\n'),
  };
}

function facts(plan: ExecutionPlan): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [
    ['  Agent', `${plan.agent}, ${plan.connector}${plan.version === null ? '' : ` ${escapeLine(plan.version)}`}`],
    ['  Command', escapeLine(commandLine(plan.argv))],
    ['  Variables', escapeLine(plan.environment.join(', '))],
    ['  Works in', plan.isolation === 'worktree' ? 'a worktree of its own' : 'this working tree'],
    ['  Lands on', escapeLine(plan.targetBranch ?? '')],
    ['  Locks', escapeLine(plan.locks.map(({ pattern, mode }) => (mode === 'shared' ? `${pattern} (shared)` : pattern)).join(', '))],
    ['  Checks', escapeLine(plan.verify.join('; '))],
    ['  Time limit', duration(plan.timeoutMs)],
    ['  Continues', plan.continues ?? ''],
  ];
  return pairs.filter(([, value]) => value !== '');
}

function obstacles(plan: ExecutionPlan, { style }: View): string {
  const lines = [...plan.obstacles.map(describeObstacle), ...plan.conflicts.map(describeConflict)];
  if (lines.length === 0) return `${style.green('✓')} Nothing is in the way.  ${style.dim(`ai task execute ${plan.task.id}`)}`;
  return [...new Set(lines)].map((text) => `${style.yellow('!')} ${escapeLine(text)}`).join('\n');
}

export interface DetachedRun {
  readonly task: string;
  readonly agent: string;
  readonly pid: number;
  readonly logFile: string;
}

export function presentDetached({ task, agent, pid, logFile }: DetachedRun): Answer {
  return {
    kind: 'task.detached',
    data: { task, agent, pid, logFile },
    ids: [task],
    text: ({ style }) => `${agent} works on ${style.bold(task)} in the background (process ${pid}); what the command says goes to ${escapeLine(logFile)}.\n${style.dim(`next: ai task logs ${task} -f   or   ai task watch ${task}`)}`,
  };
}

import { describeObstacle } from '../../app/tasks/claim-refusal.js';
import type { TaskWhy } from '../../app/tasks/why-task.js';
import type { ClaimObstacle, Task } from '../../domain/task/task.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { paintStatus, statusMark } from '../status-mark.js';
import { renderTable } from '../table.js';
import { iso } from '../time.js';
import { leaseJson, taskJson } from './task-json.js';

const SHOWN_DEPENDENCIES = 20;

export function presentWhy(why: TaskWhy, nowMs: number): Answer {
  const { task, obstacles, agents, attempts } = why;
  return {
    kind: 'task.why',
    data: { task: taskJson(task, nowMs), claimable: obstacles.length === 0, obstacles: obstacles.map(obstacleJson), agents: agents.map(({ agent, eligible, score, reasons }) => ({ agent, eligible, score, reasons })), attempts: { ...attempts } },
    text: (view) => [heading(why, view), obstacleLines(why, view), attemptLine(why), agentTable(why, view)].filter((part) => part !== '').join('\n\n'),
  };
}

/** One obstacle for programs: its kind, one sentence, and the facts of that kind. */
export function obstacleJson(obstacle: ClaimObstacle): Record<string, unknown> {
  return { kind: obstacle.kind, message: describeObstacle(obstacle), ...obstacleFacts(obstacle) };
}

function obstacleFacts(obstacle: ClaimObstacle): Record<string, unknown> {
  switch (obstacle.kind) {
    case 'status':
      return { status: obstacle.status, reason: obstacle.reason };
    case 'dependencies':
      return { unfinished: obstacle.unfinished.map(({ id, status }) => ({ id, status })) };
    case 'not_due':
      return { notBefore: iso(obstacle.notBeforeMs) };
    case 'capabilities':
      return { missing: obstacle.missing };
    case 'lease':
      return { lease: leaseJson(obstacle.lease) };
    case 'locks':
      return { conflicts: obstacle.conflicts.map(conflictJson) };
    case 'former_process':
      return { run: obstacle.runId };
  }
}

type Conflict = Extract<ClaimObstacle, { kind: 'locks' }>['conflicts'][number];

export function conflictJson({ wanted, held, holderTask, holder, token, witness }: Conflict): Record<string, unknown> {
  return { wanted: { ...wanted }, held: { ...held }, holderTask, holder, token, witness };
}

function heading({ task }: TaskWhy, { style }: View): string {
  return `${style.bold(task.id)}  ${paintStatus(statusMark(task.status), task.status, style)}  ${escapeLine(task.title)}`;
}

function obstacleLines({ task, obstacles }: TaskWhy, { style }: View): string {
  if (obstacles.length === 0) return `${style.green('✓')} Nothing is in the way: it can be claimed now.  ${style.dim(`ai task claim ${task.id} --as WHO`)}`;
  return obstacles.map((obstacle) => `${style.yellow('!')} ${escapeLine(describeObstacle(shortened(obstacle)))}  ${style.dim(remedy(task, obstacle))}`).join('\n');
}

/** Ten thousand dependencies are no sentence. */
function shortened(obstacle: ClaimObstacle): ClaimObstacle {
  return obstacle.kind === 'dependencies' ? { kind: 'dependencies', unfinished: obstacle.unfinished.slice(0, SHOWN_DEPENDENCIES) } : obstacle;
}

function remedy(task: Task, obstacle: ClaimObstacle): string {
  switch (obstacle.kind) {
    case 'status':
      return statusRemedy(task);
    case 'dependencies':
      return `ai task graph ${task.id}`;
    case 'not_due':
      return `ai task retry ${task.id}   (to not wait)`;
    case 'capabilities':
      return 'ai agent list';
    case 'lease':
      return `ai task show ${task.id}`;
    case 'locks':
      return `ai task show ${obstacle.conflicts[0]?.holderTask ?? task.id}`;
    case 'former_process':
      return 'ai doctor --fix';
  }
}

function statusRemedy(task: Task): string {
  switch (task.status) {
    case 'blocked':
      return task.blockedReason === null ? `ai task graph ${task.id}` : `ai task unblock ${task.id}`;
    case 'paused':
      return `ai task resume ${task.id}`;
    case 'review':
      return `ai task merge ${task.id}`;
    case 'queued':
    case 'claimed':
    case 'running':
    case 'done':
      return `ai task show ${task.id}`;
    case 'failed':
    case 'cancelled':
    case 'skipped':
      return `ai task retry ${task.id}`;
  }
}

function attemptLine({ attempts, task }: TaskWhy): string {
  if (task.attempt === 0) return '';
  const lost = attempts.lost === 0 ? '' : `, ${attempts.lost} lost their worker`;
  return `${attempts.failures} of at most ${attempts.maxAttempts} attempts failed${lost}.`;
}

function agentTable({ agents }: TaskWhy, view: View): string {
  if (agents.length === 0) return `No agent is registered.  ${view.style.dim('ai agent detect')}`;
  const sorted = [...agents].sort((a, b) => Number(b.eligible) - Number(a.eligible) || b.score - a.score || (a.agent < b.agent ? -1 : 1));
  return renderTable(
    sorted,
    [
      { title: 'AGENT', value: ({ agent }) => agent },
      { title: 'CAN', value: ({ eligible }) => (eligible ? '✓ yes' : '✗ no'), paint: (cell, { eligible }, style) => (eligible ? style.green(cell) : style.yellow(cell)) },
      { title: 'SCORE', value: ({ eligible, score }) => (eligible ? String(score) : '-'), align: 'right' },
      { title: 'BECAUSE', value: ({ reasons }) => reasons.join('; '), shrink: true },
    ],
    view,
  );
}

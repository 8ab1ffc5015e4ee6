import type { ProjectStatus } from '../../app/project/project-status.js';
import type { Agent } from '../../domain/agent/agent.js';
import type { Lease } from '../../domain/lease/lease.js';
import type { Run } from '../../domain/run/run.js';
import { TASK_STATUSES, type TaskStatus } from '../../domain/task/task.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { paintStatus, statusMark } from '../status-mark.js';
import { renderTable } from '../table.js';
import { age, iso } from '../time.js';

const SHOWN_ROWS = 10;

export function presentStatus(status: ProjectStatus): Answer {
  return {
    kind: 'status',
    data: {
      root: status.root,
      branch: status.branch,
      tasks: status.tasks,
      ready: status.ready,
      runs: status.liveRuns.map(runJson),
      leases: status.leases.map(leaseJson),
      agents: status.agents.map((agent) => ({ id: agent.id, connector: agent.connector, enabled: agent.enabled, pausedReason: agent.pausedReason, liveRuns: liveRunsOf(agent, status.liveRuns) })),
      problems: status.problems,
    },
    text: (view) => [place(status, view), counts(status, view), runs(status.liveRuns, view), leases(status, view), agents(status, view), problems(status, view)].filter((part) => part !== '').join('\n\n'),
  };
}

function runJson(run: Run): Record<string, unknown> {
  return { id: run.id, task: run.taskId, agent: run.agent, phase: run.phase, host: run.host, startedAt: iso(run.startedAtMs), lastActivityAt: iso(run.lastActivityAtMs) };
}

function leaseJson(lease: Lease): Record<string, unknown> {
  return { task: lease.taskId, holder: lease.holder, token: lease.token, run: lease.runId, grantedAt: iso(lease.grantedAtMs), heartbeatAt: iso(lease.heartbeatAtMs), expiresAt: iso(lease.expiresAtMs) };
}

const liveRunsOf = (agent: Agent, live: readonly Run[]): number => live.filter((run) => run.agent === agent.id).length;

function place(status: ProjectStatus, { style }: View): string {
  return `${style.bold(escapeLine(status.root))}${status.branch === null ? '' : `  on ${style.cyan(escapeLine(status.branch))}`}`;
}

function counts(status: ProjectStatus, { style }: View): string {
  const present = TASK_STATUSES.filter((name) => status.tasks[name] > 0);
  if (present.length === 0) return `No tasks yet.  ${style.dim('ai task create "What should be done"')}`;
  const cell = (name: TaskStatus): string => paintStatus(`${statusMark(name)} ${status.tasks[name]}`, name, style);
  const total = present.reduce((sum, name) => sum + status.tasks[name], 0);
  return `${style.bold(`${total} ${total === 1 ? 'task' : 'tasks'}, ${status.ready} ready`)}\n${present.map(cell).join('   ')}`;
}

function runs(live: readonly Run[], view: View): string {
  if (live.length === 0) return '';
  const table = renderTable(live.slice(0, SHOWN_ROWS), [
    { title: 'RUN', value: (run) => run.id },
    { title: 'TASK', value: (run) => run.taskId },
    { title: 'AGENT', value: (run) => run.agent, shrink: true },
    { title: 'PHASE', value: (run) => run.phase },
    { title: 'SINCE', value: (run) => age(view.nowMs - run.startedAtMs), align: 'right' },
    { title: 'LAST SIGN', value: (run) => age(view.nowMs - run.lastActivityAtMs), align: 'right' },
  ], view);
  return section('Live runs', `${table}${more(live.length, 'ai task list --status running', view)}`, view);
}

/** Only what outside workers hold: a lease of a run is shown with its run. */
function leases(status: ProjectStatus, view: View): string {
  const outside = status.leases.filter((lease) => lease.runId === null);
  if (outside.length === 0) return '';
  const table = renderTable(outside.slice(0, SHOWN_ROWS), [
    { title: 'TASK', value: (lease) => lease.taskId },
    { title: 'HELD BY', value: (lease) => lease.holder, shrink: true },
    { title: 'TOKEN', value: (lease) => String(lease.token), align: 'right' },
    { title: 'ENDS IN', value: (lease) => (lease.expiresAtMs > view.nowMs ? age(lease.expiresAtMs - view.nowMs) : 'expired'), align: 'right' },
  ], view);
  return section('Leases', `${table}${more(outside.length, 'ai task list --status claimed', view)}`, view);
}

function agents(status: ProjectStatus, view: View): string {
  if (status.agents.length === 0) return `No agents yet.  ${view.style.dim('ai agent detect')}`;
  const table = renderTable(status.agents.slice(0, SHOWN_ROWS), [
    { title: 'AGENT', value: (agent) => agent.id },
    { title: 'CONNECTOR', value: (agent) => agent.connector, shrink: true },
    { title: 'STATE', value: (agent) => agentState(agent), paint: (cell, agent, style) => (agentState(agent) === 'ready' ? style.green(cell) : style.yellow(cell)) },
    { title: 'RUNS', value: (agent) => `${liveRunsOf(agent, status.liveRuns)}/${agent.concurrency}`, align: 'right' },
  ], view);
  return section('Agents', `${table}${more(status.agents.length, 'ai agent list', view)}`, view);
}

function agentState(agent: Agent): 'ready' | 'paused' | 'disabled' {
  if (!agent.enabled) return 'disabled';
  return agent.pausedReason === null ? 'ready' : 'paused';
}

function problems(status: ProjectStatus, { style }: View): string {
  return status.problems.slice(0, SHOWN_ROWS).map((problem) => `${style.yellow('!')} ${escapeLine(problem.message)}  ${style.dim(escapeLine(problem.hint))}`).join('\n');
}

function section(title: string, body: string, { style }: View): string {
  return `${style.bold(title)}\n${body}`;
}

function more(count: number, hint: string, { style }: View): string {
  return count > SHOWN_ROWS ? `\n${style.dim(`and ${count - SHOWN_ROWS} more: ${hint}`)}` : '';
}

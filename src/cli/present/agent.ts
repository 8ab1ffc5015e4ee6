import type { AgentDetail, AgentRow } from '../../app/agents/inspect-agents.js';
import type { Agent } from '../../domain/agent/agent.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { renderPairs, renderTable } from '../table.js';
import { age } from '../time.js';
import { agentJson, detectionJson } from './agent-json.js';
import { commandLine, count, stamp } from './format.js';
import { runJson } from './run-json.js';

type ChangeKind = 'agent.register' | 'agent.label' | 'agent.update' | 'agent.enable' | 'agent.disable';

const SENTENCES: Readonly<Record<ChangeKind, string>> = {
  'agent.register': 'Registered',
  'agent.label': 'Labelled',
  'agent.update': 'Updated',
  'agent.enable': 'Enabled',
  'agent.disable': 'Disabled',
};

export function presentAgent(kind: ChangeKind, agent: Agent): Answer {
  return {
    kind,
    data: agentJson(agent),
    ids: [agent.id],
    text: (view) => [`${SENTENCES[kind]} ${view.style.bold(agent.id)}: ${summary(agent)}`, view.style.dim(`next: ${nextCommand(kind, agent)}`)].join('\n'),
  };
}

function summary(agent: Agent): string {
  const parts = [agent.connector, ...(agent.argv.length === 0 ? [] : [commandLine(agent.argv)]), ...(agent.labels.length === 0 ? [] : [`labels ${agent.labels.join(', ')}`]), count(agent.concurrency, 'run') + ' at a time'];
  return escapeLine(parts.join(', '));
}

function nextCommand(kind: ChangeKind, agent: Agent): string {
  if (kind === 'agent.register') return `ai agent test ${agent.id}   then   ai task execute ID --agent ${agent.id}`;
  return kind === 'agent.disable' ? `ai agent enable ${agent.id}` : `ai agent show ${agent.id}`;
}

export function presentAgentList(rows: readonly AgentRow[]): Answer {
  return {
    kind: 'agent.list',
    data: rows.map(({ agent, liveRuns }) => ({ ...agentJson(agent), liveRuns })),
    meta: { total: rows.length, next: null },
    ids: rows.map(({ agent }) => agent.id),
    text: (view) => (rows.length === 0 ? `No agents yet.  ${view.style.dim('ai agent detect')}` : agentTable(rows, view)),
  };
}

function agentTable(rows: readonly AgentRow[], view: View): string {
  return renderTable(
    rows,
    [
      { title: 'AGENT', value: ({ agent }) => agent.id },
      { title: 'STATE', value: ({ agent }) => agentState(agent), paint: (cell, { agent }, style) => (agent.enabled && agent.pausedReason === null ? style.green(cell) : style.yellow(cell)) },
      { title: 'RUNS', value: ({ agent, liveRuns }) => `${liveRuns}/${agent.concurrency}`, align: 'right' },
      { title: 'CONNECTOR', value: ({ agent }) => agent.connector },
      { title: 'MODEL', value: ({ agent }) => agent.model ?? '-', shrink: true },
      { title: 'LABELS', value: ({ agent }) => agent.labels.join(' ') || '-', shrink: true },
      { title: 'CAN', value: ({ agent }) => agent.capabilities.join(' ') || '-', shrink: true },
    ],
    view,
  );
}

function agentState(agent: Agent): string {
  if (!agent.enabled) return '○ disabled';
  return agent.pausedReason === null ? '✓ ready' : '‖ paused';
}

export function presentAgentDetail(detail: AgentDetail): Answer {
  const { agent, liveRuns, detection, runs } = detail;
  return {
    kind: 'agent.show',
    data: { ...agentJson(agent), liveRuns, detection: detectionJson(detection), runs: runs.map(runJson) },
    ids: [agent.id],
    text: (view) => [`${view.style.bold(agent.id)}  ${agentState(agent)}`, renderPairs(facts(detail, view), view.style)].join('\n\n'),
  };
}

function facts({ agent, liveRuns, detection, runs }: AgentDetail, view: View): (readonly [string, string])[] {
  const can = Object.entries(detection.capabilities).filter(([, value]) => value !== false && value !== 'none').map(([name, value]) => (value === true ? name : `${name} (${String(value)})`));
  const pairs: (readonly [string, string])[] = [
    ['Paused', agent.pausedReason === null ? '' : `${escapeLine(agent.pausedReason)}   ${view.style.dim(`ai agent enable ${agent.id}`)}`],
    ['Connector', `${agent.connector}${detection.version === null ? '' : ` ${escapeLine(detection.version)}`}${detection.path === null ? '' : ` at ${escapeLine(detection.path)}`}`],
    ['Problem', detection.problem === null ? '' : view.style.yellow(escapeLine(detection.problem))],
    ['Logged in', detection.loggedIn === null ? 'unknown' : detection.loggedIn ? 'yes' : 'no'],
    ['Client can', can.join(', ')],
    ['Command', escapeLine(commandLine(agent.argv))],
    ['Role', escapeLine(agent.role ?? '')],
    ['Model', escapeLine(agent.model ?? '')],
    ['Labels', escapeLine(agent.labels.join(', '))],
    ['Capabilities', escapeLine(agent.capabilities.join(', '))],
    ['Variables', agent.env.join(', ')],
    ['Works on', `${liveRuns} of at most ${agent.concurrency}${runs.length === 0 ? '' : `: ${runs.map((run) => `${run.taskId} (${run.id})`).join(', ')}`}`],
    ['Registered', `${stamp(agent.createdAtMs)} UTC (${age(view.nowMs - agent.createdAtMs)} ago)`],
  ];
  return pairs.filter(([, value]) => value !== '');
}

export function presentAgentRemoved({ id }: { readonly id: string }): Answer {
  return { kind: 'agent.remove', data: { id }, ids: [id], text: () => `Removed ${id}; what it did stays in the audit log.` };
}

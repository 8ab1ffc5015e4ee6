import type { DetectedConnector } from '../../app/agents/inspect-agents.js';
import type { AgentTest } from '../../app/agents/test-agent.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { renderTable } from '../table.js';
import { agentJson, detectionJson } from './agent-json.js';
import { duration } from './format.js';

export function presentDetected(found: readonly DetectedConnector[]): Answer {
  return {
    kind: 'agent.detect',
    data: found.map(({ connector, summary, detection, registered }) => ({ connector, summary, ...detectionJson(detection), registered })),
    meta: { total: found.length, next: null },
    ids: found.filter(({ detection }) => detection.installed).map(({ connector }) => connector),
    text: (view) => [detectedTable(found, view), ...problems(found, view), ...suggestions(found, view)].join('\n'),
  };
}

function detectedTable(found: readonly DetectedConnector[], view: View): string {
  return renderTable(
    found,
    [
      { title: 'CONNECTOR', value: ({ connector }) => connector },
      { title: 'FOUND', value: ({ detection }) => (detection.installed ? '✓ yes' : '✗ no'), paint: (cell, { detection }, style) => (detection.installed ? style.green(cell) : style.dim(cell)) },
      { title: 'VERSION', value: ({ detection }) => detection.version ?? '-' },
      { title: 'LOGGED IN', value: ({ detection }) => (detection.loggedIn === null ? '?' : detection.loggedIn ? 'yes' : 'no') },
      { title: 'AGENTS', value: ({ registered }) => registered.join(' ') || '-', shrink: true },
      { title: 'WHAT IT IS', value: ({ summary }) => summary, shrink: true },
    ],
    view,
  );
}

function problems(found: readonly DetectedConnector[], { style }: View): string[] {
  return found.flatMap(({ connector, detection }) => (detection.installed && detection.problem !== null ? [`${style.yellow('!')} ${connector}: ${escapeLine(detection.problem)}`] : []));
}

function suggestions(found: readonly DetectedConnector[], { style }: View): string[] {
  const unused = found.filter(({ detection, registered }) => detection.installed && registered.length === 0);
  return unused.map(({ connector }) => style.dim(connector === 'command' ? 'next: ai agent register coder --connector command -- ./my-agent.sh' : `next: ai agent register ${connector.replace(/-code$/, '')} --connector ${connector}`));
}

export function presentAgentTest(test: AgentTest): Answer {
  const { agent, ok, detection, steps, durationMs } = test;
  return {
    kind: 'agent.test',
    data: { agent: agentJson(agent), ok, detection: detectionJson(detection), steps: steps.map((step) => ({ name: step.name, ok: step.ok, detail: step.detail })), durationMs },
    ids: [agent.id],
    exitCode: ok ? undefined : 1,
    text: ({ style }) =>
      [
        ...steps.map((step) => `${step.ok ? style.green('✓') : style.red('✗')} ${step.name}${step.detail === '' ? '' : `: ${escapeLine(step.detail)}`}`),
        ok ? `${agent.id} works (${duration(durationMs)}).` : `${agent.id} does not work.  ${style.dim(`ai agent show ${agent.id}`)}`,
      ].join('\n'),
  };
}

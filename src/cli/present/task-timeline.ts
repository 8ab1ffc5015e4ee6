import type { TaskTimeline } from '../../app/tasks/timeline-task.js';
import type { Run } from '../../domain/run/run.js';
import type { Answer, View } from '../io.js';
import { renderTable } from '../table.js';
import { auditEventJson } from './event-json.js';
import { eventLine } from './event-line.js';
import { duration } from './format.js';
import { runJson } from './run-json.js';

export function presentTimeline(timeline: TaskTimeline, limit: number): Answer {
  const { id, events, runs, truncated } = timeline;
  return {
    kind: 'task.timeline',
    data: { id, events: events.map(auditEventJson), runs: runs.map(runJson), truncated },
    text: (view) =>
      [
        truncated ? view.style.dim(`earlier events: ai task timeline ${id} --limit ${limit * 2}`) : '',
        events.map((event) => eventLine(event, view.style)).join('\n'),
        runs.length === 0 ? view.style.dim(`No run yet: ai task execute ${id}`) : runTable(runs, view),
      ].filter((part) => part !== '').join('\n\n'),
  };
}

function runTable(runs: readonly Run[], view: View): string {
  return renderTable(
    runs,
    [
      { title: 'RUN', value: (run) => run.id },
      { title: 'ATTEMPT', value: (run) => String(run.attempt), align: 'right' },
      { title: 'AGENT', value: (run) => run.agent, shrink: true },
      { title: 'OUTCOME', value: outcome, paint: (cell, run, style) => (run.outcome === 'succeeded' ? style.green(cell) : run.outcome === null ? style.cyan(cell) : style.red(cell)) },
      { title: 'TOOK', value: (run) => duration((run.finishedAtMs ?? view.nowMs) - run.startedAtMs), align: 'right' },
      { title: 'MESSAGE', value: (run) => run.errorMessage ?? '', shrink: true },
    ],
    view,
  );
}

function outcome(run: Run): string {
  if (run.outcome === null) return `● ${run.phase}`;
  return `${run.outcome === 'succeeded' ? '✓' : '✗'} ${run.outcome}`;
}

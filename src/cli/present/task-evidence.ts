import type { CheckedEvidence, TaskEvidence } from '../../app/tasks/task-evidence.js';
import type { Run } from '../../domain/run/run.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { renderTable } from '../table.js';
import { byteSize, count, stamp } from './format.js';
import { evidenceJson, runJson } from './run-json.js';
import { checkText } from './task-execute.js';
import { taskJson } from './task-json.js';

/** Exits with 1 when something that should be there is missing or does not match its digest. */
export function presentEvidence(found: TaskEvidence, nowMs: number): Answer {
  const bad = found.runs.flatMap(({ items }) => items).filter((item) => item.state !== 'ok');
  return {
    kind: 'task.evidence',
    data: {
      task: taskJson(found.task, nowMs),
      runs: found.runs.map(({ run, items }) => ({ ...runJson(run), evidence: items.map((item) => ({ ...evidenceJson(item), state: item.state })) })),
      complete: bad.length === 0,
    },
    ids: found.runs.map(({ run }) => run.id),
    exitCode: bad.length === 0 ? undefined : 1,
    text: (view) => {
      if (found.runs.length === 0) return `${found.task.id} has not been run, so there is no evidence.  ${view.style.dim(`ai task execute ${found.task.id}`)}`;
      return [...found.runs.map(({ run, items }) => runText(run, items, view)), verdict(found, bad, view)].join('\n\n');
    },
  };
}

function runText(run: Run, items: readonly CheckedEvidence[], view: View): string {
  const head = `${view.style.bold(run.id)}  ${run.outcome ?? run.phase}  attempt ${run.attempt} by ${escapeLine(run.agent)}, ${stamp(run.startedAtMs)} UTC${run.head === null ? '' : `, head ${escapeLine(run.head)}`}`;
  const checks = run.checks.map((check) => `  ${checkText(check, view)}`);
  return [head, ...checks, items.length === 0 ? '  no evidence was stored' : itemTable(items, view)].join('\n');
}

function itemTable(items: readonly CheckedEvidence[], view: View): string {
  return renderTable(
    items,
    [
      { title: '  KIND', value: (item) => `  ${item.kind}` },
      { title: 'STATE', value: (item) => `${item.state === 'ok' ? '✓' : '✗'} ${item.state}`, paint: (cell, item, style) => (item.state === 'ok' ? style.green(cell) : style.red(cell)) },
      { title: 'SIZE', value: (item) => byteSize(item.bytes), align: 'right' },
      { title: 'SHA-256', value: (item) => item.sha256, shrink: true },
    ],
    view,
  );
}

function verdict(found: TaskEvidence, bad: readonly CheckedEvidence[], { style }: View): string {
  const total = found.runs.reduce((sum, { items }) => sum + items.length, 0);
  if (bad.length === 0) return `${style.green('✓')} ${count(total, 'item')}, all there and unchanged.`;
  return `${style.red('✗')} ${bad.length} of ${count(total, 'item')} missing or altered: ${bad.map((item) => `${item.kind} ${item.state}`).join(', ')}.`;
}

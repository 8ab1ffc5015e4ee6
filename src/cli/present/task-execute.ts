import type { ExecutedTask } from '../../app/tasks/execute-task.js';
import type { CheckResult, Run } from '../../domain/run/run.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { renderPairs } from '../table.js';
import { age } from '../time.js';
import { byteSize, count, duration, shortDigest, someOf, stamp, thousands } from './format.js';
import { runJson } from './run-json.js';
import { taskJson } from './task-json.js';
import { nextCommand } from './task-next.js';

const SHOWN_FILES = 8;

export interface ExecuteView {
  readonly exitCode: number;
  /** `--verbose`: the share of each step in the whole. */
  readonly verbose: boolean;
  readonly nowMs: number;
}

/** A finished run, whatever its outcome: a failed one is an answer with an exit code, not an error. */
export function presentExecuted(executed: ExecutedTask, options: ExecuteView): Answer {
  const { task, run } = executed;
  return {
    kind: 'task.execute',
    data: { task: taskJson(task, options.nowMs), run: runJson(run) },
    ids: [task.id],
    exitCode: options.exitCode === 0 ? undefined : options.exitCode,
    text: (view) => [heading(executed, view), renderPairs(facts(executed, view), view.style), options.verbose ? stepShares(executed, view) : '', view.style.dim(`next: ${next(executed)}`)].filter((part) => part !== '').join('\n'),
  };
}

function heading({ task, run }: ExecutedTask, { style }: View): string {
  const ok = run.outcome === 'succeeded';
  const word = `${ok ? '✓' : '✗'} ${run.outcome ?? run.phase}`;
  const took = duration((run.finishedAtMs ?? run.lastActivityAtMs) - run.startedAtMs);
  return `${ok ? style.green(word) : style.red(word)}  ${style.bold(task.id)} ${escapeLine(task.title)}  ${style.dim(`(${run.id}, ${escapeLine(run.agent)}, ${took})`)}`;
}

function facts({ task, run, retryAtMs }: ExecutedTask, view: View): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [
    ['  Why', run.outcome === 'succeeded' ? '' : escapeLine([run.errorClass, run.errorMessage].filter((part) => part !== null).join(': '))],
    ['  Outside', someOf(run.outsideScope.map(escapeLine), SHOWN_FILES)],
    ['  Changed', changes(run)],
    ...run.checks.map((check): readonly [string, string] => ['  Check', checkText(check, view)]),
    ['  Evidence', evidence(run)],
    ['  Used', usage(run)],
    ['  Branch', run.branch === null || run.changedFiles.length === 0 ? '' : escapeLine(run.branch)],
    ['  Task', `${task.status}${retryAtMs === null ? '' : `, next attempt ${retryText(retryAtMs, view)}`}`],
  ];
  return pairs.filter(([, value]) => value !== '');
}

function changes({ changedFiles }: Run): string {
  if (changedFiles.length === 0) return 'nothing';
  return `${count(changedFiles.length, 'file')}: ${someOf(changedFiles.map(({ path, status }) => `${escapeLine(path)} (${status})`), SHOWN_FILES)}`;
}

export function checkText(check: CheckResult, { style }: View): string {
  const ok = check.exitCode === 0;
  const how = check.exitCode === null ? 'did not end' : ok ? duration(check.durationMs) : `exit ${check.exitCode}, ${duration(check.durationMs)}`;
  return `${ok ? style.green('✓') : style.red('✗')} ${escapeLine(check.command)} (${how})`;
}

function evidence({ evidence: items }: Run): string {
  const statement = items.find((item) => item.kind === 'statement');
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
  return items.length === 0 ? '' : `${count(items.length, 'item')}, ${byteSize(bytes)}${statement === undefined ? '' : `, statement sha256:${shortDigest(statement.sha256)}`}`;
}

function usage({ usage: used }: Run): string {
  const parts = [
    ...(used.inputTokens === null ? [] : [`${thousands(used.inputTokens)} tokens in`]),
    ...(used.outputTokens === null ? [] : [`${thousands(used.outputTokens)} tokens out`]),
    ...(used.costUsd === null ? [] : [`$${escapeLine(used.costUsd)}`]),
  ];
  return parts.join(', ');
}

function retryText(retryAtMs: number, { nowMs }: View): string {
  return retryAtMs > nowMs ? `not before ${stamp(retryAtMs)} UTC (in ${age(retryAtMs - nowMs)})` : 'at once';
}

function stepShares({ steps }: ExecutedTask, { style }: View): string {
  const whole = steps.reduce((sum, { ms }) => sum + ms, 0);
  const share = (ms: number): string => (whole === 0 ? '0' : ((ms / whole) * 100).toFixed(1));
  return ['  Steps', ...steps.map(({ step, ms }) => style.dim(`    ${step.padEnd(12)} ${duration(ms).padStart(10)}  ${share(ms).padStart(5)} %`))].join('\n');
}

function next({ task, run }: ExecutedTask): string {
  if (run.errorClass === 'auth' || run.errorClass === 'quota' || run.errorClass === 'tool_missing') return `ai agent show ${run.agent}`;
  if (task.status === 'review' && run.changedFiles.length > 0) return `ai task diff ${task.id}   then   ai task merge ${task.id}`;
  if (run.outcome !== 'succeeded' && task.status === 'queued') return `ai task logs ${task.id}   then   ai task execute ${task.id}`;
  return nextCommand(task);
}

import { checkChanges } from '../../../app/check/check-changes.js';
import type { CheckInput, CheckTarget } from '../../../app/check/check-input.js';
import { parseReportOrders, writeReports } from '../../../app/check/report-files.js';
import { subjectOf } from '../../../app/policy/subject.js';
import { resolveRunId } from '../../../app/tasks/resolve-id.js';
import { AiError } from '../../../domain/kernel/errors.js';
import { quote } from '../../../domain/kernel/ids.js';
import { renderReport, REPORT_FORMATS, type ReportFormat } from '../../../domain/report/render-report.js';
import type { Answer } from '../../io.js';
import { presentCheck } from '../../present/policy-check.js';
import type { ShellContext } from '../../shell.js';
import { usage } from '../options.js';
import { openPolicyCheck, type OpenedCheck } from './check-host.js';

interface CheckOptions {
  readonly staged?: boolean;
  readonly base?: string;
  readonly head?: string;
  readonly run?: string;
  readonly files?: readonly string[];
  readonly format?: string;
  readonly report?: readonly string[];
  readonly requireEvidence?: boolean;
}

const MAX_STDIN_BYTES = 64 * 1024 * 1024;
const HINT = 'ai policy check --staged, --base REF, --run ID or --files PATH...';

/** Opens no database, except to look a run up. */
export async function runCheck(context: ShellContext, _args: readonly [], options: CheckOptions): Promise<Answer> {
  const { host, globals, nowMs } = context;
  const format = parseFormat(options.format ?? 'text');
  const orders = parseReportOrders(options.report ?? []);
  const opened = await openPolicyCheck(host, globals);
  const { target, subject } = await chooseTarget(context, opened, options);
  const input: CheckInput = { target, subject, facts: opened.facts, nowMs, approvals: [], requireEvidence: options.requireEvidence === true, agentEmails: [] };
  const report = await checkChanges(opened.depsFor(subject.agent), input);
  const reporting = { version: host.version, sha256: opened.sha256 };
  await writeReports(report, orders, { ...reporting, write: opened.write });
  if (format !== 'json') return presentCheck(report, format, reporting);
  return { ...presentCheck(report, 'text', reporting), text: () => renderReport('json', report, reporting).trimEnd() };
}

function parseFormat(text: string): ReportFormat {
  const format = REPORT_FORMATS.find((known) => known === text);
  if (format === undefined) throw usage(`${quote(text)} is no format of a report.`, `--format ${REPORT_FORMATS.join(', ')}`);
  return format;
}

interface Chosen {
  readonly target: CheckTarget;
  readonly subject: CheckInput['subject'];
}

async function chooseTarget(context: ShellContext, opened: OpenedCheck, options: CheckOptions): Promise<Chosen> {
  const { subject } = opened;
  const given = [options.staged === true, options.base !== undefined, options.run !== undefined, options.files !== undefined].filter(Boolean).length;
  if (given !== 1) throw usage(given === 0 ? 'It is not said what to check.' : 'Only one thing is checked at a time.', HINT);
  if (options.head !== undefined && options.base === undefined) throw usage('--head is the end of a range, which begins with --base.', 'ai policy check --base main --head feature');
  if (options.run !== undefined) return targetOfRun(context, options.run);
  if (options.files !== undefined) return { subject, target: { kind: 'files', paths: await namedPaths(context, opened, options.files) } };
  return { subject, target: options.base === undefined ? { kind: 'staged' } : { kind: 'range', base: options.base, head: options.head ?? 'HEAD' } };
}

/** `-` alone reads names from stdin: separated by NUL when there is one, by line breaks otherwise. */
async function namedPaths({ io }: ShellContext, opened: OpenedCheck, names: readonly string[]): Promise<readonly string[]> {
  if (names.length !== 1 || names[0] !== '-') return names.map(opened.toRepositoryPath);
  const text = await io.readStdin(MAX_STDIN_BYTES);
  const listed = text.includes('\0') ? text.split('\0') : text.split(/\r?\n/);
  return listed.filter((name) => name !== '').map(opened.toRepositoryPath);
}

async function targetOfRun({ host, globals }: ShellContext, idText: string): Promise<Chosen> {
  const { store, actor } = await host.open(globals, { repair: false });
  const run = await store.getRun(await resolveRunId(store, idText));
  if (run.base === null || run.head === null) throw new AiError({ code: 'INVALID_INPUT', message: `Run ${run.id} has no commits of its own to check.`, hint: `ai task evidence ${run.taskId}` });
  const agent = (await store.listAgents()).find(({ id }) => id === run.agent) ?? null;
  const subject = { ...subjectOf({ agent, actor, task: run.taskId, run: run.id }), agent: run.agent };
  return { subject, target: { kind: 'range', base: run.base, head: run.head, run: run.id } };
}

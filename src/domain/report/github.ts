import type { CheckFinding, CheckReport } from './check-report.js';
import { groupFindings, verdictLine, type FindingGroup } from './grouped.js';
import { shortened, visible } from './visible.js';

/** GitHub keeps about ten annotations of each kind per step, and drops the others without a word. */
export const GITHUB_ANNOTATION_LIMIT = 10;
const MAX_MESSAGE_CHARACTERS = 1_000;
const MAX_TITLE_CHARACTERS = 100;
const SUMMARY_RULES = 50;

type Command = 'error' | 'warning';

/**
 * Workflow commands for GitHub Actions: denials are errors, missing approvals and warnings are warnings, then a summary with
 * every rule. Only our own lines begin with `::`. Ends in a line break.
 */
export function renderGitHub(report: CheckReport): string {
  const errors = [...undecidedLine(report), ...report.violations.map((finding) => annotation('error', finding))];
  const warnings = [...report.asks.map((finding) => annotation('warning', finding)), ...report.warnings.map(({ code, message, path }) => command('warning', { title: code, path }, message))];
  const shown = [...errors.slice(0, GITHUB_ANNOTATION_LIMIT), ...warnings.slice(0, GITHUB_ANNOTATION_LIMIT)];
  return [...shown, ...summary(report, errors.length + warnings.length - shown.length)].map((line) => `${line}\n`).join('');
}

function undecidedLine({ undecidable }: CheckReport): string[] {
  if (undecidable === null) return [];
  return [command('error', { title: 'undecided', path: null }, [undecidable.message, undecidable.hint].filter((part) => part !== null).join(' '))];
}

function annotation(kind: Command, { rule, path, message, why, fix }: CheckFinding): string {
  return command(kind, { title: rule, path }, [message, why, fix].filter((part) => part !== null).join(' '));
}

function command(kind: Command, { title, path }: { readonly title: string; readonly path: string | null }, message: string): string {
  const properties = [...(path === null ? [] : [`file=${property(path)}`]), `title=${property(shortened(title, MAX_TITLE_CHARACTERS))}`];
  return `::${kind} ${properties.join(',')}::${data(shortened(message, MAX_MESSAGE_CHARACTERS))}`;
}

/** The older form of a command, `##[…]`, is understood anywhere in a line. */
const withoutOldCommands = (text: string): string => visible(text).replaceAll('##[', String.raw`##\u{5b}`);

/** Line breaks are escaped before as `\n`, which is what a person can read; `%` is what introduces an escape here. */
function data(text: string): string {
  return withoutOldCommands(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function summary(report: CheckReport, hidden: number): string[] {
  const groups = groupFindings(report);
  const rest = groups.length - SUMMARY_RULES;
  return [
    ...(hidden > 0 ? [`ai policy check: ${hidden} more annotations are not shown; the summary counts them all.`] : []),
    ...groups.slice(0, SUMMARY_RULES).map(summaryLine),
    ...(rest > 0 ? [`ai policy check: and ${rest} more rules`] : []),
    `ai policy check: ${withoutOldCommands(verdictLine(report))}`,
  ];
}

function summaryLine({ level, rule, findings }: FindingGroup): string {
  return `ai policy check: ${level === 'deny' ? 'denied' : 'needs approval'}  ${withoutOldCommands(rule)}  ${findings.length}`;
}

import type { CheckFinding, CheckReport } from './check-report.js';
import { groupFindings, verdictLine, type FindingGroup } from './grouped.js';
import { visible } from './visible.js';

/** How parts of the text are marked; each is the identity where there are no colours. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
}

const same = (text: string): string => text;
export const PLAIN_PAINT: Paint = { bold: same, dim: same, red: same, yellow: same, green: same };

/** Paths of one rule; the rest is counted. The other formats have them all. */
const SHOWN = 20;

/** For people: by rule, why it is there, and what to do. Without the final line break. */
export function renderText(report: CheckReport, paint: Paint = PLAIN_PAINT): string {
  const groups = groupFindings(report).map((group) => groupText(group, paint));
  const warnings = report.warnings.slice(0, SHOWN).map(({ message }) => `${paint.yellow('! warning')}  ${visible(message)}`);
  const more = report.warnings.length > SHOWN ? [`${paint.yellow('! warning')}  ${report.warnings.length - SHOWN} more warnings`] : [];
  return [...groups, ...[[...warnings, ...more].join('\n')].filter((part) => part !== ''), ending(report, paint)].join('\n\n');
}

function groupText(group: FindingGroup, paint: Paint): string {
  const mark = group.level === 'deny' ? paint.red('✗ denied') : paint.yellow('? needs approval');
  const origin = group.at === null ? (group.layer ?? '') : `${group.layer ?? ''}, ${group.at}`;
  const head = `${mark}  ${paint.bold(visible(group.rule))}${origin === '' ? '' : paint.dim(`  (${visible(origin)})`)}`;
  const why = group.why === null ? [] : [`    ${visible(group.why)}`];
  const rest = group.findings.length - SHOWN;
  return [head, ...why, ...group.findings.slice(0, SHOWN).map((finding) => `    - ${subject(finding)}`), ...(rest > 0 ? [`    - and ${rest} more`] : []), `    ${paint.dim('→')} ${visible(group.fix)}`].join('\n');
}

/** Of a rule, the path says it all; the check's own findings each have something to tell. */
function subject(finding: CheckFinding): string {
  return visible(finding.layer === null || finding.path === null ? finding.message : finding.path);
}

function ending(report: CheckReport, paint: Paint): string {
  const line = visible(verdictLine(report));
  if (report.undecidable !== null) return [paint.yellow(line), ...(report.undecidable.hint === null ? [] : [`→ ${visible(report.undecidable.hint)}`])].join('\n');
  return report.violations.length + report.asks.length + report.omitted === 0 ? paint.green(line) : paint.red(line);
}

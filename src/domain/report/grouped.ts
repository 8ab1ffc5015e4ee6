import type { CheckFinding, CheckReport } from './check-report.js';

export type Level = 'deny' | 'ask';

/** Findings of one rule. */
export interface FindingGroup {
  readonly level: Level;
  readonly rule: string;
  readonly layer: CheckFinding['layer'];
  readonly at: string | null;
  readonly why: string | null;
  readonly fix: string;
  readonly findings: readonly CheckFinding[];
}

/** By rule, the stricter first, then in the order in which they were found. */
export function groupFindings(report: Pick<CheckReport, 'violations' | 'asks'>): FindingGroup[] {
  return [...groupsOf('deny', report.violations), ...groupsOf('ask', report.asks)];
}

function groupsOf(level: Level, findings: readonly CheckFinding[]): FindingGroup[] {
  const byRule = new Map<string, CheckFinding[]>();
  for (const finding of findings) {
    const key = ruleKey(finding);
    const known = byRule.get(key);
    if (known === undefined) byRule.set(key, [finding]);
    else known.push(finding);
  }
  return [...byRule.values()].flatMap((members) => {
    const [first] = members;
    return first === undefined ? [] : [{ level, rule: first.rule, layer: first.layer, at: first.at, why: first.why, fix: first.fix, findings: members }];
  });
}

/** Two layers may have a rule of one name. */
export function ruleKey({ layer, rule, at }: { readonly layer: CheckFinding['layer']; readonly rule: string; readonly at: string | null }): string {
  return JSON.stringify([layer, rule, at]);
}

/** Most severe first, for formats that keep the first few only. */
export function bySeverity(report: Pick<CheckReport, 'violations' | 'asks'>): readonly { readonly level: Level; readonly finding: CheckFinding }[] {
  return [...report.violations.map((finding) => ({ level: 'deny', finding }) as const), ...report.asks.map((finding) => ({ level: 'ask', finding }) as const)];
}

/** `1 file`, `3 files`. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${amount} ${amount === 1 ? noun : plural}`;
}

/** One sentence: what came out. */
export function verdictLine(report: CheckReport): string {
  if (report.undecidable !== null) return `Undecided: ${report.undecidable.message}`;
  const looked = `${count(report.files, 'file')}${report.commits === null ? '' : ` and ${count(report.commits, 'commit')}`} against ${count(report.rules.length, 'rule')}`;
  const approved = report.approved.length === 0 ? '' : `, ${report.approved.length} approved`;
  if (report.violations.length + report.asks.length + report.omitted === 0) return `Clean: ${looked}${approved}.`;
  const found = [
    ...(report.violations.length === 0 ? [] : [count(report.violations.length, 'violation')]),
    ...(report.asks.length === 0 ? [] : [`${report.asks.length} waiting for an approval`]),
    ...(report.omitted === 0 ? [] : [`${report.omitted} more not listed`]),
  ];
  return `Not clean: ${found.join(', ')}${approved} (${looked}).`;
}

import type { CheckFinding, CheckReport } from './check-report.js';
import { count, groupFindings, ruleKey, verdictLine, type FindingGroup } from './grouped.js';
import { visible } from './visible.js';

/** Findings listed in one case; viewers do not scroll further. */
const SHOWN = 100;

/** JUnit XML: one case for each rule that was asked or has a finding. No answer is an error, not a failure. Ends in a line break. */
export function renderJUnit(report: CheckReport): string {
  const cases = report.undecidable === null ? ruleCases(report) : [undecidedCase(report.undecidable)];
  const failures = report.undecidable === null ? groupFindings(report).length : 0;
  const numbers = `tests="${cases.length}" failures="${failures}" errors="${report.undecidable === null ? 0 : 1}" skipped="0"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ai policy check" ${numbers}>`,
    `  <testsuite name="ai policy check" ${numbers}>`,
    ...cases,
    `    <system-out>${xml(verdictLine(report))}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function ruleCases(report: CheckReport): string[] {
  const failing = new Map<string, FindingGroup[]>();
  for (const group of groupFindings(report)) failing.set(ruleKey(group), [...(failing.get(ruleKey(group)) ?? []), group]);
  const passing = report.rules.filter(({ id, layer, at }) => !failing.has(ruleKey({ rule: id, layer, at })));
  return [...[...failing.values()].flat().map(failingCase), ...passing.map(({ id, layer }) => `    <testcase ${identity(id, layer)}/>`)];
}

function identity(rule: string, layer: CheckFinding['layer']): string {
  return `classname="${xml(`ai.policy.${layer ?? 'check'}`)}" name="${xml(rule)}"`;
}

function failingCase(group: FindingGroup): string {
  const message = group.why ?? `${count(group.findings.length, 'finding')} of rule ${group.rule}`;
  const rest = group.findings.length - SHOWN;
  const lines = [...group.findings.slice(0, SHOWN).map((finding) => finding.message), ...(rest > 0 ? [`and ${rest} more`] : []), group.fix];
  return [
    `    <testcase ${identity(group.rule, group.layer)}>`,
    `      <failure type="${group.level}" message="${xml(message)}">${lines.map(xml).join('\n')}</failure>`,
    '    </testcase>',
  ].join('\n');
}

function undecidedCase({ message, hint }: NonNullable<CheckReport['undecidable']>): string {
  return [`    <testcase classname="ai.policy.check" name="undecided">`, `      <error type="undecidable" message="${xml(message)}">${xml(hint ?? '')}</error>`, '    </testcase>'].join('\n');
}

const ENTITIES: ReadonlyMap<string, string> = new Map([['&', '&amp;'], ['<', '&lt;'], ['>', '&gt;'], ['"', '&quot;'], ["'", '&apos;']]);

/** Control characters have no form at all in XML 1.0, so they are made visible first. */
function xml(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (character) => ENTITIES.get(character) ?? '');
}

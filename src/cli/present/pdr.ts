import type { DecisionPage } from '../../app/policy/tools/list-decisions.js';
import type { DecisionRecord } from '../../domain/policy/decision-record.js';
import { escapeLine } from '../escape.js';
import type { Answer, Style, View } from '../io.js';
import { renderPairs, renderTable } from '../table.js';
import { age, iso } from '../time.js';
import { shortDigest, someOf, stamp } from './format.js';
import { effectMark, paintEffect } from './policy-style.js';

const SHOWN_FINDINGS = 20;

/** The record as it was written, with its time as a text beside. */
export function recordJson(record: DecisionRecord): Record<string, unknown> {
  const { atMs, ...rest } = record;
  return { ...rest, at: iso(atMs) };
}

export function presentDecisions({ records, next }: DecisionPage, nowMs: number): Answer {
  return {
    kind: 'pdr.list',
    data: records.map(recordJson),
    meta: { total: null, next },
    ids: records.map(({ id }) => id),
    text: (view) => (records.length === 0 ? `No decision is recorded that fits.  ${view.style.dim('Decisions are recorded once there is a policy: ai policy init')}` : `${table(records, nowMs, view)}${next === null ? '' : `\n${view.style.dim(`more: --before ${next}`)}`}`),
  };
}

function table(records: readonly DecisionRecord[], nowMs: number, view: View): string {
  return renderTable(
    records,
    [
      { title: 'ID', value: ({ id }) => id },
      { title: 'EFFECT', value: ({ decision }) => effectMark(decision.effect), paint: (cell, { decision }, style) => paintEffect(cell, decision.effect, style) },
      { title: 'POINT', value: ({ point }) => point },
      { title: 'WHO', value: ({ subject }) => subject.agent ?? subject.user, shrink: true },
      { title: 'TASK', value: ({ subject }) => subject.task ?? '' },
      { title: 'BECAUSE', value: ({ decision }) => decision.message, shrink: true },
      { title: 'AGE', value: ({ atMs }) => age(nowMs - atMs), align: 'right' },
    ],
    view,
  );
}

export function presentDecision(record: DecisionRecord): Answer {
  return { kind: 'pdr.show', data: recordJson(record), ids: [record.id], text: ({ style }) => recordText(record, style) };
}

function recordText(record: DecisionRecord, style: Style): string {
  const { decision } = record;
  const head = `${style.bold(record.id)}  ${paintEffect(effectMark(decision.effect), decision.effect, style)}  ${record.point}  ${style.dim(`${decision.code}, ${record.mode}`)}`;
  const rules = decision.rules.map(({ id, layer, at, effect, result, decisive, path }) => `  ${result}  ${effect} ${escapeLine(id)} ${style.dim(`(${layer}, ${escapeLine(at)})`)}${path === null ? '' : ` ${escapeLine(path)}`}${decisive ? '  decides' : ''}`);
  const findings = decision.findings.slice(0, SHOWN_FINDINGS).map(({ path, effect, rules: by }) => `  ${effect} ${escapeLine(path)}${by.length === 0 ? '' : style.dim(` (${by.map(({ id }) => escapeLine(id)).join(', ')})`)}`);
  const rest = decision.findingCount - findings.length;
  return [
    `${head}\n  ${escapeLine(decision.message)}${decision.fix === null ? '' : `\n  ${style.dim('→')} ${escapeLine(decision.fix)}`}`,
    renderPairs(facts(record), style),
    ...(rules.length === 0 ? [] : [[style.bold('Rules that took part'), ...rules].join('\n')]),
    ...(findings.length === 0 ? [] : [[style.bold('Paths'), ...findings, ...(rest > 0 ? [`  and ${rest} more`] : [])].join('\n')]),
    style.dim(`why: ai pdr explain ${record.id}   again: ai pdr replay ${record.id}`),
  ].join('\n\n');
}

function facts(record: DecisionRecord): readonly (readonly [string, string])[] {
  const { subject, resource, decision, policy } = record;
  const pairs: readonly (readonly [string, string])[] = [
    ['When', `${stamp(record.atMs)} UTC`],
    ['Who', escapeLine(subject.agent === null ? subject.user : `${subject.agent}${subject.roles.length === 0 ? '' : ` (${subject.roles.join(', ')})`}`)],
    ['Task', subject.task ?? ''],
    ['Run', subject.run ?? ''],
    ['About', escapeLine(`${resource.kind} ${resource.id}`)],
    ['Values', escapeLine(someOf(Object.entries(decision.facts).map(([name, value]) => `${name}=${JSON.stringify(value)}`), SHOWN_FINDINGS))],
    ['Limits', decision.limits.map(({ name, used, limit }) => `${name} ${used} of ${limit}`).join(', ')],
    ['Approved by', decision.approvals.join(', ')],
    ['Redacted', String(record.redacted.length || '')],
    ['Considered', `${decision.considered} rules`],
    ['Policy', `${shortDigest(policy.digest)} (${escapeLine(policy.layers.map(({ layer, revision }) => `${layer}${revision === null ? '' : ` ${shortDigest(revision)}`}`).join(', '))})`],
    ['Request', shortDigest(record.input.sha256)],
    ['Took', `${record.tookUs} µs`],
  ];
  return pairs.filter(([, value]) => value !== '');
}

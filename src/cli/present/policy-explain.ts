import type { ExplainedPoint } from '../../app/policy/tools/explain-point.js';
import type { ExplainedDecision } from '../../app/policy/tools/replay-decisions.js';
import type { Explanation, NearestChange, RuleExplanation } from '../../domain/policy/evaluate/explain.js';
import type { Decision } from '../../domain/policy/decision.js';
import { escapeLine } from '../escape.js';
import type { Answer, Style } from '../io.js';
import { effectMark, paintEffect } from './policy-style.js';

export function presentExplainedPoint(explained: ExplainedPoint): Answer {
  const { request, decision, rules, nearest, policyDigest } = explained;
  const warnings = request.command?.kind === 'unreadable' ? [`The command can't be read (${request.command.reason}): no rule allows such a one.`] : [];
  return {
    kind: 'policy.explain',
    data: { point: request.point, subject: request.subject, decision, rules, nearest, policyDigest, request },
    warnings,
    text: ({ style }) => explanationText(explained, request.point, style),
  };
}

/** The record's own answer comes first: a limit, or missing evidence, is nothing that rules tell. */
export function presentExplainedRecord(explained: ExplainedDecision): Answer {
  const { record, decision, rules, nearest } = explained;
  const { effect, code, message } = record.decision;
  const differs = effect !== decision.effect;
  return {
    kind: 'pdr.explain',
    data: { id: record.id, point: record.point, subject: record.subject, decision: record.decision, rules, nearest, byRules: decision.effect },
    text: ({ style }) => {
      const byRules = differs ? [`${style.yellow('!')} Recorded as ${effect} (${code}): ${escapeLine(message)} By the rules alone:`, ''] : [];
      return [...byRules, explanationText(explained, `${record.id} ${record.point}`, style)].join('\n');
    },
  };
}

function explanationText({ decision, rules, nearest }: Explanation, about: string, style: Style): string {
  const head = `${paintEffect(effectMark(decision.effect), decision.effect, style)}  ${style.bold(escapeLine(about))}  ${style.dim(decision.code)}`;
  const values = Object.entries(decision.facts).map(([name, value]) => `  ${name} = ${value === null ? style.dim('absent') : escapeLine(JSON.stringify(value))}`);
  return [
    [head, `  ${escapeLine(decision.message)}`, ...(decision.fix === null ? [] : [`  ${style.dim('→')} ${escapeLine(decision.fix)}`])].join('\n'),
    [style.bold(`Rules of the point (${decision.considered})`), ...rules.map((rule) => ruleText(rule, decision, style))].join('\n'),
    ...(values.length === 0 ? [] : [[style.bold('Values that were read'), ...values].join('\n')]),
    nearestText(nearest),
  ].join('\n\n');
}

const RESULTS: Readonly<Record<RuleExplanation['result'], string>> = { match: '● matches', no: '○ no', error: '● counts as a match', overridden: '– overridden' };

function ruleText({ id, layer, at, effect, result, misfits }: RuleExplanation, decision: Decision, style: Style): string {
  const trace = decision.rules.find((rule) => rule.id === id && rule.layer === layer);
  const head = `  ${RESULTS[result]}  ${paintEffect(effect, effect, style)} ${style.bold(escapeLine(id))} ${style.dim(`(${layer}, ${escapeLine(at)})`)}${trace?.decisive === true ? '  decides' : ''}`;
  const details = misfits.map(({ field, wanted, had }) => `      ${field}: wants ${escapeLine(wanted)}; is ${escapeLine(had)}`);
  const error = trace?.when?.error == null ? [] : [`      ${escapeLine(trace.when.error)}`];
  return [head, ...(details.length > 0 ? details : error)].join('\n');
}

function nearestText(nearest: NearestChange | null): string {
  if (nearest === null) return 'No single change of those that were tried makes a difference.';
  return `Nearest change: ${escapeLine(nearest.field)} from ${escapeLine(nearest.from)} to ${escapeLine(nearest.to)} would make it ${nearest.effect}.`;
}

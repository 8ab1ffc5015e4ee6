import type { ShownPolicy } from '../../app/policy/tools/show-policy.js';
import { canonicalJson } from '../../domain/audit/canonical-json.js';
import type { LayerName, Rule } from '../../domain/policy/layer.js';
import type { Answer, View } from '../io.js';
import { renderTable } from '../table.js';
import { count } from './format.js';
import { effectMark, paintEffect } from './policy-style.js';

interface Row {
  readonly rule: Rule;
  readonly layer: LayerName;
}

export function presentPolicy(shown: ShownPolicy, effective: boolean): Answer {
  const { policy, digest, uncommitted, isWritten } = shown;
  const warnings = uncommitted.map((source) => `${source} is in no commit yet, so it counts as it lies there: git add ${source} && git commit`);
  return {
    kind: 'policy.show',
    data: { digest, isWritten, uncommitted, policy },
    warnings,
    text: (view) => (effective ? canonicalJson(policy) : listing(shown, view)),
  };
}

function listing({ policy, digest, isWritten }: ShownPolicy, view: View): string {
  const { style } = view;
  const rows: Row[] = policy.layers.flatMap(({ layer, rules }) => rules.map((rule) => ({ rule, layer })));
  const notes = isWritten ? [] : [`No policy is written; only the built-in floor is in force.  ${style.dim('ai policy init')}`];
  return [ruleTable(rows, view), ...defaultLines(shownDefaults(policy.layers)), ...notes, style.dim(`${count(rows.length, 'rule')} in ${count(policy.layers.length, 'layer')}; digest ${digest}`)].join('\n');
}

function ruleTable(rows: readonly Row[], view: View): string {
  return renderTable(
    rows,
    [
      { title: 'RULE', value: ({ rule }) => (rule.locked ? `${rule.id} (locked)` : rule.id) },
      { title: 'LAYER', value: ({ layer }) => layer },
      { title: 'EFFECT', value: ({ rule }) => effectMark(rule.effect), paint: (cell, { rule }, style) => paintEffect(cell, rule.effect, style) },
      { title: 'ON', value: ({ rule }) => rule.on.join(' '), shrink: true },
      { title: 'FOR', value: ({ rule }) => whatFor(rule), shrink: true },
      { title: 'AT', value: ({ rule }) => rule.at, shrink: true },
    ],
    view,
  );
}

/** What a rule is about, in a few words. */
function whatFor(rule: Rule): string {
  const command = rule.command === null ? [] : [[...rule.command.starts, ...rule.command.any].join(' ')];
  const lists = [rule.agents, rule.roles, rule.labels, rule.skills, rule.tasks, rule.paths].flatMap((list) => (list === null ? [] : [list.join(' ')]));
  return [...lists, ...command, ...(rule.when === null ? [] : [`when ${rule.when}`])].join('; ');
}

function shownDefaults(layers: ShownPolicy['policy']['layers']): readonly string[] {
  return layers.flatMap(({ layer, defaults }) => Object.entries(defaults).map(([point, effect]) => `${point} ${effect} (${layer})`));
}

const defaultLines = (defaults: readonly string[]): string[] => (defaults.length === 0 ? [] : [`Defaults: ${defaults.join(', ')}`]);

import type { PolicyFinding, ValidatedLayer, Validation } from '../../app/policy/tools/validate-policy.js';
import { escapeLine } from '../escape.js';
import type { Answer, Style, View } from '../io.js';
import { renderTable } from '../table.js';
import { count } from './format.js';
import { exampleFailure } from './policy-test.js';

const SHOWN_FINDINGS = 50;

/** What can be used and does not do what it says is the answer "no". */
export function presentValidation(validation: Validation): Answer {
  const { layers, findings, examples } = validation;
  const failed = examples.filter(({ ok }) => !ok);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const isFine = failed.length + errors.length === 0;
  return {
    kind: 'policy.validate',
    data: { ok: isFine, layers, findings, examples: { run: examples.length, failed } },
    exitCode: isFine ? undefined : 1,
    text: (view) => [layerTable(layers, view), findingLines(findings, view.style), failed.map((example) => exampleFailure(example, view.style)).join('\n'), verdict(validation, isFine, view)].filter((part) => part !== '').join('\n\n'),
  };
}

function layerTable(layers: readonly ValidatedLayer[], view: View): string {
  return renderTable(
    layers,
    [
      { title: 'LAYER', value: ({ layer }) => layer },
      { title: 'RULES', value: ({ rules }) => (rules === null ? '-' : String(rules)), align: 'right' },
      { title: 'STATE', value: ({ state }) => state },
      { title: 'SOURCE', value: ({ source }) => source, shrink: true },
    ],
    view,
  );
}

function findingLines(findings: readonly PolicyFinding[], style: Style): string {
  const rest = findings.length - SHOWN_FINDINGS;
  const lines = [...findings].sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning')).slice(0, SHOWN_FINDINGS).map((finding) => findingLine(finding, style));
  return [...lines, ...(rest > 0 ? [`and ${rest} more: --json`] : [])].join('\n');
}

function findingLine({ severity, at, message, hint }: PolicyFinding, style: Style): string {
  const mark = severity === 'error' ? style.red('✗ error') : style.yellow('! warning');
  return `${mark}  ${escapeLine(at)}: ${escapeLine(message)}${hint === null ? '' : `\n    ${style.dim(`→ ${escapeLine(hint)}`)}`}`;
}

function verdict({ layers, findings, examples }: Validation, isFine: boolean, { style }: View): string {
  const rules = layers.filter(({ layer }) => layer !== 'builtin').reduce((sum, layer) => sum + (layer.rules ?? 0), 0);
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  const summary = `${count(rules, 'rule')}, ${count(examples.length, 'example')} run, ${count(warnings, 'warning')}`;
  return isFine ? `${style.green('✓')} valid: ${summary}.` : `${style.red('✗')} not as it should be: ${summary}, ${count(examples.filter(({ ok }) => !ok).length, 'example')} failed, ${count(findings.length - warnings, 'error')}.`;
}

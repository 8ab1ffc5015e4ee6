import type { Check, CheckState } from '../../app/project/check.js';
import type { Diagnosis } from '../../app/project/doctor.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { padEnd } from '../width.js';

const MARKS: Readonly<Record<CheckState, { readonly word: string; readonly colour: 'green' | 'yellow' | 'red' | 'dim' }>> = {
  ok: { word: '✓ ok', colour: 'green' },
  warning: { word: '! warning', colour: 'yellow' },
  problem: { word: '✗ problem', colour: 'red' },
  skipped: { word: '– skipped', colour: 'dim' },
};
const WORD_COLUMNS = 9;

/** The answer is "no" when a problem remains. */
export function presentDiagnosis(diagnosis: Diagnosis): Answer {
  return { kind: 'doctor', data: diagnosis, text: (view) => text(diagnosis, view), exitCode: diagnosis.healthy ? undefined : 1 };
}

function text(diagnosis: Diagnosis, view: View): string {
  const { style } = view;
  const nameColumns = Math.max(0, ...diagnosis.checks.map((check) => check.name.length));
  const fixed = diagnosis.fixed.map((sentence) => `${style.green('repaired')}  ${escapeLine(sentence)}`);
  const problems = diagnosis.checks.filter((check) => check.state === 'problem').length;
  const verdict = diagnosis.healthy ? style.green('Nothing is broken.') : style.red(`${problems} ${problems === 1 ? 'problem' : 'problems'} found.`);
  return [...fixed, ...diagnosis.checks.map((check) => lines(check, nameColumns, view)), '', verdict].join('\n');
}

function lines(check: Check, nameColumns: number, { style }: View): string {
  const mark = MARKS[check.state];
  const line = `${style[mark.colour](padEnd(mark.word, WORD_COLUMNS))}  ${padEnd(escapeLine(check.name), nameColumns)}  ${escapeLine(check.message)}`;
  return [line, ...check.steps.map((step) => `${' '.repeat(WORD_COLUMNS + 2)}${style.dim('→')} ${escapeLine(step)}`)].join('\n');
}

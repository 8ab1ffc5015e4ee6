import type { JudgedConflict, JudgedConflicts } from '../../app/policy/tools/compare-policies.js';
import { escapeLine } from '../escape.js';
import type { Answer, Style } from '../io.js';
import { count, thousands } from './format.js';

const SHOWN = 50;

/** Exit code 1 for an allow that was shown to be overruled; what is only possible, or only stricter, is told and is no failure. */
export function presentConflicts(report: JudgedConflicts, all: boolean): Answer {
  const shown = report.conflicts.filter(({ verdict, kind }) => verdict === 'conflict' && kind === 'contradiction');
  return {
    kind: 'policy.conflicts',
    data: { ok: shown.length === 0, ...report },
    exitCode: shown.length === 0 ? undefined : 1,
    warnings: report.counts.notSearched === 0 ? [] : [`${thousands(report.counts.notSearched)} pairs were not looked at: there are too many rules.`],
    text: ({ style }) => [conflictLines(report, all, style), findingLines(report, style), ending(report, shown.length, style)].filter((part) => part !== '').join('\n\n'),
  };
}

function conflictLines(report: JudgedConflicts, all: boolean, style: Style): string {
  const conflicts = report.conflicts.filter(({ kind }) => all || kind === 'contradiction');
  const overlaps = report.conflicts.length - conflicts.length;
  const rest = conflicts.length - SHOWN;
  const lines = conflicts.slice(0, SHOWN).map((conflict) => `${markOf(conflict, style)}  ${escapeLine(conflict.sentence)}`);
  return [...lines, ...(rest > 0 ? [`and ${rest} more: --json`] : []), ...(overlaps > 0 ? [style.dim(`– ${count(overlaps, 'overlap')} of rules where both hold back, or one is built in: --all`)] : [])].join('\n');
}

function markOf({ verdict, kind }: JudgedConflict, style: Style): string {
  if (verdict === 'possible') return style.yellow(`? ${kind === 'contradiction' ? 'may conflict' : 'may overlap'}`);
  return kind === 'contradiction' ? style.red('✗ conflict') : style.dim('– overlap');
}

const findingLines = ({ findings }: JudgedConflicts, style: Style): string => findings.slice(0, SHOWN).map(({ kind, sentence }) => `${style.yellow(`! ${kind}`)}  ${escapeLine(sentence)}`).join('\n');

function ending({ counts }: JudgedConflicts, shown: number, style: Style): string {
  const summary = `${count(counts.rules, 'rule')}, ${count(counts.pairs, 'pair')} of different effects: ${thousands(counts.disjoint)} never meet, ${thousands(counts.conflict)} meet, ${thousands(counts.possible)} may`;
  return `${shown === 0 ? style.green('✓') : style.red('✗')} ${summary}. ${shown === 0 ? 'No allow is overruled.' : `${count(shown, 'allow')} overruled in part: write an exception into it.`} The stricter rule always wins.`;
}

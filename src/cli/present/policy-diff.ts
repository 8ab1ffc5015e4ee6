import type { PolicyChange, PolicyDiff } from '../../domain/policy/analysis/diff-results.js';
import { escapeLine } from '../escape.js';
import type { Answer, Style } from '../io.js';
import { count } from './format.js';

const SHOWN = 50;

/** Exit code 1 when more is allowed than before, or when that could not be ruled out. */
export function presentDiff(diff: PolicyDiff, names: { readonly old: string; readonly next: string }): Answer {
  const isSafe = diff.verdict === 'same' || diff.verdict === 'narrower';
  return {
    kind: 'policy.diff',
    data: { ...names, ...diff },
    exitCode: isSafe ? undefined : 1,
    text: ({ style }) => [changeLines(diff.widenings, style), changeLines(diff.narrowings, style), ending(diff, names, style)].filter((part) => part !== '').join('\n\n'),
  };
}

function changeLines(changes: readonly PolicyChange[], style: Style): string {
  const rest = changes.length - SHOWN;
  return [...changes.slice(0, SHOWN).map((change) => changeLine(change, style)), ...(rest > 0 ? [`and ${rest} more: --json`] : [])].join('\n');
}

function changeLine({ direction, proved, sentence }: PolicyChange, style: Style): string {
  const glyph = proved ? (direction === 'wider' ? '✗' : '✓') : '?';
  const colour = !proved ? 'yellow' : direction === 'wider' ? 'red' : 'green';
  return `${style[colour](`${glyph} ${direction}`)}  ${escapeLine(sentence)}`;
}

const VERDICTS: Readonly<Record<PolicyDiff['verdict'], string>> = {
  same: 'decides everything as before',
  narrower: 'allows less, and nothing more',
  wider: 'allows more',
  incomparable: 'allows more in one place and less in another',
};

function ending({ verdict, widenings, narrowings }: PolicyDiff, { old, next }: { readonly old: string; readonly next: string }, style: Style): string {
  const isSafe = verdict === 'same' || verdict === 'narrower';
  return `${isSafe ? style.green('✓') : style.red('✗')} ${verdict}: ${escapeLine(next)} ${VERDICTS[verdict]}, compared with ${escapeLine(old)} (${count(widenings.length, 'widening')}, ${count(narrowings.length, 'narrowing')}).`;
}

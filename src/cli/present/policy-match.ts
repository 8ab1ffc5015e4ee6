import type { MatchedPaths, PathMatch } from '../../app/policy/tools/match-paths.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { renderTable } from '../table.js';
import { effectMark, paintEffect } from './policy-style.js';

export function presentMatches({ matches, counts }: MatchedPaths): Answer {
  return {
    kind: 'policy.match',
    data: {
      paths: matches.map(({ path, unsafe, rules, decision: { effect, code, message } }) => ({ path, unsafe, point: 'path.write', effect, code, message, rules })),
      counts,
    },
    text: (view) => [...matches.map((match) => matchText(match, view)), ...(counts === null ? [] : [countTable(counts, view)])].join('\n\n'),
  };
}

function matchText({ path, unsafe, rules, decision }: PathMatch, view: View): string {
  const { style } = view;
  const head = `${paintEffect(effectMark(decision.effect), decision.effect, style)}  ${style.bold(escapeLine(path))}  ${style.dim('path.write')}`;
  const doubt = unsafe === null ? [] : [`  ${style.yellow('!')} It can't be judged as a path: ${escapeLine(unsafe)}.`];
  const covering = rules.map((rule) => `  ${rule.effect.padEnd(5)} ${escapeLine(rule.id)} (${rule.layer}, ${escapeLine(rule.at)}) at ${rule.points.join(', ')}${rule.terms.length === 0 ? '' : style.dim(`; ${escapeLine(rule.terms.join('; '))}`)}`);
  return [head, `  ${escapeLine(decision.message)}`, ...doubt, ...(covering.length === 0 ? [style.dim('  No rule covers it.')] : covering)].join('\n');
}

function countTable(counts: NonNullable<MatchedPaths['counts']>, view: View): string {
  return renderTable(
    counts,
    [
      { title: 'RULE', value: ({ id }) => id },
      { title: 'LAYER', value: ({ layer }) => layer },
      { title: 'TRACKED FILES', value: ({ files }) => String(files), align: 'right' },
      { title: 'AT', value: ({ at }) => at, shrink: true },
    ],
    view,
  );
}

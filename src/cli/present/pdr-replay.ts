import type { ReplayCounts, ReplayedDecision } from '../../app/policy/tools/replay-decisions.js';
import type { RuleChange } from '../../domain/policy/record/replay.js';
import { escapeLine } from '../escape.js';
import type { Answer, Style } from '../io.js';
import { iso } from '../time.js';
import { count, thousands } from './format.js';

const SHOWN = 50;

function replayJson({ record, replay }: ReplayedDecision): Record<string, unknown> {
  return {
    id: record.id,
    at: iso(record.atMs),
    point: record.point,
    verdict: replay.verdict,
    effectChanged: replay.effectChanged,
    was: record.decision.effect,
    is: replay.decision.effect,
    message: replay.decision.message,
    rules: replay.rules.map(({ id, layer, was, is }) => ({ id, layer, was: was?.result ?? null, is: is?.result ?? null, at: (is ?? was)?.at ?? null })),
    ownRequest: replay.ownRequest,
    ownPolicy: replay.ownPolicy,
  };
}

/** Exit code 1 when it is not the same: every byte by its own policy, the effect by another one. */
export function presentReplay(replayed: ReplayedDecision, policy: string | null): Answer {
  const { replay } = replayed;
  const isSame = policy === null ? replay.verdict !== 'changed' && replay.ownPolicy && replay.ownRequest : !replay.effectChanged;
  return { kind: 'pdr.replay', data: { policy, ok: isSame, ...replayJson(replayed) }, exitCode: isSame ? undefined : 1, text: ({ style }) => replayText(replayed, { policy, isSame }, style) };
}

function replayText({ record, replay }: ReplayedDecision, { policy, isSame }: { readonly policy: string | null; readonly isSame: boolean }, style: Style): string {
  const by = policy === null ? 'its own policy' : escapeLine(policy);
  const mark = isSame ? style.green('✓ same') : style.red('✗ changed');
  const outcome = replay.effectChanged ? `was ${record.decision.effect}, is ${replay.decision.effect}` : `${record.decision.effect}${replay.verdict === 'same' ? ', byte for byte' : ''}`;
  const outside = replay.verdict === 'outside' ? [`  It was not decided by rules (${record.decision.code}); this is their part of it.`] : [];
  return [`${mark}  ${style.bold(record.id)} ${record.point} by ${by}: ${outcome}`, ...outside, ...replay.rules.slice(0, SHOWN).map((change) => `  ${ruleText(change)}`), ...(replay.effectChanged ? [`  ${escapeLine(replay.decision.message)}`] : [])].join('\n');
}

function ruleText({ id, was, is }: RuleChange): string {
  const at = (is ?? was)?.at ?? '';
  if (was === null) return `${escapeLine(id)} (${escapeLine(at)}) takes part now: ${is?.effect ?? ''} ${is?.result ?? ''}`;
  return is === null ? `${escapeLine(id)} (${escapeLine(at)}) does not take part any more: it was ${was.effect} ${was.result}` : `${escapeLine(id)} (${escapeLine(at)}) was ${was.effect} ${was.result}, is ${is.effect} ${is.result}`;
}

export function presentReplays(counts: ReplayCounts, policy: string | null): Answer {
  const isSame = policy === null ? counts.changed === 0 : counts.effectChanged === 0;
  return { kind: 'pdr.replay-all', data: { policy, ok: isSame, ...countsJson(counts) }, exitCode: isSame ? undefined : 1, warnings: incomplete(counts), text: ({ style }) => countsText(counts, isSame, style) };
}

export function presentImpact(counts: ReplayCounts, { policy, since }: { readonly policy: string; readonly since: string }): Answer {
  return {
    kind: 'policy.impact',
    data: { policy, since, ...countsJson(counts) },
    warnings: incomplete(counts),
    text: ({ style }) => `${counts.changes.slice(0, SHOWN).map((replayed) => `${changeLine(replayed, style)}\n`).join('')}${count(counts.effectChanged, 'decision')} of ${thousands(counts.total)} in ${escapeLine(since)} would be another one with ${escapeLine(policy)}.`,
  };
}

const incomplete = ({ incomplete: isIncomplete, total }: ReplayCounts): readonly string[] => (isIncomplete ? [`Only the newest ${thousands(total)} decisions were looked at.`] : []);

function countsJson({ changes, ...counts }: ReplayCounts): Record<string, unknown> {
  return { ...counts, changes: changes.map(replayJson) };
}

function countsText(counts: ReplayCounts, isSame: boolean, style: Style): string {
  const lines = counts.changes.slice(0, SHOWN).map((replayed) => changeLine(replayed, style));
  return [...lines, `${isSame ? style.green('✓') : style.red('✗')} ${count(counts.total, 'decision')}: ${thousands(counts.same)} the same byte for byte, ${thousands(counts.changed)} changed (${thousands(counts.effectChanged)} with another effect), ${thousands(counts.outside)} decided by something other than rules.`].join('\n');
}

function changeLine({ record, replay }: ReplayedDecision, style: Style): string {
  return `${style.yellow('!')} ${record.id} ${record.point} ${record.subject.task ?? ''} was ${record.decision.effect}, would be ${replay.decision.effect}: ${escapeLine(replay.decision.message)}`;
}

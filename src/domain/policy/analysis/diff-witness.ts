import { EFFECTS } from '../effect.js';
import type { Decision } from '../decision.js';
import type { DecisionRequest } from '../request.js';
import { compareTerms } from './approval-terms.js';
import type { DiffDependencies, DraftChange, PolicyChange } from './diff-results.js';
import { describeRequest } from './sentences.js';

/** Requests that are decided by both policies for one change. */
export const DIFF_CANDIDATE_LIMIT = 200;

/** Looks for the request that shows a change. */
export function confirmChange(draft: DraftChange, dependencies: DiffDependencies): PolicyChange {
  const { what, certain, candidates, ...change } = draft;
  const shown = firstShowing(candidates(), draft.direction, dependencies);
  const sentence = shown === null ? unshownSentence(draft) : `${what}: ${describeRequest(shown.request)} was ${shown.old} and is ${shown.next} now.`;
  return { ...change, proved: certain || shown !== null, witness: shown?.request ?? null, sentence };
}

function unshownSentence({ what, certain, direction }: DraftChange): string {
  const more = direction === 'wider' ? 'more is allowed' : 'less is allowed';
  return certain ? `${what}.` : `${what}: perhaps ${more}, though no request was found that shows it.`;
}

interface Shown {
  readonly request: DecisionRequest;
  readonly old: string;
  readonly next: string;
}

function firstShowing(requests: Iterable<DecisionRequest>, direction: 'wider' | 'narrower', dependencies: DiffDependencies): Shown | null {
  let tried = 0;
  for (const request of requests) {
    if (tried >= DIFF_CANDIDATE_LIMIT) return null;
    tried += 1;
    const [old, next] = [dependencies.decideOld(request), dependencies.decideNext(request)];
    const goes = direction === 'wider' ? isLessStrict(old, next) : isLessStrict(next, old);
    if (goes) return { request, old: nameEffect(old), next: nameEffect(next) };
  }
  return null;
}

/** True when the second decision is less strict than the first one. */
export function isLessStrict(first: Decision, second: Decision): boolean {
  const [before, after] = [EFFECTS.indexOf(first.effect), EFFECTS.indexOf(second.effect)];
  if (before !== after) return after < before;
  return first.effect === 'ask' && first.approval !== null && second.approval !== null && compareTerms(first.approval, second.approval).wider;
}

const nameEffect = ({ effect, approval }: Decision): string => (effect === 'ask' && approval !== null ? `ask (${approval.count} of ${approval.from.join(', ') || 'anybody'})` : effect);

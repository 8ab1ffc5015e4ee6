import type { EffectivePolicy } from '../layer.js';
import type { DiffDependencies, PolicyDiff } from './diff-results.js';
import { RuleDiff } from './diff-rules.js';
import { Side } from './diff-sides.js';
import { diffTerms } from './diff-terms.js';
import { confirmChange } from './diff-witness.js';

/**
 * Tells what a new policy allows that the old one did not, and what it does not allow any more, each with a request
 * that shows it where one is found. `same` and `narrower` are proved rule by rule: the new policy is never less strict.
 * Throws INVALID_GLOB.
 */
export function diffPolicies(old: EffectivePolicy, next: EffectivePolicy, dependencies: DiffDependencies): PolicyDiff {
  const [before, after] = [new Side(old, dependencies.compile), new Side(next, dependencies.compile)];
  const drafts = [...new RuleDiff(before, after, dependencies).drafts(), ...diffTerms(before, after, dependencies)];
  const changes = drafts.map((draft) => confirmChange(draft, dependencies));
  const widenings = changes.filter((change) => change.direction === 'wider');
  const narrowings = changes.filter((change) => change.direction === 'narrower');
  return { verdict: verdictOf(widenings.length > 0, narrowings.length > 0), widenings, narrowings };
}

function verdictOf(wider: boolean, narrower: boolean): PolicyDiff['verdict'] {
  if (wider) return narrower ? 'incomparable' : 'wider';
  return narrower ? 'narrower' : 'same';
}

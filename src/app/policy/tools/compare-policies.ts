import { diffPolicies } from '../../../domain/policy/analysis/diff-policies.js';
import type { PolicyDiff } from '../../../domain/policy/analysis/diff-results.js';
import { findConflicts } from '../../../domain/policy/analysis/find-conflicts.js';
import type { ConflictReport, RuleConflict } from '../../../domain/policy/analysis/results.js';
import { DEFAULT_TERMS } from '../../../domain/policy/evaluate/terms.js';
import type { EffectivePolicy } from '../../../domain/policy/layer.js';
import type { AppDeps } from '../../deps.js';
import { createEvaluator } from './evaluator.js';
import { policyOfNamed, type NamedPolicy, type NamedPolicyDeps } from './named-policy.js';
import { showPolicy, type ShowDeps } from './show-policy.js';

export type CompareDeps = NamedPolicyDeps & Pick<AppDeps, 'sha256'>;

/** What a new policy allows that an old one did not. Throws INVALID_POLICY, FILE_NOT_FOUND, INVALID_INPUT. */
export async function comparePolicies(deps: CompareDeps, old: NamedPolicy, next: NamedPolicy): Promise<PolicyDiff> {
  const [before, after] = await Promise.all([policyOfNamed(deps, old), policyOfNamed(deps, next)]);
  const [evaluateOld, evaluateNext] = await Promise.all([createEvaluator(deps, before), createEvaluator(deps, after)]);
  return diffPolicies(before, after, { compile: evaluateOld.compile, decideOld: evaluateOld.decide, decideNext: evaluateNext.decide, nowMs: evaluateOld.nowMs, defaultApproval: DEFAULT_TERMS });
}

/** `contradiction`: an allow that a stricter rule overrules in part. `overlap`: both hold back, and the stricter one counts. */
export interface JudgedConflict extends RuleConflict {
  readonly kind: 'contradiction' | 'overlap';
}

export interface JudgedConflicts extends ConflictReport {
  readonly conflicts: readonly JudgedConflict[];
}

/** Rules that contradict each other, in all layers in force or in one file; contradictions first. What holds among built-in rules alone is left out. */
export async function listConflicts(deps: ShowDeps, named: NamedPolicy | null): Promise<JudgedConflicts> {
  const policy: EffectivePolicy = named === null ? (await showPolicy(deps, { agent: null, revision: null })).policy : await policyOfNamed(deps, named);
  const report = findConflicts(policy, await createEvaluator(deps, policy));
  const isOurs = (layers: readonly string[]): boolean => layers.every((layer) => layer === 'builtin');
  const conflicts = report.conflicts.filter(({ stricter, weaker }) => !isOurs([stricter.layer, weaker.layer])).map(judge);
  return {
    ...report,
    conflicts: conflicts.toSorted((a, b) => Number(a.kind === 'overlap') - Number(b.kind === 'overlap')),
    findings: report.findings.filter(({ rule }) => rule.layer !== 'builtin'),
  };
}

/** Whoever writes an allow expects that it allows. What the built-in floor holds back needs no exception in every allow. */
function judge(conflict: RuleConflict): JudgedConflict {
  const { stricter, weaker } = conflict;
  const isOwn = stricter.layer !== 'builtin' && weaker.layer !== 'builtin';
  return { ...conflict, kind: isOwn && weaker.effect === 'allow' ? 'contradiction' : 'overlap' };
}

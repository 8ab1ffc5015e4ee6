import { isAiError } from '../../domain/kernel/errors.js';
import type { EffectivePolicy } from '../../domain/policy/layer.js';
import type { PolicyPoint } from '../../domain/policy/point.js';
import type { CheckedRule, CheckReport } from '../../domain/report/check-report.js';
import type { ChangeSet, ChangeSource } from '../../ports/change-source.js';
import type { CheckDeps, CheckInput, CheckTarget, LoadedPolicy } from './check-input.js';
import { decideChanges } from './decide-changes.js';
import { checkEvidence } from './check-evidence.js';
import { addTreeFindings, treeWarnings } from './tree-findings.js';
import { readTrustedPolicy } from './policy-files.js';

/**
 * `ai policy check`: the changes against the policy of the revision they start from. Never throws for what a user can
 * meet (no git, a bad policy, a base that does not exist): then the report says why there is no answer.
 */
export async function checkChanges(deps: CheckDeps, input: CheckInput): Promise<CheckReport> {
  const progress: Progress = { set: null, loaded: null };
  try {
    return await check(deps, input, progress);
  } catch (error) {
    if (!isAiError(error)) throw error;
    return undecided(input, progress, { message: error.message, hint: error.hint ?? null });
  }
}

/** How far the check came, for a report that says why it went no further. */
interface Progress {
  set: ChangeSet | null;
  loaded: LoadedPolicy | null;
}

async function check(deps: CheckDeps, input: CheckInput, progress: Progress): Promise<CheckReport> {
  const set = (progress.set = await readChanges(deps.changes, input.target));
  const file = await readTrustedPolicy(deps.changes, set);
  const loaded = (progress.loaded = await deps.loadPolicy(file));
  if (saysNothing(loaded.policy)) return undecided(input, progress, NO_POLICY[set.mode]);
  const { considered, points, findings } = decideChanges({ set, input, loaded });
  await addTreeFindings(deps.changes, set, findings);
  const commits = input.requireEvidence ? await checkEvidence({ deps, input, findings, base: set.base }) : null;
  if (considered === 0 || !speaksOf(loaded.policy, points)) return undecided(input, progress, { message: `No rule of the policy is about ${points.join(' or ')}, so nothing was checked.`, hint: `Add a rule with on: [${points[0] ?? 'path.write'}], then check again.` });
  return {
    ...header(input, progress),
    considered,
    rules: rulesAt(loaded.policy, points),
    files: set.changes.length,
    commits,
    violations: findings.list('deny'),
    asks: findings.list('ask'),
    approved: findings.list('approved'),
    warnings: treeWarnings(set),
    omitted: findings.omitted,
    undecidable: null,
  };
}

function readChanges(changes: ChangeSource, target: CheckTarget): Promise<ChangeSet> {
  if (target.kind === 'staged') return changes.staged();
  return target.kind === 'files' ? changes.files(target.paths) : changes.range(target.base, target.head);
}

const INIT = 'ai policy init writes one; commit it';
const NO_POLICY: Readonly<Record<ChangeSet['mode'], { readonly message: string; readonly hint: string }>> = {
  staged: { message: 'There is no policy: neither HEAD nor the index has .ai/policy.yaml.', hint: INIT },
  files: { message: 'There is no policy: neither HEAD nor the index has .ai/policy.yaml.', hint: INIT },
  range: { message: 'There is no policy where this work started from: the merge base has no .ai/policy.yaml. A policy that the changes bring along can\'t judge them.', hint: 'Land the policy on the base branch first, on its own.' },
};

/** Only what is built in: then nobody has said what is wanted here. */
function saysNothing(policy: EffectivePolicy): boolean {
  return !policy.layers.some(({ layer, rules, defaults }) => layer !== 'builtin' && (rules.length > 0 || Object.keys(defaults).length > 0));
}

/** What is built in does not count: it is there always, so that a policy about other things would look like a clean check. */
function speaksOf(policy: EffectivePolicy, points: readonly PolicyPoint[]): boolean {
  return policy.layers.some(({ layer, rules, defaults }) => layer !== 'builtin' && points.some((point) => defaults[point] !== undefined || rules.some((rule) => rule.on.includes(point))));
}

function rulesAt(policy: EffectivePolicy, points: readonly PolicyPoint[]): CheckedRule[] {
  return policy.layers.flatMap(({ layer, rules }) => rules.filter((rule) => rule.on.some((point) => points.includes(point))).map(({ id, effect, at, why }) => ({ id, layer, effect, at, why })));
}

function header(input: CheckInput, { set, loaded }: Progress): Pick<CheckReport, 'mode' | 'base' | 'head' | 'policy'> {
  const isRun = input.target.kind === 'range' && input.target.run !== undefined;
  return {
    mode: isRun ? 'run' : input.target.kind,
    base: set?.base ?? null,
    head: set?.head ?? null,
    policy: loaded === null ? null : { digest: loaded.digest, layers: loaded.policy.layers.map(({ layer, source, revision, rules }) => ({ layer, source, revision, rules: rules.length })) },
  };
}

function undecided(input: CheckInput, progress: Progress, undecidable: NonNullable<CheckReport['undecidable']>): CheckReport {
  return { ...header(input, progress), considered: 0, rules: [], files: progress.set?.changes.length ?? 0, commits: null, violations: [], asks: [], approved: [], warnings: [], omitted: 0, undecidable };
}

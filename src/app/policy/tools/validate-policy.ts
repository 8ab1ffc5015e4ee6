import { AiError, isAiError } from '../../../domain/kernel/errors.js';
import { findConflicts } from '../../../domain/policy/analysis/find-conflicts.js';
import type { FindingKind, RuleFinding } from '../../../domain/policy/analysis/results.js';
import { builtinFloor } from '../../../domain/policy/floor/builtin-floor.js';
import type { PolicyLayer } from '../../../domain/policy/layer.js';
import { combineLayers } from '../../../domain/policy/layers/combine.js';
import type { ParsedPolicy, PolicyFiles, PolicyProblemNote } from '../../../ports/policy-files.js';
import type { AppDeps } from '../../deps.js';
import { agentPolicyPath, PROJECT_POLICY } from '../load-policy.js';
import { createEvaluator, type Evaluator } from './evaluator.js';
import { findMistypedPaths } from './file-findings.js';
import { listLayers, type LayerPlace, type LayerState } from './list-layers.js';
import { readNamedPolicy, type NamedPolicy } from './named-policy.js';
import { runRuleExample, type ExampleResult } from './run-examples.js';

export type ValidateDeps = Pick<AppDeps, 'policyFiles' | 'changes' | 'place' | 'store' | 'clock' | 'sha256'>;

export interface ValidatedLayer {
  readonly layer: PolicyLayer['layer'];
  readonly source: string;
  readonly state: LayerState | 'built-in' | 'named';
  /** Null when there is no file. */
  readonly rules: number | null;
}

export interface PolicyFinding extends PolicyProblemNote {
  readonly severity: 'error' | 'warning';
  /** Stable, in kebab case. */
  readonly code: string;
}

export interface Validation {
  readonly layers: readonly ValidatedLayer[];
  readonly findings: readonly PolicyFinding[];
  readonly examples: readonly ExampleResult[];
}

/**
 * Looks at every layer in force, or at one file alone, as it lies in the working tree. Throws INVALID_POLICY with all problems of
 * all files when one can't be used; what can be used and does not do what it seems to is a finding.
 */
export async function validatePolicy(deps: ValidateDeps, named: NamedPolicy | null): Promise<Validation> {
  const files = await deps.policyFiles();
  const places = named === null ? await listLayers(deps) : [await placeOf(deps, named)];
  const parsed = await parseAll(files, places);
  const layers = parsed.map(({ place, policy }): ValidatedLayer => ({ layer: place.layer, source: place.source, state: named === null ? place.state : 'named', rules: policy === null ? null : policy.layer.rules.length }));
  if (parsed.every(({ policy }) => policy === null)) throw new AiError({ code: 'INVALID_POLICY', message: `There is no policy: ${PROJECT_POLICY} does not exist, nor does any other layer.`, hint: 'ai policy init' });
  const usable = parsed.flatMap(({ policy }) => (policy === null ? [] : [policy]));
  const evaluators = await combineAll(deps, usable);
  const examples = evaluators.flatMap(({ evaluator, own }) => own.flatMap(({ examples: listed }) => listed.map((example) => runRuleExample(evaluator, example))));
  const second = named === null ? await secondFiles(deps, files) : [];
  return {
    layers: [{ layer: 'builtin', source: builtinFloor().source, state: 'built-in', rules: builtinFloor().rules.length }, ...layers],
    findings: [...second, ...placeFindings(places), ...usable.flatMap(({ warnings }) => warnings.map((note) => asFinding('warning', 'suspicious', note))), ...(await ruleFindings(deps, evaluators))],
    examples,
  };
}

async function placeOf(deps: ValidateDeps, named: NamedPolicy): Promise<LayerPlace> {
  const text = await readNamedPolicy(deps, named);
  return { layer: text.layer, source: text.source, state: 'outside', text, problems: [] };
}

interface ParsedPlace {
  readonly place: LayerPlace;
  readonly policy: ParsedPolicy | null;
}

/** Throws INVALID_POLICY with the problems of all files, not only of the first. */
async function parseAll(files: PolicyFiles, places: readonly LayerPlace[]): Promise<readonly ParsedPlace[]> {
  const problems: PolicyProblemNote[] = places.flatMap((place) => place.problems.map((problem) => ({ ...problem, at: place.source })));
  const parsed: ParsedPlace[] = [];
  for (const place of places) {
    const answer = place.text === null ? null : await parseOne(files, place);
    if (answer !== null && 'problems' in answer) problems.push(...answer.problems);
    else parsed.push({ place, policy: answer });
  }
  if (problems.length > 0) throw invalid(problems);
  return parsed;
}

async function parseOne(files: PolicyFiles, { text, source }: LayerPlace): Promise<ParsedPolicy | null | { readonly problems: readonly PolicyProblemNote[] }> {
  try {
    return text === null ? null : await files.parse(text);
  } catch (error) {
    if (!isAiError(error, 'INVALID_POLICY')) throw error;
    const listed = error.details['problems'] as readonly PolicyProblemNote[] | undefined;
    return { problems: listed ?? [{ at: source, message: error.message, hint: error.hint ?? null }] };
  }
}

interface Combined {
  readonly evaluator: Evaluator;
  /** The files whose examples are run with it. */
  readonly own: readonly ParsedPolicy[];
}

/** What everybody is judged by, and for each agent with a policy of its own, that as well. */
async function combineAll(deps: ValidateDeps, usable: readonly ParsedPolicy[]): Promise<readonly Combined[]> {
  const nowMs = deps.clock.now().wallMs;
  const shared = usable.filter(({ layer }) => layer.layer !== 'agent');
  const groups = [...(shared.length > 0 ? [{ layers: shared, own: shared }] : []), ...usable.filter(({ layer }) => layer.layer === 'agent').map((agent) => ({ layers: [...shared, agent], own: [agent] }))];
  const combined = groups.map(({ layers, own }) => ({ own, ...combineLayers([builtinFloor(), ...layers.map(({ layer }) => layer)], nowMs) }));
  const problems = new Map(combined.flatMap((group) => group.problems).map((problem) => [`${problem.at ?? problem.source} ${problem.message}`, { at: problem.at ?? problem.source, message: problem.message, hint: problem.hint }]));
  if (problems.size > 0) throw invalid([...problems.values()]);
  return Promise.all(combined.map(async ({ policy, own }) => ({ evaluator: await createEvaluator(deps, policy), own })));
}

const SHOWN_PROBLEMS = 10;

function invalid(problems: readonly PolicyProblemNote[]): AiError {
  const shown = problems.slice(0, SHOWN_PROBLEMS).map(({ at, message }) => `${at}: ${message}`);
  const more = problems.length > shown.length ? [`... and ${problems.length - shown.length} more (--json lists them all)`] : [];
  return new AiError({ code: 'INVALID_POLICY', message: [...shown, ...more].join('\n'), hint: problems[0]?.hint ?? 'Correct the file and validate it again.', details: { problems, count: problems.length } });
}

const asFinding = (severity: PolicyFinding['severity'], code: string, note: PolicyProblemNote): PolicyFinding => ({ severity, code, ...note });

const PLACE_NOTES: ReadonlyMap<LayerState, { readonly code: string; readonly message: string; readonly hint: string }> = new Map([
  ['uncommitted', { code: 'uncommitted', message: 'no commit has it yet: it is in force only as long as that is so', hint: 'Commit it: agents are judged by the policy of a commit.' }],
  ['modified', { code: 'modified', message: 'it differs from the committed one, which is the one in force', hint: 'Commit it, after ai policy diff.' }],
  ['deleted', { code: 'deleted', message: 'the working tree has none, the committed one is in force', hint: 'Commit the deletion, or restore it: git restore FILE.' }],
]);

function placeFindings(places: readonly LayerPlace[]): readonly PolicyFinding[] {
  return places.flatMap(({ source, state }) => {
    const note = PLACE_NOTES.get(state);
    return note === undefined ? [] : [asFinding('warning', note.code, { at: source, message: note.message, hint: note.hint })];
  });
}

/** A file that looks like a policy and is none would be rules that do nothing. */
async function secondFiles(deps: ValidateDeps, files: PolicyFiles): Promise<readonly PolicyFinding[]> {
  const agents = await deps.store.listAgents();
  const names = [PROJECT_POLICY, ...agents.map(({ id }) => agentPolicyPath(id))].map((name) => name.replace(/\.yaml$/, '.yml'));
  const found = await Promise.all(names.map(async (name) => ((await exists(files, name)) ? [name] : [])));
  return found.flat().map((name) => asFinding('error', 'second-policy-file', { at: name, message: 'nothing reads this file: a policy is called policy.yaml', hint: `Move what it says into ${name.replace(/\.yml$/, '.yaml')}, and remove it.` }));
}

async function exists(files: PolicyFiles, name: string): Promise<boolean> {
  try {
    return (await files.readWorking(name)) !== null;
  } catch (error) {
    if (isAiError(error, 'INVALID_POLICY')) return true;
    throw error;
  }
}

const ERRORS: ReadonlySet<FindingKind> = new Set<FindingKind>(['never-matches', 'unreadable']);
const HINTS: Readonly<Record<FindingKind, string>> = {
  'never-matches': 'Correct the rule, or remove it.',
  duplicate: 'Remove one of them.',
  shadowed: 'Remove it, or narrow the stricter rule.',
  'allow-overridden': 'Remove it, or write an exception into the stricter rule.',
  'outside-ceiling': 'Have the layer above allow it, or remove it.',
  'matches-no-file': 'Check the spelling; it may also be for files that are yet to come.',
  unreadable: 'Correct the expression after when:.',
};

/** What several policies share is said once; what is said of built-in rules is nothing that anybody here could change. */
async function ruleFindings(deps: ValidateDeps, combined: readonly Combined[]): Promise<readonly PolicyFinding[]> {
  const files = await trackedFiles(deps);
  const found = combined.flatMap(({ evaluator }) => [
    ...findConflicts(evaluator.policy, evaluator).findings.filter(({ rule }) => rule.layer !== 'builtin').map(toFinding),
    ...(files === null ? [] : findMistypedPaths(evaluator, files)).map((note) => asFinding('warning', 'matches-no-file', note)),
  ]);
  return [...new Map(found.map((finding) => [`${finding.at} ${finding.message}`, finding])).values()];
}

const toFinding = ({ kind, rule, sentence }: RuleFinding): PolicyFinding => asFinding(ERRORS.has(kind) ? 'error' : 'warning', kind, { at: rule.at, message: sentence.replace(/\.$/, ''), hint: HINTS[kind] });

/** Null without a repository: then nothing can be said about files. */
export async function trackedFiles(deps: Pick<AppDeps, 'changes' | 'place'>): Promise<readonly string[] | null> {
  return deps.place.isRepository ? (await deps.changes()).listPaths('index') : null;
}

import { AiError } from '../../../domain/kernel/errors.js';
import type { AppDeps } from '../../deps.js';
import { builtinFloor } from '../../../domain/policy/floor/builtin-floor.js';
import type { ParsedPolicy } from '../../../ports/policy-files.js';
import { createEvaluator } from './evaluator.js';
import { isExampleFile, readExampleFile } from './example-file.js';
import { listLayers } from './list-layers.js';
import { combineOrThrow, layerOfFile } from './named-policy.js';
import { runPolicyExample, runRuleExample, type ExampleResult } from './run-examples.js';

export type TestDeps = Pick<AppDeps, 'policyFiles' | 'changes' | 'place' | 'store' | 'clock' | 'sha256'>;

export interface NamedText {
  readonly source: string;
  readonly text: string;
}

/**
 * Runs the examples inside of the policies as they lie in the working tree, and those of the named files: a list of examples is put to
 * the whole policy, a policy is tested in the place of the project's. Throws INVALID_POLICY.
 */
export async function testPolicy(deps: TestDeps, named: readonly NamedText[]): Promise<readonly ExampleResult[]> {
  const files = await deps.policyFiles();
  const policies = named.filter(({ text }) => !isExampleFile(text));
  const parsed = await Promise.all(policies.map(({ source, text }) => files.parse({ layer: layerOfFile(source), source, revision: null, text })));
  const inForce = parsed.length > 0 ? parsed : await workingPolicies(deps);
  const results = named.length === 0 || parsed.length > 0 ? await inlineResults(deps, inForce) : [];
  const lists = named.filter(({ text }) => isExampleFile(text));
  return lists.length === 0 ? results : [...results, ...(await listResults(deps, { shared: sharedOf(inForce), lists }))];
}

async function workingPolicies(deps: TestDeps): Promise<readonly ParsedPolicy[]> {
  const files = await deps.policyFiles();
  const texts = (await listLayers(deps)).flatMap(({ text }) => (text === null ? [] : [text]));
  if (texts.length === 0) throw new AiError({ code: 'INVALID_POLICY', message: 'There is no policy to test.', hint: 'ai policy init' });
  return Promise.all(texts.map((text) => files.parse(text)));
}

const sharedOf = (policies: readonly ParsedPolicy[]): readonly ParsedPolicy[] => policies.filter(({ layer }) => layer.layer !== 'agent');

async function inlineResults(deps: TestDeps, policies: readonly ParsedPolicy[]): Promise<readonly ExampleResult[]> {
  const shared = sharedOf(policies);
  const results = await Promise.all(
    policies.map(async (policy) => {
      const evaluator = await evaluatorFor(deps, policy.layer.layer === 'agent' ? [...shared, policy] : policyAlone(shared, policy));
      return policy.examples.map((example) => runRuleExample(evaluator, example));
    }),
  );
  return results.flat();
}

/** Two files for one layer are tested one by one. */
function policyAlone(shared: readonly ParsedPolicy[], policy: ParsedPolicy): readonly ParsedPolicy[] {
  return [...shared.filter(({ layer }) => layer.layer !== policy.layer.layer), policy];
}

async function listResults(deps: TestDeps, { shared, lists }: { readonly shared: readonly ParsedPolicy[]; readonly lists: readonly NamedText[] }): Promise<readonly ExampleResult[]> {
  const evaluator = await evaluatorFor(deps, shared);
  const files = await deps.policyFiles();
  const examples = await Promise.all(lists.map(({ source, text }) => readExampleFile(files, source, text)));
  return examples.flat().map((example) => runPolicyExample(evaluator, example));
}

async function evaluatorFor(deps: TestDeps, policies: readonly ParsedPolicy[]): ReturnType<typeof createEvaluator> {
  return createEvaluator(deps, combineOrThrow([builtinFloor(), ...policies.map(({ layer }) => layer)], deps.clock.now().wallMs));
}

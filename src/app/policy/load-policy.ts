import { canonicalJson } from '../../domain/audit/canonical-json.js';
import { AiError } from '../../domain/kernel/errors.js';
import type { CompileCondition } from '../../domain/policy/condition.js';
import { compilePolicy, type CompiledPolicy } from '../../domain/policy/evaluate/compile-policy.js';
import { builtinFloor } from '../../domain/policy/floor/builtin-floor.js';
import { emptyLayer, LAYER_NAMES, type EffectivePolicy, type PolicyLayer } from '../../domain/policy/layer.js';
import { combineLayers } from '../../domain/policy/layers/combine.js';
import type { PolicyPoint } from '../../domain/policy/point.js';
import type { GivenOverride } from '../../ports/override-store.js';
import type { PolicyFiles, PolicyText } from '../../ports/policy-files.js';
import type { AppDeps } from '../deps.js';
import { readPolicyTexts, type PolicyOrder, type PolicyTextDeps } from './policy-texts.js';

export type PolicyDeps = PolicyTextDeps & Pick<AppDeps, 'clock' | 'sha256'>;

export interface LoadedPolicy {
  readonly policy: EffectivePolicy;
  /** Ready for this point; conditions of others are compiled when they are asked. */
  compileFor(point: PolicyPoint): Promise<CompiledPolicy>;
  /** Somebody has written a policy: then every decision is recorded. Without one only the built-in floor speaks. */
  readonly isWritten: boolean;
  /** True where a file of the working tree counts, because the commit has none. */
  readonly uncommitted: readonly string[];
}

/**
 * All layers that are in force for this subject. The project's own layers come from the trusted commit, never from the files that
 * an agent can write; only a policy that no commit has yet is read from the working tree. Throws INVALID_POLICY.
 */
export async function loadPolicy(deps: PolicyDeps, order: PolicyOrder): Promise<LoadedPolicy> {
  const files = await deps.policyFiles();
  const nowMs = deps.clock.now().wallMs;
  const texts = await readPolicyTexts(deps, order);
  const [base, given] = await Promise.all([effective(deps, files, { texts, nowMs }), deps.store.listOverrides({ activeAtMs: nowMs })]);
  const policy = withOverrides(base, given.filter((override) => appliesTo(override, order)), nowMs);
  return {
    policy,
    isWritten: texts.length > 0,
    uncommitted: texts.filter((text) => text.layer !== 'global' && text.revision === null).map((text) => text.source),
    compileFor: async (point) => compilePolicy(policy, await compilerFor(files, policy, point), { sha256: deps.sha256, points: [point] }),
  };
}

/** The language of conditions is loaded only where a rule of the point has one. */
async function compilerFor(files: PolicyFiles, policy: EffectivePolicy, point: PolicyPoint): Promise<CompileCondition> {
  const needed = policy.layers.some(({ rules }) => rules.some((rule) => rule.when !== null && rule.on.includes(point)));
  return needed ? files.compiler() : () => ({ ok: false, problem: { message: `conditions were not loaded for ${point}`, offset: 0, hint: null } });
}

/** Parsing costs more than all else together, so that what the same texts gave before is kept. */
async function effective(deps: PolicyDeps, files: PolicyFiles, { texts, nowMs }: { readonly texts: readonly PolicyText[]; readonly nowMs: number }): Promise<EffectivePolicy> {
  if (texts.length === 0) return combine([], nowMs);
  const key = `layers ${deps.sha256(canonicalJson(texts))}`;
  const known = await deps.store.cachedPolicy(key);
  if (known !== undefined) return combine(JSON.parse(known) as PolicyLayer[], nowMs);
  const layers = (await Promise.all(texts.map((text) => files.parse(text)))).map((parsed) => parsed.layer);
  const policy = combine(layers, nowMs);
  await deps.store.cachePolicy(key, canonicalJson(layers));
  return policy;
}

function combine(layers: readonly PolicyLayer[], nowMs: number): EffectivePolicy {
  const { policy, problems } = combineLayers([builtinFloor(), ...layers], nowMs);
  const [first] = problems;
  if (first === undefined) return policy;
  throw new AiError({ code: 'INVALID_POLICY', message: problems.map(({ at, source, message }) => `${at ?? source}: ${message}`).join('\n'), hint: first.hint, details: { problems } });
}

function appliesTo({ scope }: GivenOverride, order: PolicyOrder): boolean {
  return (scope.agent === null || scope.agent === order.agent) && (scope.task === null || scope.task === order.task);
}

/** An override given at the command line joins the layer that it speaks for, so that it is part of the policy's digest. */
function withOverrides(policy: EffectivePolicy, given: readonly GivenOverride[], nowMs: number): EffectivePolicy {
  if (given.length === 0) return policy;
  const layers = LAYER_NAMES.flatMap((name) => {
    const overrides = given.filter((override) => override.layer === name).map(({ id, rule, layer, reason, expiresAtMs, by, at }) => ({ id, rule, layer, reason, expiresAtMs, by, at }));
    const layer = policy.layers.find((one) => one.layer === name) ?? (overrides.length === 0 ? undefined : emptyLayer(name, 'the command line'));
    return layer === undefined ? [] : [{ ...layer, overrides: [...layer.overrides, ...overrides] }];
  });
  return combineLayers(layers, nowMs).policy;
}

export { PROJECT_POLICY, agentPolicyPath } from './policy-texts.js';

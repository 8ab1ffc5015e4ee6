import { AiError, isAiError } from '../../../domain/kernel/errors.js';
import { quote } from '../../../domain/kernel/ids.js';
import { builtinFloor } from '../../../domain/policy/floor/builtin-floor.js';
import type { EffectivePolicy, PolicyLayer } from '../../../domain/policy/layer.js';
import { combineLayers } from '../../../domain/policy/layers/combine.js';
import type { LayerProblem } from '../../../domain/policy/layers/problem.js';
import type { ParsedPolicy, PolicyText } from '../../../ports/policy-files.js';
import type { AppDeps } from '../../deps.js';
import { PROJECT_POLICY } from '../load-policy.js';

export type NamedPolicyDeps = Pick<AppDeps, 'policyFiles' | 'changes' | 'clock' | 'place'>;

/** A policy as a person names it: a file whose text was read already, or `REV` or `REV:path` of git. */
export type NamedPolicy = { readonly kind: 'file'; readonly source: string; readonly text: string } | { readonly kind: 'revision'; readonly name: string };

/** Above what the parser takes, so that its own message is the one that is read. */
const MAX_POLICY_BYTES = 1024 * 1024;

/** Reads its text. Throws FILE_NOT_FOUND, INVALID_INPUT for what is no revision, INVALID_POLICY for what is no plain file. */
export async function readNamedPolicy(deps: NamedPolicyDeps, named: NamedPolicy): Promise<PolicyText> {
  if (named.kind === 'file') return { layer: layerOfFile(named.source), source: named.source, revision: null, text: named.text };
  const { revision, path } = splitRevision(named.name);
  const commit = await resolveCommit(deps, revision);
  const file = await (await deps.changes()).readFile({ commit }, path, MAX_POLICY_BYTES);
  if (file === null) throw new AiError({ code: 'FILE_NOT_FOUND', message: `${quote(revision)} has no file ${path}.`, hint: 'Name a file, or REV:path of git.' });
  if (file.text === null || (file.mode !== 'file' && file.mode !== 'executable')) throw new AiError({ code: 'INVALID_POLICY', message: `${path} of ${quote(revision)} is no plain file, or is far too large for a policy.`, hint: 'Name a plain file: ai policy init --print writes one.' });
  return { layer: layerOfFile(path), source: `${revision}:${path}`, revision: commit, text: file.text };
}

/** The full id of the commit that a revision names. Throws INVALID_INPUT, GIT_FAILED. */
export async function resolveCommit(deps: Pick<AppDeps, 'changes' | 'place'>, revision: string): Promise<string> {
  if (!deps.place.isRepository) throw new AiError({ code: 'INVALID_INPUT', message: `${quote(revision)} is no file, and without a git repository it can be no revision.`, hint: 'Name a file.' });
  try {
    const { head } = await (await deps.changes()).range(revision, revision);
    if (head !== null) return head;
  } catch (error) {
    if (!isAiError(error, 'INVALID_INPUT', 'GIT_FAILED')) throw error;
  }
  throw new AiError({ code: 'INVALID_INPUT', message: `${quote(revision)} is neither a file nor a commit here.`, hint: 'Name a file, or a revision such as HEAD~1 or main.' });
}

function splitRevision(name: string): { readonly revision: string; readonly path: string } {
  const colon = name.indexOf(':');
  return colon === -1 ? { revision: name, path: PROJECT_POLICY } : { revision: name.slice(0, colon), path: name.slice(colon + 1).replace(/^\.\//, '') };
}

/** By its place: a file of an agent's folder is the agent's own layer, everything else is taken for the project's. */
export function layerOfFile(source: string): 'project' | 'agent' {
  return /(^|\/)\.ai\/agents\/[^/]+\/policy\.ya?ml$/.test(source) ? 'agent' : 'project';
}

export async function parseNamedPolicy(deps: NamedPolicyDeps, named: NamedPolicy): Promise<ParsedPolicy> {
  return (await deps.policyFiles()).parse(await readNamedPolicy(deps, named));
}

/** The file on the built-in floor, without any other layer; the floor alone for a commit that has no policy. Throws INVALID_POLICY. */
export async function policyOfNamed(deps: NamedPolicyDeps, named: NamedPolicy): Promise<EffectivePolicy> {
  const layers = await layersOfNamed(deps, named);
  return combineOrThrow([builtinFloor(), ...layers], deps.clock.now().wallMs);
}

async function layersOfNamed(deps: NamedPolicyDeps, named: NamedPolicy): Promise<readonly PolicyLayer[]> {
  try {
    return [(await parseNamedPolicy(deps, named)).layer];
  } catch (error) {
    const isOnlyACommit = named.kind === 'revision' && !named.name.includes(':');
    if (isOnlyACommit && isAiError(error, 'FILE_NOT_FOUND')) return [];
    throw error;
  }
}

/** The policy with the layer in the place of the one of the same name: what would be decided if only that file changed. */
export function withLayer(policy: EffectivePolicy, layer: PolicyLayer, nowMs: number): EffectivePolicy {
  return combineOrThrow([...policy.layers.filter((other) => other.layer !== layer.layer), layer], nowMs);
}

export function combineOrThrow(layers: readonly PolicyLayer[], nowMs: number): EffectivePolicy {
  const { policy, problems } = combineLayers(layers, nowMs);
  if (problems.length > 0) throw invalidLayers(problems);
  return policy;
}

function invalidLayers(problems: readonly LayerProblem[]): AiError {
  return new AiError({
    code: 'INVALID_POLICY',
    message: problems.map(({ at, source, message }) => `${at ?? source}: ${message}`).join('\n'),
    hint: problems[0]?.hint ?? 'ai policy validate',
    details: { problems: problems.map(({ at, source, message, hint }) => ({ at: at ?? source, message, hint })), count: problems.length },
  });
}

import { isAiError } from '../../../domain/kernel/errors.js';
import type { PolicyFiles, PolicyProblemNote, PolicyText } from '../../../ports/policy-files.js';
import type { AppDeps } from '../../deps.js';
import { agentPolicyPath, PROJECT_POLICY } from '../load-policy.js';

export type ListLayersDeps = Pick<AppDeps, 'policyFiles' | 'changes' | 'place' | 'store'>;

/** `missing`: there is no such file. `deleted`: the commit has one, the working tree has none. */
export type LayerState = 'committed' | 'modified' | 'uncommitted' | 'deleted' | 'outside' | 'missing';

/** A place where a policy file can be, and what is there. */
export interface LayerPlace {
  readonly layer: PolicyText['layer'];
  readonly source: string;
  readonly state: LayerState;
  /** What to look at: the working tree, or the commit where that has none. Null when there is none, or it can't be read. */
  readonly text: PolicyText | null;
  readonly problems: readonly PolicyProblemNote[];
}

const MAX_POLICY_BYTES = 1024 * 1024;

/** Every place where a layer of policy is looked for, also those that are empty. */
export async function listLayers(deps: ListLayersDeps): Promise<readonly LayerPlace[]> {
  const files = await deps.policyFiles();
  const commit = deps.place.isRepository ? await files.currentCommit() : null;
  const agents = (await deps.store.listAgents()).map(({ id }) => id);
  return [
    await globalPlace(files),
    await filePlace(deps, files, { layer: 'project', path: PROJECT_POLICY, commit }),
    ...(await Promise.all(agents.map((agent) => filePlace(deps, files, { layer: 'agent', path: agentPolicyPath(agent), commit })))),
  ];
}

async function globalPlace(files: PolicyFiles): Promise<LayerPlace> {
  const read = await attempt(() => files.readGlobal());
  const text = read.value;
  return { layer: 'global', source: text?.source ?? 'the user’s own policy', state: text === null ? 'missing' : 'outside', text, problems: read.problems };
}

interface PlaceOfFile {
  readonly layer: 'project' | 'agent';
  readonly path: string;
  readonly commit: string | null;
}

async function filePlace(deps: ListLayersDeps, files: PolicyFiles, { layer, path, commit }: PlaceOfFile): Promise<LayerPlace> {
  const working = await attempt(() => files.readWorking(path));
  const committed = await attempt(async () => (commit === null ? null : ((await (await deps.changes()).readFile({ commit }, path, MAX_POLICY_BYTES))?.text ?? null)));
  const problems = [...working.problems, ...committed.problems];
  const found = { layer, source: path, problems };
  if (working.value === null && committed.value === null) return { ...found, state: 'missing', text: null };
  if (working.value === null) return { ...found, state: 'deleted', text: { layer, source: path, revision: commit, text: committed.value ?? '' } };
  const state = committed.value === null ? 'uncommitted' : committed.value === working.value ? 'committed' : 'modified';
  return { ...found, state, text: { layer, source: path, revision: state === 'committed' ? commit : null, text: working.value } };
}

async function attempt(read: () => Promise<PolicyText | null>): Promise<{ readonly value: PolicyText | null; readonly problems: readonly PolicyProblemNote[] }>;
async function attempt(read: () => Promise<string | null>): Promise<{ readonly value: string | null; readonly problems: readonly PolicyProblemNote[] }>;
async function attempt<T>(read: () => Promise<T | null>): Promise<{ readonly value: T | null; readonly problems: readonly PolicyProblemNote[] }> {
  try {
    return { value: await read(), problems: [] };
  } catch (error) {
    if (!isAiError(error)) throw error;
    return { value: null, problems: [{ at: '', message: error.message, hint: error.hint ?? null }] };
  }
}

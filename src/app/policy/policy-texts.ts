import { AiError } from '../../domain/kernel/errors.js';
import type { TreeName } from '../../ports/change-source.js';
import type { PolicyFiles, PolicyText } from '../../ports/policy-files.js';
import type { AppDeps } from '../deps.js';

export const PROJECT_POLICY = '.ai/policy.yaml';
export const agentPolicyPath = (agent: string): string => `.ai/agents/${agent}/policy.yaml`;
/** Above what the parser takes, so that its own message is the one that is read. */
const MAX_POLICY_BYTES = 1024 * 1024;

export type PolicyTextDeps = Pick<AppDeps, 'store' | 'policyFiles' | 'changes' | 'place'>;

export interface PolicyOrder {
  /** The agent whose own layer counts; null for a person. */
  readonly agent: string | null;
  readonly task: string | null;
  /** The commit that is trusted: the base of a run. Null: the commit that is checked out. */
  readonly commit: string | null;
}

/**
 * The files whose layers count for this subject; none where nobody has written a policy. Cheap, so that a command in a project
 * without policy pays for nothing else. Throws INVALID_POLICY for what is no plain file.
 */
export async function readPolicyTexts(deps: PolicyTextDeps, order: PolicyOrder): Promise<readonly PolicyText[]> {
  const files = await deps.policyFiles();
  const [global, commit] = await Promise.all([files.readGlobal(), order.commit ?? (deps.place.isRepository ? files.currentCommit() : null)]);
  const project = await readOne(deps, files, { layer: 'project', path: PROJECT_POLICY, commit });
  const agent = order.agent === null ? null : await readOne(deps, files, { layer: 'agent', path: agentPolicyPath(order.agent), commit });
  return [global, project, agent].filter((text) => text !== null);
}

interface OneFile {
  readonly layer: 'project' | 'agent';
  readonly path: string;
  readonly commit: string | null;
}

async function readOne(deps: PolicyTextDeps, files: PolicyFiles, file: OneFile): Promise<PolicyText | null> {
  const committed = file.commit === null ? null : await readCommitted(deps, file.path, file.commit);
  if (committed !== null) return { layer: file.layer, source: file.path, revision: file.commit, text: committed };
  const text = await files.readWorking(file.path);
  return text === null ? null : { layer: file.layer, source: file.path, revision: null, text };
}

/** A file that is empty is there, and is a mistake: the one of the working tree must not step in for it. */
const NO_FILE = 'none';
const FILE = 'file\n';

/** What a commit holds never changes, so that git is asked once for each commit and file. */
async function readCommitted(deps: PolicyTextDeps, path: string, commit: string): Promise<string | null> {
  const key = `committed ${commit} ${path}`;
  const known = await deps.store.cachedPolicy(key);
  if (known !== undefined) return known === NO_FILE ? null : known.slice(FILE.length);
  const file = await (await deps.changes()).readFile({ commit } satisfies TreeName, path, MAX_POLICY_BYTES);
  if (file !== null && file.text === null) throw unusable(path, commit);
  if (file !== null && file.mode !== 'file' && file.mode !== 'executable') throw unusable(path, commit);
  const text = file?.text ?? null;
  await deps.store.cachePolicy(key, text === null ? NO_FILE : `${FILE}${text}`);
  return text;
}

function unusable(path: string, commit: string): AiError {
  return new AiError({ code: 'INVALID_POLICY', message: `${path} of commit ${commit.slice(0, 12)} is no plain file, or is far too large for a policy.`, hint: 'Commit a plain file: ai policy init writes one to start from.' });
}

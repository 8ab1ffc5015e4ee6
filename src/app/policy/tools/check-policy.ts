import { builtinFloor } from '../../../domain/policy/floor/builtin-floor.js';
import { compilePolicy } from '../../../domain/policy/evaluate/compile-policy.js';
import { decide } from '../../../domain/policy/evaluate/decide.js';
import type { PolicyPoint } from '../../../domain/policy/point.js';
import type { ChangeSource, TreeName } from '../../../ports/change-source.js';
import type { PolicyFiles, PolicyText } from '../../../ports/policy-files.js';
import type { LoadedPolicy, TrustedPolicyFile } from '../../check/check-input.js';
import { agentPolicyPath } from '../load-policy.js';
import { combineOrThrow } from './named-policy.js';

export interface CheckPolicyDeps {
  readonly files: PolicyFiles;
  readonly changes: ChangeSource;
  readonly sha256: (text: string) => string;
  readonly nowMs: number;
}

/** The points that changes are asked about. */
const POINTS: readonly PolicyPoint[] = ['path.write', 'commit', 'policy.change'];
const MAX_POLICY_BYTES = 1024 * 1024;

/**
 * All layers that judge changes: the built-in floor, the user's own, the project's file as the check found it, and that of the agent
 * from the same revision. Needs no database. Throws INVALID_POLICY.
 */
export async function loadCheckPolicy(deps: CheckPolicyDeps, file: TrustedPolicyFile | null, agent: string | null): Promise<LoadedPolicy> {
  const { files, sha256, nowMs } = deps;
  const texts = [await files.readGlobal(), projectText(file), await agentText(deps, file, agent)].filter((text) => text !== null);
  const layers = (await Promise.all(texts.map((text) => files.parse(text)))).map((parsed) => parsed.layer);
  const policy = combineOrThrow([builtinFloor(), ...layers], nowMs);
  const compiled = compilePolicy(policy, await files.compiler(), { sha256, points: POINTS });
  return { policy, digest: compiled.digest(sha256), decide: (request) => decide(compiled, request) };
}

const projectText = (file: TrustedPolicyFile | null): PolicyText | null => (file === null ? null : { layer: 'project', source: file.path, revision: file.revision, text: file.text });

async function agentText({ changes }: CheckPolicyDeps, file: TrustedPolicyFile | null, agent: string | null): Promise<PolicyText | null> {
  if (agent === null || file === null) return null;
  const tree: TreeName = file.revision === null ? 'index' : { commit: file.revision };
  const source = agentPolicyPath(agent);
  const text = (await changes.readFile(tree, source, MAX_POLICY_BYTES))?.text ?? null;
  return text === null ? null : { layer: 'agent', source, revision: file.revision, text };
}

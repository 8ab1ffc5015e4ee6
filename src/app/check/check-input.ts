import type { Decision } from '../../domain/policy/decision.js';
import type { Facts } from '../../domain/policy/facts.js';
import type { EffectivePolicy } from '../../domain/policy/layer.js';
import type { DecisionRequest, GrantedApproval, Subject } from '../../domain/policy/request.js';
import type { ChangeSource, EvidenceReader } from '../../ports/change-source.js';

/** `.ai/policy.yaml` as it is in the revision that is trusted, never as it is in the working tree. */
export interface TrustedPolicyFile {
  readonly path: string;
  /** The commit, or null when it was read from the index because HEAD has none. */
  readonly revision: string | null;
  readonly text: string;
}

/** All layers that are in force, ready to decide. */
export interface LoadedPolicy {
  readonly policy: EffectivePolicy;
  /** SHA-256 of its canonical JSON. */
  readonly digest: string;
  readonly decide: (request: DecisionRequest) => Decision;
}

export type CheckTarget =
  | { readonly kind: 'staged' }
  | { readonly kind: 'range'; readonly base: string; readonly head: string; /** A range that is the work of a run. */ readonly run?: string }
  | { readonly kind: 'files'; readonly paths: readonly string[] };

export interface CheckDeps {
  readonly changes: ChangeSource;
  /** Puts the layers together. `file` is null when the trusted revision has no policy file. Throws INVALID_POLICY. */
  readonly loadPolicy: (file: TrustedPolicyFile | null) => Promise<LoadedPolicy>;
  /** null when evidence can't be read here. */
  readonly readEvidence: EvidenceReader | null;
}

export interface CheckInput {
  readonly target: CheckTarget;
  readonly subject: Subject;
  /** Facts of the surroundings (`branch.name`, `now.hour`); those of the change are added. */
  readonly facts: Facts;
  readonly nowMs: number;
  readonly approvals: readonly GrantedApproval[];
  /** Every commit of an agent in the range has to come with evidence. Only for a range. */
  readonly requireEvidence: boolean;
  /** E-mail addresses whose commits are those of agents, beside the known ones. */
  readonly agentEmails: readonly string[];
}

import type { CompileCondition } from '../condition.js';
import type { ApprovalTerms, LayerName } from '../layer.js';
import type { DecisionRequest } from '../request.js';
import type { DecideRequest } from './results.js';

export interface DiffDependencies {
  readonly compile: CompileCondition;
  readonly decideOld: DecideRequest;
  readonly decideNext: DecideRequest;
  /** The time that witnesses are for, ms since epoch. */
  readonly nowMs: number;
  /** What an ask without terms of its own asks for. */
  readonly defaultApproval: ApprovalTerms;
}

export const CHANGE_KINDS = ['engine', 'layer', 'rule-added', 'rule-removed', 'rule-changed', 'approval', 'locked', 'overridable', 'override', 'team', 'default', 'limit', 'evidence'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One change in one direction; a change that goes both ways is listed twice. */
export interface PolicyChange {
  readonly kind: ChangeKind;
  readonly direction: 'wider' | 'narrower';
  /** Id of the rule, or name of the point, limit, evidence, team or layer. */
  readonly name: string;
  readonly layer: LayerName | null;
  /** `file:line:column`, where it has a place of its own. */
  readonly at: string | null;
  /** True when a witness shows it, or when it needs none (a limit, a lock). False: it may go that way, which could not be ruled out. */
  readonly proved: boolean;
  /** Both policies decided it: with the new one the effect, or the approval that is asked for, is less strict (stricter). */
  readonly witness: DecisionRequest | null;
  readonly sentence: string;
}

/**
 * `same` and `narrower` are proved: no request is decided less strictly than before. `wider` and `incomparable` also
 * stand for what could not be ruled out.
 */
export interface PolicyDiff {
  readonly verdict: 'same' | 'narrower' | 'wider' | 'incomparable';
  readonly widenings: readonly PolicyChange[];
  readonly narrowings: readonly PolicyChange[];
}

/** A change before anybody looked for a witness. */
export interface DraftChange extends Omit<PolicyChange, 'proved' | 'witness' | 'sentence'> {
  /** What changed: a clause without full stop. */
  readonly what: string;
  /** True when it goes that way by itself. */
  readonly certain: boolean;
  /** Requests that may show it. */
  readonly candidates: () => Iterable<DecisionRequest>;
}

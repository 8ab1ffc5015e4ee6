import type { Effect } from './effect.js';
import type { FactValue } from './facts.js';
import type { ApprovalTerms, LayerName } from './layer.js';

/** Stable, in kebab case: scripts and annotations refer to it. */
export const DECISION_CODES = ['no-rule', 'default', 'rule-allow', 'rule-ask', 'rule-deny', 'rule-error', 'approved', 'limit-reached', 'evidence-missing', 'hook-error'] as const;
export type DecisionCode = (typeof DECISION_CODES)[number];

/** How one rule took part. Rules that did not match are counted, not listed, unless the caller asks for a full trace. */
export interface RuleTrace {
  readonly id: string;
  readonly layer: LayerName;
  readonly at: string;
  readonly effect: Effect;
  readonly result: 'match' | 'no' | 'error' | 'overridden';
  /** True for those that made the effect what it is. */
  readonly decisive: boolean;
  /** The first path that it matched; null for a rule without paths. */
  readonly path: string | null;
  readonly why: string | null;
  /** What `when:` said: its text and the values that it read, or the error. */
  readonly when: { readonly text: string; readonly values: Readonly<Record<string, FactValue | null>>; readonly error: string | null } | null;
  /** The override that switched it off. */
  readonly override: string | null;
}

/** A path whose own effect is stricter than allow. At most FINDINGS_LIMIT are listed; `findingCount` has them all. */
export interface PathFinding {
  readonly path: string;
  readonly effect: Effect;
  readonly rules: readonly { readonly id: string; readonly layer: LayerName; readonly at: string; readonly why: string | null }[];
}

export interface LimitState {
  readonly name: string;
  readonly used: string;
  readonly limit: string;
}

/** The answer: a pure function of policy and request. */
export interface Decision {
  readonly effect: Effect;
  readonly code: DecisionCode;
  readonly message: string;
  readonly fix: string | null;
  readonly rules: readonly RuleTrace[];
  /** Rules of the point that were looked at. 0 means: nothing was checked. */
  readonly considered: number;
  readonly findings: readonly PathFinding[];
  readonly findingCount: number;
  /** Every fact that was read, with its value; null is absent. */
  readonly facts: Readonly<Record<string, FactValue | null>>;
  readonly limits: readonly LimitState[];
  /** For an ask: the strictest terms of all asks that matched (most approvers, shortest time, every team). */
  readonly approval: ApprovalTerms | null;
  /** Approvals that turned an ask into an allow. They are spent with the action. */
  readonly approvals: readonly string[];
}

export const FINDINGS_LIMIT = 1_000;

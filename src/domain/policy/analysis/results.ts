import type { Effect } from '../effect.js';
import type { CompileCondition } from '../condition.js';
import type { Decision } from '../decision.js';
import type { LayerName, Rule } from '../layer.js';
import type { PolicyPoint } from '../point.js';
import type { DecisionRequest } from '../request.js';

/** Asks one rule, all by itself, about a request. `error`: its condition could not be evaluated. Never throws. */
export type MatchesRule = (rule: Rule, request: DecisionRequest) => 'match' | 'no' | 'error';

/** Decides a request by one policy. Never throws. */
export type DecideRequest = (request: DecisionRequest) => Decision;

/** What the analysis asks of the rest: the real evaluator confirms every witness. */
export interface AnalysisDependencies {
  readonly compile: CompileCondition;
  readonly matches: MatchesRule;
  /** Decides by the policy that is looked at. */
  readonly decide: DecideRequest;
  /** The time that witnesses are for, ms since epoch. */
  readonly nowMs: number;
}

/** Enough to find a rule in its file. */
export interface RuleReference {
  readonly id: string;
  readonly layer: LayerName;
  readonly effect: Effect;
  /** `file:line:column`. */
  readonly at: string;
}

/** What keeps two rules apart. */
export type Dimension = 'effects' | 'points' | 'agents' | 'tasks' | 'skills' | 'paths' | 'command' | 'when' | 'never';

/**
 * What is known about two rules of different effects, for requests of one path, one readable command and one skill.
 * A pattern that a task declares stands for many paths, as does a request of several: there both rules can match, each for
 * another one. `disjoint`: proved, no request matches both. `conflict`: the witness matches both, as the evaluator says.
 * `possible`: neither was shown.
 */
export type PairVerdict =
  | {
      readonly verdict: 'disjoint';
      readonly because: Dimension;
      /** True when it holds only if spellings of a path that differ in case count as one: an allow compares exactly, a deny does not. */
      readonly spellingAside: boolean;
      readonly sentence: string;
    }
  | { readonly verdict: 'conflict'; readonly witness: DecisionRequest; readonly sentence: string }
  | { readonly verdict: 'possible'; readonly sentence: string };

/** Two rules that meet, or may. At their common requests the stricter one counts. */
export interface RuleConflict {
  readonly verdict: 'conflict' | 'possible';
  readonly stricter: RuleReference;
  readonly weaker: RuleReference;
  readonly points: readonly PolicyPoint[];
  readonly witness: DecisionRequest | null;
  readonly sentence: string;
}

export const FINDING_KINDS = ['never-matches', 'duplicate', 'shadowed', 'allow-overridden', 'outside-ceiling', 'matches-no-file', 'unreadable'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** A rule that does not do what it seems to. */
export interface RuleFinding {
  readonly kind: FindingKind;
  readonly rule: RuleReference;
  /** The rule that makes it so. */
  readonly other: RuleReference | null;
  readonly sentence: string;
}

export interface ConflictReport {
  /** In the order of the policy, at most CONFLICT_LIMIT. */
  readonly conflicts: readonly RuleConflict[];
  readonly findings: readonly RuleFinding[];
  readonly counts: {
    readonly rules: number;
    /** Pairs of rules with different effects. */
    readonly pairs: number;
    readonly disjoint: number;
    readonly conflict: number;
    readonly possible: number;
    /** Pairs that were not looked at any more, because a limit was reached. Not 0: the report is incomplete. */
    readonly notSearched: number;
  };
}

/** Conflicts that are listed; the others are counted. */
export const CONFLICT_LIMIT = 1_000;
/** Pairs that were not told apart by points, agents, tasks or leading names of paths: each of these takes a search. */
export const SEARCHED_PAIR_LIMIT = 10_000;

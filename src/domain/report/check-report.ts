import type { Effect } from '../policy/effect.js';
import type { LayerName } from '../policy/layer.js';
import type { PolicyPoint } from '../policy/point.js';

/** One thing that a rule, or the check itself, says about one path or commit. */
export interface CheckFinding {
  /** Id of the rule; for a finding of the check itself its code, such as `paths-collide`. */
  readonly rule: string;
  /** null for a finding of the check itself. */
  readonly layer: LayerName | null;
  /** `file:line:column` of the rule. */
  readonly at: string | null;
  readonly points: readonly PolicyPoint[];
  /** null when it is about no single path. */
  readonly path: string | null;
  readonly commit: string | null;
  /** What is the case, one sentence. */
  readonly message: string;
  /** Why the rule exists, in the words of who wrote it. */
  readonly why: string | null;
  /** What to do now. */
  readonly fix: string;
}

export interface CheckWarning {
  /** Stable, in kebab case. */
  readonly code: string;
  readonly message: string;
  readonly path: string | null;
}

/** A rule that was asked, whether it found anything or not. */
export interface CheckedRule {
  readonly id: string;
  readonly layer: LayerName;
  readonly effect: Effect;
  readonly at: string;
  readonly why: string | null;
}

export interface CheckedLayer {
  readonly layer: LayerName;
  readonly source: string;
  readonly revision: string | null;
  readonly rules: number;
}

/** The answer of `ai policy check`: JSON-safe. A pure function of the changes and the policy. */
export interface CheckReport {
  readonly mode: 'staged' | 'range' | 'files' | 'run';
  readonly base: string | null;
  readonly head: string | null;
  readonly policy: { readonly digest: string; readonly layers: readonly CheckedLayer[] } | null;
  /** Rules that were looked at, counted at each point. 0 means that nothing was checked. */
  readonly considered: number;
  /** Rules of the points that were asked, in the order of the policy. */
  readonly rules: readonly CheckedRule[];
  /** Paths that were checked. */
  readonly files: number;
  /** Commits whose evidence was checked; null when that was not asked for. */
  readonly commits: number | null;
  /** Denied. */
  readonly violations: readonly CheckFinding[];
  /** Needs an approval that is not there. */
  readonly asks: readonly CheckFinding[];
  /** Would need an approval, and has it. */
  readonly approved: readonly CheckFinding[];
  readonly warnings: readonly CheckWarning[];
  /** Findings beyond FINDING_LIMIT, counted only. */
  readonly omitted: number;
  /** Why there is no answer; null when there is one. */
  readonly undecidable: { readonly message: string; readonly hint: string | null } | null;
}

export const FINDING_LIMIT = 50_000;

export const CHECK_EXIT_CODES = { clean: 0, violations: 1, undecidable: 2 } as const;

/** 0: clean, and at least one rule was evaluated. 1: something is denied, or asks for an approval that is not there. 2: there is no answer. */
export function exitCodeOfReport(report: CheckReport): number {
  if (report.undecidable !== null) return CHECK_EXIT_CODES.undecidable;
  const found = report.violations.length + report.asks.length + report.omitted;
  return found > 0 ? CHECK_EXIT_CODES.violations : CHECK_EXIT_CODES.clean;
}

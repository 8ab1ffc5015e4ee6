import type { AgentId, FencingToken, RunId, TaskId } from '../kernel/ids.js';
import type { ErrorClass } from './error-class.js';

export const RUN_OUTCOMES = [
  'succeeded',
  'failed',
  'verification_failed',
  'write_outside_scope',
  'policy_denied',
  'timed_out',
  'stalled',
  'cancelled',
  'lease_lost',
  'budget_exhausted',
  'crashed',
] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** How far a run has come. Written before the step it names begins, so that a crash shows where it happened. */
export const RUN_PHASES = ['claimed', 'workspace', 'spawning', 'running', 'collecting', 'verifying', 'finishing', 'ended'] as const;
export type RunPhase = (typeof RUN_PHASES)[number];

/**
 * Names one process for ever: a pid alone is reused, a pid with its start time on one boot is not.
 * `marker` is in the environment of the process and of everything that it starts.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly pgid: number;
  /** Clock ticks since boot on Linux, the start date on macOS; opaque, compared for equality. */
  readonly startTime: string;
  readonly bootId: string;
  readonly host: string;
  readonly marker: string;
}

export interface ChangedFile {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'deleted' | 'type_changed';
  /** What it is now, or was when it is gone. Left out where no tree can hold it, and in what older versions stored. */
  readonly mode?: 'file' | 'executable' | 'symlink' | 'submodule';
}

export interface CheckResult {
  readonly command: string;
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** The last part of stdout and stderr together. */
  readonly outputTail: string;
}

export interface Usage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Decimal string in US dollars; null when the client does not say. */
  readonly costUsd: string | null;
}

export interface EvidenceItem {
  readonly kind: 'patch' | 'changed_files' | 'checks' | 'transcript' | 'stderr' | 'events' | 'briefing' | 'stop_proof' | 'statement';
  readonly sha256: string;
  readonly bytes: number;
}

export interface Run {
  readonly id: RunId;
  readonly taskId: TaskId;
  readonly token: FencingToken;
  readonly attempt: number;
  readonly agent: AgentId;
  readonly connector: string;
  readonly phase: RunPhase;
  readonly host: string;
  /** The `ai` process that looks after the run. */
  readonly supervisor: ProcessIdentity;
  /** The agent process; null until it exists. */
  readonly process: ProcessIdentity | null;
  readonly workspace: string | null;
  readonly branch: string | null;
  /** Commit (or tree, without a repository) that the work started from. */
  readonly base: string | null;
  readonly head: string | null;
  readonly outcome: RunOutcome | null;
  readonly errorClass: ErrorClass | null;
  readonly errorMessage: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly sessionRef: string | null;
  readonly changedFiles: readonly ChangedFile[];
  readonly outsideScope: readonly string[];
  readonly checks: readonly CheckResult[];
  readonly usage: Usage;
  readonly evidence: readonly EvidenceItem[];
  readonly startedAtMs: number;
  readonly lastActivityAtMs: number;
  readonly finishedAtMs: number | null;
  /** Where the work landed; null until `ai task merge`. */
  readonly landedCommit: string | null;
}

import type { Isolation } from '../task/task.js';

/** Everything that a person may set in `.ai/config.yaml`, complete with defaults. Durations in ms. */
export interface Settings {
  readonly task: {
    readonly maxAttempts: number;
    readonly isolation: Isolation | null;
    /** Branch that finished work lands on; null means the branch that was current when the task was created. */
    readonly targetBranch: string | null;
  };
  readonly lease: { readonly ttlMs: number };
  readonly execution: {
    readonly agent: string | null;
    readonly timeoutMs: number;
    readonly stallTimeoutMs: number;
    readonly verifyTimeoutMs: number;
    readonly interruptMs: number;
    readonly sigintMs: number;
    readonly sigtermMs: number;
    readonly maxOutputBytes: number;
    /** Shell commands run in a fresh worktree before the agent starts. */
    readonly setup: readonly string[];
    /** Untracked files copied into a fresh worktree, relative to the root. */
    readonly copyFiles: readonly string[];
  };
}

export const DEFAULT_SETTINGS: Settings = {
  task: { maxAttempts: 3, isolation: null, targetBranch: null },
  lease: { ttlMs: 60_000 },
  execution: {
    agent: null,
    timeoutMs: 60 * 60_000,
    stallTimeoutMs: 10 * 60_000,
    verifyTimeoutMs: 15 * 60_000,
    interruptMs: 2_000,
    sigintMs: 3_000,
    sigtermMs: 5_000,
    maxOutputBytes: 256 * 1024 * 1024,
    setup: [],
    copyFiles: [],
  },
};

import type { ErrorClass } from './error-class.js';

/**
 * What follows a failure of each class.
 * `retry`: another attempt with the failure in its briefing. `wait`: the same, after a longer pause.
 * `pause_agent`: the agent's fault, never the task's: no attempt is burnt. `abort`: a person decides.
 */
export type RecoveryStrategy = 'retry' | 'wait' | 'pause_agent' | 'abort';

export interface RecoveryRule {
  readonly strategy: RecoveryStrategy;
  /** First pause; it doubles with every failure up to `capMs`. */
  readonly baseMs: number;
  readonly capMs: number;
}

const retry: RecoveryRule = { strategy: 'retry', baseMs: 5_000, capMs: 15 * 60_000 };
const wait: RecoveryRule = { strategy: 'wait', baseMs: 30_000, capMs: 30 * 60_000 };
const abort: RecoveryRule = { strategy: 'abort', baseMs: 0, capMs: 0 };
const pauseAgent: RecoveryRule = { strategy: 'pause_agent', baseMs: 0, capMs: 0 };

export const RECOVERY: Readonly<Record<ErrorClass, RecoveryRule>> = {
  rate_limit: wait,
  overloaded: wait,
  auth: pauseAgent,
  quota: pauseAgent,
  context_too_long: abort,
  timeout: retry,
  stall: retry,
  network: wait,
  permission: retry,
  tool_missing: pauseAgent,
  invalid_output: retry,
  agent_crash: retry,
  verification: retry,
  write_outside_scope: retry,
  policy: abort,
  budget: abort,
  unknown: retry,
};

/**
 * Exponential back-off with full jitter over the upper half, so that a pause is never near zero.
 * `random` is in [0, 1). A server's Retry-After is a lower bound.
 */
export function backoffMs(rule: RecoveryRule, failures: number, options: { readonly random: number; readonly retryAfterMs?: number | undefined }): number {
  const exponent = Math.min(Math.max(failures - 1, 0), 30);
  const ceiling = Math.min(rule.capMs, rule.baseMs * 2 ** exponent);
  return Math.max(Math.round(ceiling * (0.5 + options.random / 2)), options.retryAfterMs ?? 0);
}

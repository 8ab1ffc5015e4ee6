import { unreachable } from '../kernel/assert.js';
import type { StopRequest } from '../lease/lease.js';
import type { ErrorClass } from './error-class.js';
import type { CheckResult, RunOutcome } from './run.js';

/** Why we ended the agent ourselves. The first cause wins and is never overwritten. */
export type EndCause =
  | { readonly kind: 'timeout'; readonly afterMs: number }
  | { readonly kind: 'stall'; readonly afterMs: number }
  | { readonly kind: 'budget'; readonly spentUsd: string; readonly limitUsd: string }
  | { readonly kind: 'stop'; readonly stop: StopRequest }
  | { readonly kind: 'signal' }
  | { readonly kind: 'lease_lost' };

export interface RunFindings {
  readonly cause: EndCause | null;
  /** What the connector makes of the exit; `errorClass` null means that the agent says it is done. */
  readonly classification: { readonly errorClass: ErrorClass | null; readonly message: string | null };
  readonly workspaceGone: boolean;
  readonly outsideScope: readonly string[];
  /** What policy says against the changes; null when it allows them, or asks for an approval first. */
  readonly policyDenial?: string | null;
  /** null when checks were not reached. */
  readonly checks: readonly CheckResult[] | null;
}

export interface Conclusion {
  readonly outcome: RunOutcome;
  readonly errorClass: ErrorClass | null;
  readonly message: string | null;
}

const SHOWN_PATHS = 20;

/** Exactly one outcome per run. Order: our own cause, the written paths, policy, the agent's own verdict, our checks. */
export function concludeRun(findings: RunFindings): Conclusion {
  if (findings.cause !== null) return ofCause(findings.cause);
  if (findings.outsideScope.length > 0) return outside(findings.outsideScope);
  if (findings.policyDenial != null) return { outcome: 'policy_denied', errorClass: 'policy', message: findings.policyDenial };
  if (findings.classification.errorClass !== null) return failedBy(findings.classification.errorClass, findings.classification.message);
  if (findings.workspaceGone) return { outcome: 'failed', errorClass: 'invalid_output', message: 'The agent deleted its working folder.' };
  const failing = findings.checks?.find((check) => check.exitCode !== 0);
  if (failing !== undefined) return failingCheck(failing);
  return { outcome: 'succeeded', errorClass: null, message: null };
}

function ofCause(cause: EndCause): Conclusion {
  switch (cause.kind) {
    case 'timeout':
      return { outcome: 'timed_out', errorClass: 'timeout', message: `The agent was stopped after its time limit of ${cause.afterMs} ms.` };
    case 'stall':
      return { outcome: 'stalled', errorClass: 'stall', message: `The agent gave no sign of life for ${cause.afterMs} ms and was stopped.` };
    case 'budget':
      return { outcome: 'budget_exhausted', errorClass: 'budget', message: `The agent had spent ${cause.spentUsd} of ${cause.limitUsd} US dollars and was stopped.` };
    case 'stop':
      return { outcome: 'cancelled', errorClass: null, message: cause.stop.reason };
    case 'signal':
      return { outcome: 'cancelled', errorClass: null, message: 'The command that supervised the agent was interrupted.' };
    case 'lease_lost':
      return { outcome: 'lease_lost', errorClass: null, message: 'The lease ended or went to somebody else while the agent worked; its work is kept, and counts for nothing.' };
    default:
      return unreachable(cause);
  }
}

function outside(paths: readonly string[]): Conclusion {
  const shown = paths.slice(0, SHOWN_PATHS).join(', ');
  const more = paths.length > SHOWN_PATHS ? ` and ${paths.length - SHOWN_PATHS} more` : '';
  return { outcome: 'write_outside_scope', errorClass: 'write_outside_scope', message: `The agent changed paths that the task did not declare: ${shown}${more}.` };
}

function failedBy(errorClass: ErrorClass, message: string | null): Conclusion {
  if (errorClass === 'budget') return { outcome: 'budget_exhausted', errorClass, message };
  if (errorClass === 'policy') return { outcome: 'policy_denied', errorClass, message };
  return { outcome: 'failed', errorClass, message: message ?? 'The agent failed without saying why.' };
}

function failingCheck(check: CheckResult): Conclusion {
  const how = check.exitCode === null ? 'could not be run or did not end in time' : `exited with ${check.exitCode}`;
  return { outcome: 'verification_failed', errorClass: 'verification', message: `The check \`${check.command}\` ${how}.` };
}

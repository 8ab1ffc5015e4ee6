import { isAiError } from '../../../domain/kernel/errors.js';
import type { Run } from '../../../domain/run/run.js';
import { exitCodeOf, exitCodeOfSignal } from '../../exit-codes.js';

const EXIT = { succeeded: 0, credentials: 4, conflict: 5, denied: 6, failed: 10, budget: 11 } as const;

/** The exit code of a run that was started: of its outcome, in the words of the contract. */
export function executeExitCode(run: Pick<Run, 'outcome' | 'errorClass'>, signal: AbortSignal): number {
  if (run.outcome === 'succeeded') return EXIT.succeeded;
  if (run.outcome === 'cancelled' && signal.aborted) return isAiError(signal.reason, 'INTERRUPTED') ? exitCodeOf(signal.reason) : exitCodeOfSignal('SIGINT');
  if (run.errorClass === 'auth') return EXIT.credentials;
  if (run.outcome === 'budget_exhausted') return EXIT.budget;
  if (run.outcome === 'policy_denied') return EXIT.denied;
  return run.outcome === 'lease_lost' ? EXIT.conflict : EXIT.failed;
}

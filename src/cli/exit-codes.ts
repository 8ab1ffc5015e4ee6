import { isAiError, type ErrorCode } from '../domain/kernel/errors.js';
import { EXIT_BUG, exitCodeOfSignal } from './signal-codes.js';

export { exitCodeOfSignal };

/** Total on purpose: a new error code does not compile without its exit code. The meaning of each is in docs/decisions/0001. */
const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  DATABASE_NEWER: 1,
  DATABASE_CORRUPT: 1,
  DATABASE_BUSY: 1,
  DATABASE_UNAVAILABLE: 1,
  NETWORK_FILESYSTEM: 1,
  DISK_FULL: 1,
  READ_ONLY: 1,
  GIT_MISSING: 1,
  GIT_FAILED: 1,
  WORKSPACE_FAILED: 1,
  DOCTOR_FOUND_PROBLEMS: 1,
  VERIFICATION_FAILED: 1,

  USAGE: 2,
  INVALID_INPUT: 2,
  INVALID_GLOB: 2,
  INVALID_IMPORT: 2,
  INVALID_SETTINGS: 2,
  INVALID_POLICY: 2,
  DEPENDENCY_CYCLE: 2,
  AMBIGUOUS_ID: 2,
  BARE_REPOSITORY: 2,
  UNBORN_BRANCH: 2,

  PROJECT_NOT_FOUND: 3,
  TASK_NOT_FOUND: 3,
  SUBTASK_NOT_FOUND: 3,
  AGENT_NOT_FOUND: 3,
  RUN_NOT_FOUND: 3,
  FILE_NOT_FOUND: 3,
  KIND_NOT_FOUND: 3,
  DECISION_NOT_FOUND: 3,
  APPROVAL_NOT_FOUND: 3,

  CREDENTIALS: 4,
  AGENT_CLI_MISSING: 4,

  ALREADY_EXISTS: 5,
  LEASE_HELD: 5,
  LEASE_STALE: 5,
  PATH_LOCKED: 5,
  NOTHING_CLAIMABLE: 5,
  NOT_CLAIMABLE: 5,
  ILLEGAL_TRANSITION: 5,
  STALE_REVISION: 5,
  AGENT_UNAVAILABLE: 5,
  HAS_DEPENDENTS: 5,
  FORMER_PROCESS_ALIVE: 5,
  NOTHING_TO_MERGE: 5,
  MERGE_CONFLICT: 5,
  TARGET_BLOCKED: 5,
  APPROVAL_CLOSED: 5,
  APPROVAL_SPENT: 5,

  POLICY_DENIED: 6,
  OVERRIDE_REFUSED: 6,
  APPROVAL_REQUIRED: 7,
  PENDING: 8,
  TASK_FAILED: 10,
  BUDGET_EXHAUSTED: 11,
  INTERRUPTED: exitCodeOfSignal('SIGINT'),
};

/** The exit code of a failure: of the table when it was expected, 70 when it is a bug of ours. */
export function exitCodeOf(error: unknown): number {
  if (!isAiError(error)) return EXIT_BUG;
  const signal = error.details['signal'];
  if (error.code === 'INTERRUPTED' && typeof signal === 'string') return exitCodeOfSignal(signal);
  return EXIT_CODES[error.code];
}

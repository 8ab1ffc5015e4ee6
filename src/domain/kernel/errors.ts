/**
 * Every expected failure of the product has one code. A code is part of the `--json` contract:
 * adding one is fine, renaming or removing one is not. The exit code of each is in cli/exit-codes.ts.
 */
export const ERROR_CODES = [
  'USAGE',
  'INVALID_INPUT',
  'INVALID_GLOB',
  'INVALID_IMPORT',
  'INVALID_SETTINGS',
  'INVALID_POLICY',
  'DECISION_NOT_FOUND',
  'APPROVAL_NOT_FOUND',
  'APPROVAL_CLOSED',
  'APPROVAL_SPENT',
  'OVERRIDE_REFUSED',
  'DEPENDENCY_CYCLE',
  'AMBIGUOUS_ID',
  'BARE_REPOSITORY',
  'UNBORN_BRANCH',
  'PROJECT_NOT_FOUND',
  'TASK_NOT_FOUND',
  'SUBTASK_NOT_FOUND',
  'AGENT_NOT_FOUND',
  'RUN_NOT_FOUND',
  'FILE_NOT_FOUND',
  'KIND_NOT_FOUND',
  'CREDENTIALS',
  'AGENT_CLI_MISSING',
  'ALREADY_EXISTS',
  'LEASE_HELD',
  'LEASE_STALE',
  'PATH_LOCKED',
  'NOTHING_CLAIMABLE',
  'NOT_CLAIMABLE',
  'ILLEGAL_TRANSITION',
  'STALE_REVISION',
  'AGENT_UNAVAILABLE',
  'HAS_DEPENDENTS',
  'FORMER_PROCESS_ALIVE',
  'NOTHING_TO_MERGE',
  'MERGE_CONFLICT',
  'TARGET_BLOCKED',
  'POLICY_DENIED',
  'APPROVAL_REQUIRED',
  'PENDING',
  'TASK_FAILED',
  'BUDGET_EXHAUSTED',
  'GIT_MISSING',
  'GIT_FAILED',
  'WORKSPACE_FAILED',
  'DATABASE_NEWER',
  'DATABASE_CORRUPT',
  'DATABASE_BUSY',
  'DATABASE_UNAVAILABLE',
  'NETWORK_FILESYSTEM',
  'DISK_FULL',
  'READ_ONLY',
  'DOCTOR_FOUND_PROBLEMS',
  'VERIFICATION_FAILED',
  'INTERRUPTED',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** JSON-safe facts about a failure, part of the `--json` contract. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface AiErrorInput {
  readonly code: ErrorCode;
  /** What happened and why, one or two sentences. */
  readonly message: string;
  /** The next command to type, or what to change. */
  readonly hint?: string | undefined;
  /** True when the same call may succeed later without any change. */
  readonly retryable?: boolean;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

/** An expected failure. Anything else that is thrown is a bug of ours (exit 70). */
export class AiError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly details: ErrorDetails;

  constructor(input: AiErrorInput) {
    super(input.message, input.cause === undefined ? undefined : { cause: input.cause });
    this.name = 'AiError';
    this.code = input.code;
    this.hint = input.hint;
    this.retryable = input.retryable ?? false;
    this.details = input.details ?? {};
  }
}

/** True for an AiError, optionally of one of the given codes. */
export function isAiError(value: unknown, ...codes: ErrorCode[]): value is AiError {
  return value instanceof AiError && (codes.length === 0 || codes.includes(value.code));
}

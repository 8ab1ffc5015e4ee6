import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/cli/exit-codes.js';
import { exitCodeOfSignal } from '../../../src/cli/signal-codes.js';
import { AiError, ERROR_CODES, type ErrorCode } from '../../../src/domain/kernel/errors.js';

const error = (code: ErrorCode, details = {}) => new AiError({ code, message: 'x', details });

describe('exit codes', () => {
  const contract: readonly [number, readonly ErrorCode[]][] = [
    [1, ['DATABASE_CORRUPT', 'DATABASE_BUSY', 'DATABASE_NEWER', 'DATABASE_UNAVAILABLE', 'DISK_FULL', 'READ_ONLY', 'NETWORK_FILESYSTEM', 'GIT_MISSING', 'GIT_FAILED', 'WORKSPACE_FAILED', 'DOCTOR_FOUND_PROBLEMS', 'VERIFICATION_FAILED']],
    [2, ['USAGE', 'INVALID_INPUT', 'INVALID_GLOB', 'INVALID_IMPORT', 'INVALID_SETTINGS', 'INVALID_POLICY', 'DEPENDENCY_CYCLE', 'AMBIGUOUS_ID', 'BARE_REPOSITORY', 'UNBORN_BRANCH']],
    [3, ['PROJECT_NOT_FOUND', 'TASK_NOT_FOUND', 'SUBTASK_NOT_FOUND', 'AGENT_NOT_FOUND', 'RUN_NOT_FOUND', 'FILE_NOT_FOUND', 'KIND_NOT_FOUND', 'DECISION_NOT_FOUND', 'APPROVAL_NOT_FOUND']],
    [4, ['CREDENTIALS', 'AGENT_CLI_MISSING']],
    [5, ['LEASE_HELD', 'LEASE_STALE', 'PATH_LOCKED', 'NOTHING_CLAIMABLE', 'NOT_CLAIMABLE', 'ILLEGAL_TRANSITION', 'STALE_REVISION', 'ALREADY_EXISTS', 'HAS_DEPENDENTS', 'AGENT_UNAVAILABLE', 'FORMER_PROCESS_ALIVE', 'MERGE_CONFLICT', 'TARGET_BLOCKED', 'NOTHING_TO_MERGE', 'APPROVAL_CLOSED', 'APPROVAL_SPENT']],
    [6, ['POLICY_DENIED', 'OVERRIDE_REFUSED']],
    [7, ['APPROVAL_REQUIRED']],
    [8, ['PENDING']],
    [10, ['TASK_FAILED']],
    [11, ['BUDGET_EXHAUSTED']],
    [130, ['INTERRUPTED']],
  ];

  it('are those of the contract, for every code there is', () => {
    for (const [exit, codes] of contract) for (const code of codes) expect([code, exitCodeOf(error(code))]).toEqual([code, exit]);
    expect(contract.flatMap(([, codes]) => codes).sort()).toEqual([...ERROR_CODES].sort());
  });

  it('name the signal that ended the command', () => {
    expect(exitCodeOf(error('INTERRUPTED', { signal: 'SIGTERM' }))).toBe(143);
    expect(exitCodeOfSignal('SIGINT')).toBe(130);
    expect(exitCodeOfSignal('SIGHUP')).toBe(129);
  });

  it('are 70 for whatever is no expected failure', () => {
    for (const bug of [new Error('x'), new TypeError('x'), 'a string', undefined, null, { code: 'TASK_NOT_FOUND' }]) expect(exitCodeOf(bug)).toBe(70);
  });
});

import { describe, expect, it } from 'vitest';
import { concludeRun, type RunFindings } from '../../../../src/domain/run/conclude.js';

const clean: RunFindings = { cause: null, classification: { errorClass: null, message: null }, workspaceGone: false, outsideScope: [], checks: [] };
const failingCheck = { command: 'npm test', exitCode: 1, durationMs: 5, outputTail: 'nope' };

describe('concludeRun', () => {
  it('is a success only when nothing speaks against it', () => {
    expect(concludeRun(clean)).toEqual({ outcome: 'succeeded', errorClass: null, message: null });
  });

  it('a write outside the declared paths counts, even when the agent and the checks are content', () => {
    expect(concludeRun({ ...clean, outsideScope: ['src/other.ts'] })).toMatchObject({ outcome: 'write_outside_scope', message: expect.stringContaining('src/other.ts') as string });
  });

  it('a failing check beats an agent that says it is done', () => {
    expect(concludeRun({ ...clean, checks: [failingCheck] })).toMatchObject({ outcome: 'verification_failed', errorClass: 'verification' });
    expect(concludeRun({ ...clean, checks: [{ ...failingCheck, exitCode: null }] }).message).toContain('could not be run');
  });

  it('our own cause comes first, whatever else went wrong', () => {
    const everything: RunFindings = { cause: { kind: 'timeout', afterMs: 10 }, classification: { errorClass: 'auth', message: '401' }, workspaceGone: true, outsideScope: ['x'], checks: [failingCheck] };
    expect(concludeRun(everything).outcome).toBe('timed_out');
    expect(concludeRun({ ...everything, cause: { kind: 'lease_lost' } }).outcome).toBe('lease_lost');
    expect(concludeRun({ ...everything, cause: { kind: 'stop', stop: { kind: 'cancel', reason: null } } }).outcome).toBe('cancelled');
  });

  it('budget and policy failures have outcomes of their own', () => {
    expect(concludeRun({ ...clean, classification: { errorClass: 'budget', message: 'over' } }).outcome).toBe('budget_exhausted');
    expect(concludeRun({ ...clean, classification: { errorClass: 'policy', message: 'no' } }).outcome).toBe('policy_denied');
  });

  it('an agent that deleted its working folder has not succeeded', () => {
    expect(concludeRun({ ...clean, workspaceGone: true })).toMatchObject({ outcome: 'failed', errorClass: 'invalid_output' });
  });
});

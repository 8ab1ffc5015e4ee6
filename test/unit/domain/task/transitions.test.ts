import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAiError } from '../../../../src/domain/kernel/errors.js';
import { LEASE_LIMITS } from '../../../../src/domain/lease/lease.js';
import { ERROR_CLASSES } from '../../../../src/domain/run/error-class.js';
import { RECOVERY } from '../../../../src/domain/run/recovery.js';
import { planOwnerStep, planWorkerStep, type OwnerCommand, type WorkerCommand } from '../../../../src/domain/task/transitions.js';
import { isFinished, TASK_STATUSES, type DependencyState, type Task } from '../../../../src/domain/task/task.js';
import { buildTask, taskId, token } from '../../../support/build-task.js';

const at = { token: token(4_294_967_297), nowMs: 50_000 };
const blocker: DependencyState = { id: taskId('t-bbbbbb'), status: 'running' };

const anyTask: fc.Arbitrary<Task> = fc
  .record({
    status: fc.constantFrom(...TASK_STATUSES),
    failures: fc.integer({ min: 0, max: 5 }),
    lost: fc.integer({ min: 0, max: 5 }),
    maxAttempts: fc.integer({ min: 1, max: 5 }),
    blocked: fc.boolean(),
    reason: fc.option(fc.string(), { nil: null }),
  })
  .map(({ status, blocked, reason, ...counts }) => {
    const waiting = status === 'blocked' || status === 'paused';
    return buildTask(status, { ...counts, blockedBy: blocked && status !== 'queued' ? [blocker] : [], ...(waiting ? { blockedReason: reason } : {}) });
  });

const anyOwnerCommand: fc.Arbitrary<OwnerCommand> = fc.oneof(
  fc.record({ kind: fc.constantFrom('cancel' as const, 'pause' as const, 'skip' as const), reason: fc.option(fc.string(), { nil: null }) }),
  fc.record({ kind: fc.constantFrom('resume' as const, 'retry' as const, 'unblock' as const) }),
  fc.record({ kind: fc.constant('block' as const), reason: fc.string({ minLength: 1 }) }),
);

const anyWorkerCommand: fc.Arbitrary<WorkerCommand> = fc.oneof(
  fc.constant({ kind: 'start' as const }),
  fc.record({ kind: fc.constant('complete' as const), result: fc.constant(null), next: fc.constantFrom('done' as const, 'review' as const) }),
  fc.record({
    kind: fc.constant('fail' as const),
    error: fc.record({ class: fc.constantFrom(...ERROR_CLASSES), message: fc.string() }),
    retry: fc.boolean(),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 1e6 }), { nil: null }),
  }),
  fc.constant({ kind: 'release' as const, error: null }),
  fc.record({ kind: fc.constant('lost' as const), reason: fc.string(), random: fc.double({ min: 0, max: 0.999, noNaN: true }), immediately: fc.boolean() }),
  fc.record({ kind: fc.constant('stop' as const), stop: fc.constantFrom('cancel' as const, 'pause' as const, 'block' as const, 'skip' as const), reason: fc.option(fc.string(), { nil: null }) }),
);

function attempt<T>(plan: () => T): T | null {
  try {
    return plan();
  } catch (error) {
    if (isAiError(error, 'ILLEGAL_TRANSITION')) return null;
    throw error;
  }
}

describe('planWorkerStep', () => {
  it('is refused exactly when the task has no lease, and carries the token otherwise', () => {
    fc.assert(
      fc.property(anyTask, anyWorkerCommand, (task, command) => {
        const change = attempt(() => planWorkerStep(task, command, at));
        expect(change === null).toBe(task.lease === null);
        if (change !== null) {
          expect(change.token).toBe(at.token);
          expect(change.expectedRevision).toBe(task.revision);
        }
      }),
    );
  });

  it('keeps the lease exactly while the task stays claimed or running', () => {
    fc.assert(
      fc.property(anyTask, anyWorkerCommand, (task, command) => {
        const change = attempt(() => planWorkerStep(task, command, at));
        if (change === null) return;
        expect(change.lease === 'keep').toBe(['claimed', 'running'].includes(change.next.status));
      }),
    );
  });

  it('never queues a task with unfinished dependencies, and never leaves a free one blocked without a reason', () => {
    fc.assert(
      fc.property(anyTask, anyWorkerCommand, (task, command) => {
        const change = attempt(() => planWorkerStep(task, command, at));
        if (change?.next.status === 'queued') expect(task.blockedBy).toEqual([]);
        if (change?.next.status === 'blocked' && change.next.blockedReason === null) expect(task.blockedBy).not.toEqual([]);
      }),
    );
  });

  it('gives a failed task at most maxAttempts attempts, and none after an abort class or retry: false', () => {
    fc.assert(
      fc.property(anyTask, anyWorkerCommand, (task, command) => {
        if (command.kind !== 'fail' || task.lease === null) return;
        const change = planWorkerStep(task, command, at);
        const again = command.retry && RECOVERY[command.error.class].strategy !== 'abort' && task.failures + 1 < task.maxAttempts;
        expect(change.next.status === 'failed').toBe(!again);
        expect(change.fields.failures).toBe(task.failures + 1);
        if (change.next.status === 'queued') expect(change.next.notBeforeMs).toBeGreaterThanOrEqual(at.nowMs + (command.retryAfterMs ?? 0));
      }),
    );
  });

  it('counts a vanished worker apart from failures and gives the task up after too many', () => {
    const lost: WorkerCommand = { kind: 'lost', reason: 'gone', random: 0, immediately: true };
    const first = planWorkerStep(buildTask('running', { failures: 2, maxAttempts: 3 }), lost, at);
    expect(first.next).toEqual({ status: 'queued', notBeforeMs: null });
    expect(first.fields.failures).toBeUndefined();
    const last = planWorkerStep(buildTask('running', { lost: LEASE_LIMITS.maxLost }), lost, at);
    expect(last.next.status).toBe('failed');
  });
});

describe('planOwnerStep', () => {
  it('never changes a task that somebody holds', () => {
    fc.assert(
      fc.property(anyTask, anyOwnerCommand, (task, command) => {
        if (task.lease === null) return;
        expect(attempt(() => planOwnerStep(task, command, 50_000))).toBeNull();
      }),
    );
  });

  it('leaves a finished state only by retry, skip of a failed or cancelled task, or cancel of a failed one', () => {
    fc.assert(
      fc.property(anyTask, anyOwnerCommand, (task, command) => {
        if (!isFinished(task.status)) return;
        const change = attempt(() => planOwnerStep(task, command, 50_000));
        if (change !== null) expect(['retry', 'skip', 'cancel']).toContain(command.kind);
        if (task.status === 'done') expect(change).toBeNull();
      }),
    );
  });

  it('a retried task starts its attempts anew', () => {
    const change = planOwnerStep(buildTask('failed', { failures: 3, lost: 1 }), { kind: 'retry' }, 50_000);
    expect(change.fields).toMatchObject({ failures: 0, lost: 0 });
    expect(change.next).toEqual({ status: 'queued', notBeforeMs: null });
  });

  it('resume and unblock go back to blocked while a dependency is unfinished', () => {
    expect(planOwnerStep(buildTask('paused', { blockedBy: [blocker] }), { kind: 'resume' }, 1).next.status).toBe('blocked');
    const reasoned = buildTask('blocked', { blockedBy: [blocker], blockedReason: 'waits for legal' });
    expect(planOwnerStep(reasoned, { kind: 'unblock' }, 1).next).toEqual({ status: 'blocked', blockedReason: null });
  });

  it('names the holder and the next command when it refuses', () => {
    try {
      planOwnerStep(buildTask('running'), { kind: 'cancel', reason: null }, 1);
      expect.unreachable();
    } catch (error) {
      expect(isAiError(error, 'ILLEGAL_TRANSITION') && error.message).toContain('agent:one holds it under token 4294967297');
      expect(isAiError(error) && error.hint).toBe('ai task cancel t-aaaaaa');
    }
  });
});

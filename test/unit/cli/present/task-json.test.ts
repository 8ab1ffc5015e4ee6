import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskJson, whyBlocked } from '../../../../src/cli/present/task-json.js';
import { presentTask } from '../../../../src/cli/present/task-change.js';
import { TASK_STATUSES, type TaskStatus } from '../../../../src/domain/task/task.js';
import { buildLease, buildTask, taskId } from '../../../support/build-task.js';
import { documentOf, NOW_MS } from './samples.js';

const CONTRACT = [
  'id', 'title', 'description', 'type', 'status', 'ready', 'priority', 'dependsOn', 'blockedBy', 'blockedReason', 'locks', 'labels', 'requires', 'skills', 'agent', 'project', 'parent', 'verify',
  'isolation', 'timeoutMs', 'budgetUsd', 'attempt', 'maxAttempts', 'notBefore', 'progress', 'progressNote', 'lease', 'result', 'error', 'createdAt', 'updatedAt', 'startedAt', 'finishedAt',
];

const waiting = (...blockedBy: [string, TaskStatus][]): ReturnType<typeof buildTask> => buildTask('blocked', { blockedBy: blockedBy.map(([id, status]) => ({ id: taskId(id), status })) });

describe('a task as JSON', () => {
  it.each(TASK_STATUSES)('has exactly the keys of the contract, in its order, when %s', async (status) => {
    const task = buildTask(status);
    expect(Object.keys(taskJson(task, NOW_MS))).toEqual(CONTRACT);
    expect((await documentOf(presentTask('task.edit', task, NOW_MS))).data).toMatchObject({ status });
  });

  it('has times as ISO strings in UTC, and null for what is not known', () => {
    expect(taskJson(buildTask('queued', { createdAtMs: NOW_MS }), NOW_MS)).toMatchObject({ createdAt: '2026-03-01T09:30:00.000Z', startedAt: null, finishedAt: null, notBefore: null, lease: null, timeoutMs: null, budgetUsd: null });
  });

  it('shows of a lease what others may know, and nothing else', () => {
    const { lease } = taskJson(buildTask('claimed', { lease: buildLease({ grantedAtMs: NOW_MS, heartbeatAtMs: NOW_MS, expiresAtMs: NOW_MS + 1 }) }), NOW_MS);
    expect(lease).toEqual({ holder: 'agent:one', token: 4_294_967_297, grantedAt: '2026-03-01T09:30:00.000Z', heartbeatAt: '2026-03-01T09:30:00.000Z', expiresAt: '2026-03-01T09:30:00.001Z' });
  });

  it('is ready when it is queued, due and not parked', () => {
    const ready = (overrides: Parameters<typeof buildTask>[1]): unknown => taskJson(buildTask('queued', overrides), NOW_MS)['ready'];
    expect(ready({})).toBe(true);
    expect(ready({ notBeforeMs: NOW_MS })).toBe(true);
    expect(ready({ notBeforeMs: NOW_MS + 1 })).toBe(false);
    expect(ready({ parkedOn: taskId('t-bbbbbb') })).toBe(false);
    expect(taskJson(buildTask('blocked'), NOW_MS)['ready']).toBe(false);
  });

  it('keeps any JSON value as the result', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (result) => {
        const document = await documentOf(presentTask('task.complete', buildTask('done', { result }), NOW_MS));
        expect(document.data).toMatchObject({ result: JSON.parse(JSON.stringify(result)) as unknown });
      }),
      { numRuns: 50 },
    );
  });
});

describe('the reason why a task is blocked', () => {
  it('is the stated one, whatever else it waits for', () => {
    expect(whyBlocked(buildTask('blocked', { blockedReason: 'needs a key', blockedBy: [{ id: taskId('t-bbbbbb'), status: 'queued' }] }))).toBe('needs a key');
  });

  it('is what it waits for', () => {
    expect(whyBlocked(waiting(['t-bbbbbb', 'queued'], ['t-cccccc', 'running']))).toBe('waits for t-bbbbbb, t-cccccc');
  });

  it('names a dependency that failed or was cancelled first, because waiting alone will not help', () => {
    expect(whyBlocked(waiting(['t-bbbbbb', 'queued'], ['t-cccccc', 'failed']))).toBe('t-cccccc failed; waits for t-bbbbbb');
    expect(whyBlocked(waiting(['t-cccccc', 'cancelled']))).toBe('t-cccccc was cancelled');
  });

  it('stays short with thousands of dependencies', () => {
    const many = Array.from({ length: 2_000 }, (_, index): [string, TaskStatus] => [`t-${String(index).padStart(6, '0')}`, 'queued']);
    expect(whyBlocked(waiting(...many))).toBe('waits for t-000000, t-000001, t-000002, t-000003, t-000004 and 1,995 more');
  });

  it('names the task whose path locks are in the way', () => {
    expect(whyBlocked(buildTask('queued', { parkedOn: taskId('t-bbbbbb') }))).toBe('waits for path locks of t-bbbbbb');
  });

  it('is null when nothing is in the way', () => {
    for (const status of ['queued', 'running', 'done', 'failed'] as const) expect(whyBlocked(buildTask(status))).toBeNull();
  });
});

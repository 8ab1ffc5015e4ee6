import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunPatch } from '../../../src/domain/run/run-patch.js';
import type { Store } from '../../../src/ports/store.js';
import { change, claim, create, failure, identity, newTask, runId, runIntent, taskId } from './builders.js';
import { storeFactories, type StoreFixture } from './factory.js';

describe.each(storeFactories)('RunStore of $name', (factory) => {
  let fixture: StoreFixture;
  let store: Store;
  beforeEach(async () => {
    fixture = await factory.create();
    store = fixture.store;
  });
  afterEach(async () => {
    expect(await store.checkConsistency()).toEqual([]);
    await fixture.dispose();
  });

  /** Claims the task under a run and gives it back, which ends the run. */
  async function attempt(task: string, run: string, patch: RunPatch = {}): Promise<void> {
    const { task: claimed } = await claim(store, task, { run: runIntent(run) });
    const ended: RunPatch = { ...patch, phase: 'ended', outcome: 'failed', finishedAtMs: fixture.clock.wallMs };
    await store.apply(change(claimed, { status: 'queued', notBeforeMs: null }, { run: { id: runId(run), patch: ended } }));
  }

  test('a patch writes the fields that it names and leaves the rest', async () => {
    await create(store, newTask('00000a'));
    await claim(store, '00000a', { run: runIntent('000001') });
    const before = await store.getRun(runId('000001'));
    const patch: RunPatch = {
      phase: 'verifying', process: identity(200), workspace: '/w', branch: 'ai/t-1', base: 'b', head: 'h', errorClass: 'timeout', errorMessage: 'slow', exitCode: 3, signal: 'SIGKILL', sessionRef: 'ref',
      changedFiles: [{ path: 'a.ts', status: 'modified' }], outsideScope: ['x'], checks: [{ command: 'npm test', exitCode: 1, durationMs: 5, outputTail: 'no' }],
      usage: { inputTokens: 1, outputTokens: null, costUsd: '0.10' }, evidence: [{ kind: 'patch', sha256: 'ab', bytes: 9 }], lastActivityAtMs: 77, landedCommit: 'c',
    };
    await store.updateRun(runId('000001'), patch, null);
    expect(await store.getRun(runId('000001'))).toEqual({ ...before, ...patch });
    await store.updateRun(runId('000001'), { process: null, exitCode: null }, null);
    expect(await store.getRun(runId('000001'))).toEqual({ ...before, ...patch, process: null, exitCode: null });
    await store.updateRun(runId('000001'), {}, null);
    await failure('RUN_NOT_FOUND', store.updateRun(runId('zzzzzz'), { head: 'x' }, null));
    await failure('RUN_NOT_FOUND', store.updateRun(runId('zzzzzz'), {}, null));
    await failure('RUN_NOT_FOUND', store.getRun(runId('zzzzzz')));
  });

  test('the event of a patch is written with it, or neither is', async () => {
    await create(store, newTask('00000a'));
    await claim(store, '00000a', { run: runIntent('000001') });
    const event = { type: 'run.spawned', task: taskId('00000a'), run: runId('000001'), token: null, data: { pid: 7 } };
    await store.updateRun(runId('000001'), { phase: 'running' }, event);
    expect(await store.listEvents({ sinceSeq: 0, task: null, run: runId('000001'), types: ['run.spawned'] }, 9)).toMatchObject([event]);
    const head = await store.headSeq();
    await failure('RUN_NOT_FOUND', store.updateRun(runId('zzzzzz'), { phase: 'running' }, event));
    expect(await store.headSeq()).toBe(head);
  });

  test('a run ends in the transaction that ends its lease', async () => {
    await create(store, newTask('00000a'));
    await attempt('00000a', '000001');
    expect(await store.getRun(runId('000001'))).toMatchObject({ phase: 'ended', outcome: 'failed' });
    expect(await store.listLiveRuns()).toEqual([]);
    const { task } = await claim(store, '00000a', { run: runIntent('000002') });
    await failure('RUN_NOT_FOUND', store.apply(change(task, { status: 'queued', notBeforeMs: null }, { run: { id: runId('zzzzzz'), patch: {} } })));
    expect(await store.getTask(task.id)).toMatchObject({ status: 'claimed' });
  });

  test('lists: newest first per task, live ones oldest first, ids by prefix', async () => {
    await create(store, newTask('00000a'), newTask('00000b'));
    await attempt('00000a', 'ab0001');
    await attempt('00000b', 'ac0002');
    await attempt('00000a', 'ab0003');
    await claim(store, '00000a', { run: runIntent('ab0004', { agentConcurrency: 9 }) });
    await claim(store, '00000b', { run: runIntent('ab0005', { agentConcurrency: 9 }) });
    expect((await store.listRuns(taskId('00000a'), 2)).map((run) => run.id)).toEqual([runId('ab0004'), runId('ab0003')]);
    expect((await store.listLiveRuns()).map((run) => run.id)).toEqual([runId('ab0004'), runId('ab0005')]);
    expect(await store.findRunIds('r-ab', 3)).toEqual([runId('ab0001'), runId('ab0003'), runId('ab0004')]);
    expect([await store.countLiveRuns('coder'), await store.countLiveRuns('other')]).toEqual([2, 0]);
    expect(await store.listRuns(taskId('zzzzzz'), 9)).toEqual([]);
  });

  test('the latest run of a task, and the latest that had a branch', async () => {
    await create(store, newTask('00000a'));
    expect([await store.latestRun(taskId('00000a')), await store.latestRunWithBranch(taskId('00000a'))]).toEqual([undefined, undefined]);
    await attempt('00000a', '000001', { branch: 'ai/1', head: 'x' });
    await attempt('00000a', '000002', { branch: 'ai/2', head: 'y' });
    await attempt('00000a', '000003');
    expect(await store.latestRunWithBranch(taskId('00000a'))).toMatchObject({ id: runId('000002'), branch: 'ai/2', head: 'y' });
    expect(await store.latestRun(taskId('00000a'))).toMatchObject({ id: runId('000003'), branch: null });
  });

  test('the attempt counts failures, and runs of a deleted task go with it', async () => {
    await create(store, newTask('00000a'));
    const { task } = await claim(store, '00000a', { run: runIntent('000001') });
    const ended: RunPatch = { phase: 'ended', outcome: 'crashed', finishedAtMs: 1 };
    await store.apply(change(task, { status: 'queued', notBeforeMs: null }, { fields: { failures: 1 }, run: { id: runId('000001'), patch: ended } }));
    await attempt('00000a', '000002');
    expect((await store.listRuns(taskId('00000a'), 9)).map((run) => run.attempt)).toEqual([2, 1]);
    await store.deleteTask(taskId('00000a'));
    await failure('RUN_NOT_FOUND', store.getRun(runId('000001')));
  });
});

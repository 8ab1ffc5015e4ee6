import { describe, expect, it } from 'vitest';
import { presentCreated, presentDeleted, presentImported, presentTask } from '../../../../src/cli/present/task-change.js';
import { presentClaimed, presentHeartbeat } from '../../../../src/cli/present/task-claim.js';
import { presentMerged } from '../../../../src/cli/present/task-merge.js';
import { presentWatched } from '../../../../src/cli/present/task-watch.js';
import { presentSubtask, presentSubtaskDeleted, presentSubtasks } from '../../../../src/cli/present/subtask.js';
import { buildLease, buildTask, taskId } from '../../../support/build-task.js';
import { buildSubtask, documentOf, MINUTE, NOW_MS, screen } from './samples.js';

describe('a created task', () => {
  const created = { task: buildTask('queued'), repeated: false, warnings: [] };

  it('is named, with what to do next', () => {
    expect(screen(presentCreated(created, NOW_MS))).toBe('Created t-aaaaaa.\n○ queued  t-aaaaaa  Write the parser\nnext: ai task execute t-aaaaaa');
    expect(presentCreated(created, NOW_MS).ids).toEqual(['t-aaaaaa']);
  });

  it('says when it is the answer of an earlier call', async () => {
    const repeated = presentCreated({ ...created, repeated: true, warnings: ['other input'] }, NOW_MS);
    expect(screen(repeated)).toContain('t-aaaaaa exists already under this idempotency key.');
    expect(await documentOf(repeated)).toMatchObject({ kind: 'task.create', meta: { repeated: true }, warnings: ['other input'] });
  });
});

describe('a changed task', () => {
  it('says why it does not move', () => {
    expect(screen(presentTask('task.block', buildTask('blocked', { blockedReason: 'needs\u001b a key' }), NOW_MS))).toBe('◌ blocked  t-aaaaaa  Write the parser\n  needs\\e a key\nnext: ai task unblock t-aaaaaa');
    expect(screen(presentTask('task.fail', buildTask('failed', { error: { class: 'timeout', message: 'too slow' } }), NOW_MS))).toBe('✗ failed  t-aaaaaa  Write the parser\n  too slow\nnext: ai task retry t-aaaaaa');
  });
});

describe('an import', () => {
  const tasks = [{ id: taskId('t-aaaaaa'), name: 'parser', title: 'Write the parser' }, { id: taskId('t-bbbbbb'), name: null, title: 'Document it' }];

  it('lists what was made', async () => {
    const answer = presentImported({ tasks, repeated: false, warnings: [] }, false);
    expect(screen(answer)).toBe('Created 2 tasks.\nID        NAME    TITLE\nt-aaaaaa  parser  Write the parser\nt-bbbbbb  -       Document it\nnext: ai task list --ready');
    expect(await documentOf(answer)).toMatchObject({ kind: 'task.import', data: tasks, meta: { total: 2, next: null, repeated: false, dryRun: false } });
    expect(answer.ids).toEqual(['t-aaaaaa', 't-bbbbbb']);
  });

  it('that was only tried has no ids', async () => {
    const answer = presentImported({ tasks: tasks.map((task) => ({ ...task, id: null })), repeated: false, warnings: [] }, true);
    expect(screen(answer)).toBe('Would create 2 tasks.\nID  NAME    TITLE\n-   parser  Write the parser\n-   -       Document it\nNothing was written.');
    expect((await documentOf(answer)).data).toEqual(tasks.map((task) => ({ ...task, id: null })));
    expect(answer.ids).toEqual([]);
  });

  it('of thousands does not flood the screen', () => {
    const many = Array.from({ length: 5_000 }, () => ({ id: taskId('t-aaaaaa'), name: null, title: 'x' }));
    expect(screen(presentImported({ tasks: many, repeated: false, warnings: [] }, false)).split('\n').slice(-2)).toEqual(['and 4950 more: ai task list', 'next: ai task list --ready']);
  });
});

describe('a claim', () => {
  const lease = buildLease({ holder: 'worker-1', grantedAtMs: NOW_MS, heartbeatAtMs: NOW_MS, expiresAtMs: NOW_MS + MINUTE });
  const task = buildTask('claimed', { lease });

  it('names the token and the locks that came with it', async () => {
    const answer = presentClaimed({ task, lease, locks: [{ pattern: 'src/**', mode: 'exclusive' }, { pattern: 'docs/*.md', mode: 'shared' }] }, NOW_MS);
    expect(screen(answer)).toBe(
      [
        '✓ worker-1 holds t-aaaaaa Write the parser',
        '  token 4294967297, until 2026-03-01 09:31:00 UTC (in 1m)',
        '  locked: src/**, docs/*.md (shared)',
        'next: ai task start t-aaaaaa --token 4294967297   then heartbeat before the lease ends, and complete or fail',
      ].join('\n'),
    );
    expect(await documentOf(answer)).toMatchObject({ kind: 'task.claim', data: { id: 't-aaaaaa', lease: { token: 4_294_967_297, holder: 'worker-1' } } });
  });

  it('that is renewed tells whether the worker is asked to stop', async () => {
    expect(screen(presentHeartbeat(lease))).toBe('The lease on t-aaaaaa is renewed, until 2026-03-01 09:31:00 UTC (in 1m).');
    const stopped = presentHeartbeat({ ...lease, stop: { kind: 'cancel', reason: 'not needed' } });
    expect(screen(stopped)).toContain('You are asked to stop (cancel): not needed');
    expect(await documentOf(stopped)).toMatchObject({ kind: 'task.heartbeat', data: { task: 't-aaaaaa', ttlMs: 60_000, stop: { kind: 'cancel', reason: 'not needed' } } });
    expect((await documentOf(presentHeartbeat(lease))).data).toMatchObject({ stop: null });
  });
});

describe('the end of a task', () => {
  it('is a deletion that says where the work is', async () => {
    expect(screen(presentDeleted({ id: taskId('t-aaaaaa'), keptBranch: 'ai/t-aaaaaa' }))).toBe('Deleted t-aaaaaa; its events stay in the audit log. Its work stays on the branch ai/t-aaaaaa.');
    expect(await documentOf(presentDeleted({ id: taskId('t-aaaaaa'), keptBranch: null }))).toMatchObject({ kind: 'task.delete', data: { id: 't-aaaaaa', keptBranch: null } });
  });

  it('is a landing', async () => {
    const merged = { task: buildTask('done'), commit: 'abcdef0123456789', target: 'main', changedPaths: ['a.ts', 'b\n.ts'], planned: false };
    expect(screen(presentMerged(merged, NOW_MS))).toBe('✓ Landed t-aaaaaa Write the parser on main as abcdef012345 (2 files: a.ts, b\\n.ts).');
    expect(await documentOf(presentMerged(merged, NOW_MS))).toMatchObject({ kind: 'task.merge', data: { commit: 'abcdef0123456789', planned: false } });
    expect(screen(presentMerged({ ...merged, commit: null, planned: true, changedPaths: [] }, NOW_MS))).toBe('t-aaaaaa fits on main without a conflict (0 files); nothing was changed.\nnext: ai task merge t-aaaaaa');
  });

  it('is what a watcher sees last', async () => {
    expect(screen(presentWatched([buildTask('done'), buildTask('failed')], NOW_MS))).toBe('✓ done  t-aaaaaa  Write the parser\n✗ failed  t-aaaaaa  Write the parser');
    expect(await documentOf(presentWatched([buildTask('done')], NOW_MS))).toMatchObject({ kind: 'task.watch', meta: { total: 1, next: null } });
  });
});

describe('a checklist', () => {
  it('is shown with what is done', async () => {
    const answer = presentSubtasks([buildSubtask({ done: true, completedAtMs: NOW_MS }), buildSubtask({ title: 'Then\tthe code' })], 't-aaaaaa');
    expect(screen(answer)).toBe('ID        DONE   TITLE\ns-111111  ✓ yes  Write the tests first\ns-111111  ○ no   Then\\tthe code\n1 of 2 done');
    expect(await documentOf(answer)).toMatchObject({ kind: 'subtask.list', meta: { total: 2, next: null } });
    expect(screen(presentSubtasks([], 't-aaa'))).toBe('The checklist is empty.  ai subtask add t-aaa "First step"');
  });

  it('changes item by item', async () => {
    expect(screen(presentSubtask('subtask.add', buildSubtask()))).toBe('Added s-111111 Write the tests first  ai subtask complete s-111111');
    expect(screen(presentSubtask('subtask.complete', buildSubtask({ done: true })))).toBe('Completed s-111111 Write the tests first  ai subtask list t-aaaaaa');
    for (const kind of ['subtask.add', 'subtask.complete'] as const) expect((await documentOf(presentSubtask(kind, buildSubtask()))).kind).toBe(kind);
    expect(await documentOf(presentSubtaskDeleted({ id: 's-111111' }))).toMatchObject({ kind: 'subtask.delete', data: { id: 's-111111' } });
  });
});

import { describe, expect, it } from 'vitest';
import { presentTaskDetail } from '../../../../src/cli/present/task-show.js';
import { nextCommand } from '../../../../src/cli/present/task-next.js';
import { TASK_STATUSES } from '../../../../src/domain/task/task.js';
import { buildLease, buildTask, taskId } from '../../../support/build-task.js';
import { buildRun, buildSubtask, documentOf, MINUTE, NOW_MS, runId, screen } from './samples.js';

const NOTHING_ELSE = { subtasks: [], dependents: [], lastRun: null };

describe('one task', () => {
  it('is shown with everything that was stated of it, and what has become of it', () => {
    const task = buildTask('running', {
      description: 'First line.\n\tSecond \u001b[31mline.',
      priority: 'high',
      labels: ['backend'],
      dependsOn: [taskId('t-bbbbbb'), taskId('t-cccccc')],
      blockedBy: [{ id: taskId('t-cccccc'), status: 'review' }],
      locks: [{ pattern: 'src/**', mode: 'exclusive' }, { pattern: 'docs/**', mode: 'shared' }],
      verify: ['npm test'],
      timeoutMs: 30 * MINUTE,
      budgetUsd: '2.50',
      attempt: 2,
      failures: 1,
      progress: 40,
      progressNote: 'tests next',
      createdAtMs: NOW_MS - 60 * MINUTE,
      startedAtMs: NOW_MS - 2 * MINUTE,
      lease: buildLease({ holder: 'agent:claude', runId: runId('r-111111'), expiresAtMs: NOW_MS + 45_000, stop: { kind: 'cancel', reason: 'not needed' } }),
    });
    const detail = { task, subtasks: [buildSubtask({ done: true }), buildSubtask()], dependents: ['t-dddddd'], lastRun: buildRun({ outcome: null, phase: 'running' }) };
    expect(screen(presentTaskDetail(detail, NOW_MS), 80)).toBe(
      [
        't-aaaaaa  ● running  Write the parser',
        '',
        '  First line.',
        '  \tSecond \\e[31mline.',
        '',
        'Held by     agent:claude, token 4294967297, until 2026-03-01 09:30:45 UTC (in 45s)',
        'Stop asked  cancel: not needed',
        'Progress    40 %  tests next',
        'Last run    r-111111 by claude: running, on ai/t-aaaaaa',
        'Attempts    2 begun, 1 of 3 failed',
        'Priority    high',
        'Depends on  t-bbbbbb ✓, t-cccccc (review)',
        'Needed by   t-dddddd',
        'Writes      src/**',
        'Reads       docs/**',
        'Checks      npm test',
        'Labels      backend',
        'Isolation   worktree',
        'Target      main',
        'Time limit  30m',
        'Budget      $2.50',
        'Created     2026-03-01 08:30:00 UTC (1h ago)',
        'Started     2026-03-01 09:28:00 UTC (2m ago)',
        '',
        'Checklist, 1 of 2 done',
        '  [x] s-111111  Write the tests first',
        '  [ ] s-111111  Write the tests first',
        '',
        'next: ai task logs t-aaaaaa -f',
      ].join('\n'),
    );
  });

  it('leaves out what there is nothing to say about', () => {
    expect(screen(presentTaskDetail({ task: buildTask('queued', { createdAtMs: NOW_MS }), ...NOTHING_ELSE }, NOW_MS))).toBe(
      ['t-aaaaaa  ○ queued  Write the parser', '', 'Priority   medium', 'Isolation  worktree', 'Target     main', 'Created    2026-03-01 09:30:00 UTC (0s ago)', '', 'next: ai task execute t-aaaaaa'].join('\n'),
    );
  });

  it('cuts what would flood the screen, and says so', () => {
    const description = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n');
    const text = screen(presentTaskDetail({ task: buildTask('done', { description, result: 'x'.repeat(5_000) }), ...NOTHING_ELSE }, NOW_MS));
    expect(text).toContain('… 60 more lines; all of it with --json');
    expect(text).toContain('… (all of it with --json)');
    expect(text.length).toBeLessThan(4_000);
  });

  it('shows a result of any kind, escaped', () => {
    const shown = (result: unknown): string => screen(presentTaskDetail({ task: buildTask('done', { result }), ...NOTHING_ELSE }, NOW_MS));
    expect(shown({ files: 3 })).toContain('Result\n  {\n    "files": 3\n  }');
    expect(shown('\u001b]0;title\u0007')).toContain('Result\n  \\e]0;title\\x07');
    expect(shown(0)).toContain('Result\n  0');
  });

  it.each(TASK_STATUSES)('is a document when %s, with revision, subtasks, dependents and the last run', async (status) => {
    const document = await documentOf(presentTaskDetail({ task: buildTask(status), subtasks: [buildSubtask()], dependents: ['t-bbbbbb'], lastRun: buildRun() }, NOW_MS));
    expect(document).toMatchObject({ kind: 'task.show', data: { status, revision: 7, targetBranch: 'main', subtasks: [{ task: 't-aaaaaa', done: false }], dependents: ['t-bbbbbb'], lastRun: { id: 'r-111111' } } });
  });
});

describe('the next command', () => {
  it('fits the state', () => {
    expect(Object.fromEntries(TASK_STATUSES.map((status) => [status, nextCommand(buildTask(status))]))).toEqual({
      queued: 'ai task execute t-aaaaaa',
      claimed: 'ai task start t-aaaaaa --token 4294967297',
      running: 'ai task complete t-aaaaaa --token 4294967297',
      blocked: 'ai task why t-aaaaaa',
      paused: 'ai task resume t-aaaaaa',
      review: 'ai task merge t-aaaaaa',
      done: 'ai task timeline t-aaaaaa',
      failed: 'ai task retry t-aaaaaa',
      cancelled: 'ai task retry t-aaaaaa',
      skipped: 'ai task retry t-aaaaaa',
    });
    expect(nextCommand(buildTask('blocked', { blockedReason: 'a key' }))).toBe('ai task unblock t-aaaaaa');
    expect(nextCommand(buildTask('running', { lease: buildLease({ runId: runId('r-111111') }) }))).toBe('ai task logs t-aaaaaa -f');
    expect(nextCommand(buildTask('queued', { parkedOn: taskId('t-bbbbbb') }))).toBe('ai task why t-aaaaaa');
  });
});

import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../../src/cli/width.js';
import { presentTaskList, type TaskPage } from '../../../../src/cli/present/task-list.js';
import type { ListTasksInput } from '../../../../src/app/tasks/list-tasks.js';
import type { Task } from '../../../../src/domain/task/task.js';
import { buildLease, buildTask, taskId } from '../../../support/build-task.js';
import { documentOf, MINUTE, NOW_MS, screen, viewOf } from './samples.js';

const NO_FILTER: ListTasksInput = { statuses: [], ready: false, labels: [], project: null, agent: null, parent: null, limit: 50, after: null };

const pageOf = (tasks: readonly Task[], more: Partial<TaskPage> = {}): TaskPage => ({ tasks, total: tasks.length, nextAfter: null, ...more });

const TASKS = [
  buildTask('running', { id: taskId('t-aaaaaa'), title: 'Write the parser for the new configuration language', priority: 'critical', lease: buildLease({ holder: 'agent:claude' }), progress: 40, progressNote: 'tests next', createdAtMs: NOW_MS - 90 * MINUTE }),
  buildTask('blocked', { id: taskId('t-bbbbbb'), title: 'Document it', blockedBy: [{ id: taskId('t-aaaaaa'), status: 'running' }], createdAtMs: NOW_MS - 5 * MINUTE }),
  buildTask('failed', { id: taskId('t-cccccc'), title: '日本語のタイトル', error: { class: 'verification', message: 'The check `npm test` exited with 1.' }, createdAtMs: NOW_MS - 1_000 }),
];

describe('a list of tasks', () => {
  it('fits 80 columns: ids and statuses are whole, titles give way', () => {
    expect(screen(presentTaskList(pageOf(TASKS), NO_FILTER, NOW_MS), 80)).toBe(
      [
        'ID        STATUS     PRIORITY  TITLE                        WHO              AGE',
        't-aaaaaa  ● running  critical  Write the parser for the n…  agent:claude  1h 30m',
        't-bbbbbb  ◌ blocked  medium    Document it                                    5m',
        't-cccccc  ✗ failed   medium    日本語のタイトル                               1s',
        '3 tasks',
      ].join('\n'),
    );
  });

  it('has room for a note at 120 columns', () => {
    expect(screen(presentTaskList(pageOf(TASKS), NO_FILTER, NOW_MS), 120)).toBe(
      [
        'ID        STATUS     PRIORITY  TITLE                             WHO           NOTE                                  AGE',
        't-aaaaaa  ● running  critical  Write the parser for the new co…  agent:claude  40 % tests next                    1h 30m',
        't-bbbbbb  ◌ blocked  medium    Document it                                     waits for t-aaaaaa                     5m',
        't-cccccc  ✗ failed   medium    日本語のタイトル                                The check `npm test` exited with…      1s',
        '3 tasks',
      ].join('\n'),
    );
  });

  it.each([60, 80, 100, 120, 200])('is never wider than a terminal of %i columns', (columns) => {
    for (const line of screen(presentTaskList(pageOf(TASKS), NO_FILTER, NOW_MS), columns).split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
  });

  it('shows what would steer the terminal', () => {
    const evil = buildTask('queued', { title: '\u001b[2Jgone\u202etxt' });
    const text = screen(presentTaskList(pageOf([evil]), NO_FILTER, NOW_MS));
    expect(text).toContain('\\e[2Jgone\\u{202e}txt');
    expect(text).not.toContain('\u001b');
  });

  it('has colour only when asked, beside glyph and word', () => {
    const text = presentTaskList(pageOf(TASKS), NO_FILTER, NOW_MS).text(viewOf(80, true));
    expect(text).toContain('\u001b[36m● running\u001b[39m');
    expect(text).toContain('\u001b[31m✗ failed');
  });

  it('ends with the exact command for the next page, quoted for a shell', () => {
    const input = { ...NO_FILTER, statuses: ['failed', 'queued'], ready: true, labels: ["it's"], agent: 'claude', limit: 3, after: '9' };
    const text = screen(presentTaskList(pageOf(TASKS, { total: 1_204, nextAfter: 17 }), input, NOW_MS), 120);
    expect(text.split('\n').at(-1)).toBe(String.raw`3 of 1,204 tasks; more: ai task list --status failed --status queued --ready --label 'it'\''s' --agent claude --limit 3 --after 17`);
  });

  it('says what to do when it is empty', () => {
    const empty = (input: Partial<ListTasksInput>): string => screen(presentTaskList(pageOf([]), { ...NO_FILTER, ...input }, NOW_MS));
    expect(empty({})).toBe('No tasks yet.  ai task create "What should be done"');
    expect(empty({ ready: true })).toBe('No task is ready.  ai task list --status blocked');
    expect(empty({ statuses: ['failed'] })).toBe('No task matches.  ai task list');
    expect(screen(presentTaskList(pageOf([], { total: 3 }), { ...NO_FILTER, after: '1' }, NOW_MS))).toBe('No more tasks.  ai task list');
  });

  it('is a document with an array, the total and a cursor', async () => {
    const document = await documentOf(presentTaskList(pageOf(TASKS, { total: 9, nextAfter: 17 }), NO_FILTER, NOW_MS));
    expect(document).toMatchObject({ kind: 'task.list', meta: { total: 9, next: '17' } });
    expect(document.data).toHaveLength(3);
    expect((await documentOf(presentTaskList(pageOf([]), NO_FILTER, NOW_MS))).meta).toEqual({ total: 0, next: null });
  });
});

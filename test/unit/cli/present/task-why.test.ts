import { describe, expect, it } from 'vitest';
import type { TaskWhy } from '../../../../src/app/tasks/why-task.js';
import { presentWhy } from '../../../../src/cli/present/task-why.js';
import type { ClaimObstacle } from '../../../../src/domain/task/task.js';
import { buildLease, buildTask, taskId, token } from '../../../support/build-task.js';
import { agentId, documentOf, NOW_MS, screen } from './samples.js';

const why = (overrides: Partial<TaskWhy> = {}): TaskWhy => ({ task: buildTask('queued'), obstacles: [], agents: [], attempts: { failures: 0, lost: 0, maxAttempts: 3 }, ...overrides });

const OBSTACLES: ClaimObstacle[] = [
  { kind: 'status', status: 'paused', reason: 'release freeze' },
  { kind: 'dependencies', unfinished: [{ id: taskId('t-bbbbbb'), status: 'failed' }] },
  { kind: 'not_due', notBeforeMs: NOW_MS },
  { kind: 'capabilities', missing: ['cuda'] },
  { kind: 'lease', lease: buildLease({ holder: 'worker-1', expiresAtMs: NOW_MS }) },
  {
    kind: 'locks',
    conflicts: [{ wanted: { pattern: 'src/**', mode: 'exclusive' }, held: { pattern: 'src/a/*', mode: 'shared' }, holderTask: taskId('t-cccccc'), holder: 'worker-2', token: token(5), witness: 'src/a/a' }],
  },
  { kind: 'former_process', runId: 'r-111111' },
];

describe('why a task does not move', () => {
  it('names each obstacle and its remedy', () => {
    expect(screen(presentWhy(why({ obstacles: OBSTACLES }), NOW_MS), 120)).toBe(
      [
        't-aaaaaa  ○ queued  Write the parser',
        '',
        '! it is paused: release freeze  ai task show t-aaaaaa',
        '! it waits for t-bbbbbb (failed)  ai task graph t-aaaaaa',
        '! it is not due before 2026-03-01T09:30:00.000Z  ai task retry t-aaaaaa   (to not wait)',
        '! it needs cuda  ai agent list',
        '! worker-1 holds it under token 4294967297 until 2026-03-01T09:30:00.000Z  ai task show t-aaaaaa',
        '! src/a/* (held by worker-2 for t-cccccc) and src/** both cover src/a/a  ai task show t-cccccc',
        '! a process of its former run r-111111 is still alive  ai doctor --fix',
        '',
        'No agent is registered.  ai agent detect',
      ].join('\n'),
    );
  });

  it('shows who could take it, the best first', () => {
    const agents = [
      { agent: agentId('idle'), eligible: true, score: 0, reasons: ['0 of 1 busy'] },
      { agent: agentId('off'), eligible: false, score: 99, reasons: ['disabled', 'lacks cuda'] },
      { agent: agentId('best'), eligible: true, score: 10, reasons: ['labels backend', '0 of 2 busy'] },
    ];
    expect(screen(presentWhy(why({ task: buildTask('queued', { attempt: 2 }), agents, attempts: { failures: 1, lost: 1, maxAttempts: 3 } }), NOW_MS))).toBe(
      [
        't-aaaaaa  ○ queued  Write the parser',
        '',
        '✓ Nothing is in the way: it can be claimed now.  ai task claim t-aaaaaa --as WHO',
        '',
        '1 of at most 3 attempts failed, 1 lost their worker.',
        '',
        'AGENT  CAN    SCORE  BECAUSE',
        'best   ✓ yes     10  labels backend; 0 of 2 busy',
        'idle   ✓ yes      0  0 of 1 busy',
        'off    ✗ no       -  disabled; lacks cuda',
      ].join('\n'),
    );
  });

  it.each(OBSTACLES.map((obstacle) => [obstacle.kind, obstacle] as const))('is a document: %s', async (_kind, obstacle) => {
    const document = await documentOf(presentWhy(why({ obstacles: [obstacle] }), NOW_MS));
    expect(document).toMatchObject({ kind: 'task.why', data: { claimable: false, obstacles: [{ kind: obstacle.kind }] } });
  });

  it('tells no secret of a lease: neither clock, boot nor host', async () => {
    const document = await documentOf(presentWhy(why({ obstacles: [{ kind: 'lease', lease: buildLease() }] }), NOW_MS));
    expect(JSON.stringify(document)).not.toMatch(/bootId|deadlineMono|boot-1/);
  });

  it('stays short when it waits for thousands', () => {
    const unfinished = Array.from({ length: 5_000 }, () => ({ id: taskId('t-bbbbbb'), status: 'queued' as const }));
    expect(screen(presentWhy(why({ obstacles: [{ kind: 'dependencies', unfinished }] }), NOW_MS)).length).toBeLessThan(1_000);
  });
});

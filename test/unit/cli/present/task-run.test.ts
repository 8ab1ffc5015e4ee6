import { describe, expect, it } from 'vitest';
import type { ExecutedTask } from '../../../../src/app/tasks/execute-task.js';
import type { ExecutionPlan } from '../../../../src/app/tasks/plan-execution.js';
import { executeExitCode } from '../../../../src/cli/commands/task/execute-exit-code.js';
import { presentDiff } from '../../../../src/cli/present/task-diff.js';
import { presentEvidence } from '../../../../src/cli/present/task-evidence.js';
import { presentExecuted } from '../../../../src/cli/present/task-execute.js';
import { presentDetached, presentPlan } from '../../../../src/cli/present/task-plan.js';
import { presentRunLog } from '../../../../src/cli/present/run-log.js';
import { presentTimeline } from '../../../../src/cli/present/task-timeline.js';
import { AiError } from '../../../../src/domain/kernel/errors.js';
import { RUN_OUTCOMES } from '../../../../src/domain/run/run.js';
import { buildTask, taskId } from '../../../support/build-task.js';
import { buildEvent, buildRun, documentOf, MINUTE, NOW_MS, runId, screen, viewOf } from './samples.js';

const RUN_KEYS = [
  'id', 'task', 'agent', 'connector', 'attempt', 'outcome', 'errorClass', 'exitCode', 'signal', 'sessionRef', 'host', 'workspace', 'branch', 'base', 'head', 'changedFiles', 'outsideScope', 'checks',
  'usage', 'evidence', 'startedAt', 'finishedAt',
];

const STEPS = [{ step: 'claim', ms: 12 }, { step: 'agent', ms: 59_388 }, { step: 'checks', ms: 600 }];
const executed = (overrides: Partial<ExecutedTask> = {}): ExecutedTask => ({ task: buildTask('review'), run: buildRun(), retryAtMs: null, steps: STEPS, ...overrides });
const quiet = { exitCode: 0, verbose: false, nowMs: NOW_MS };

describe('a finished run', () => {
  it('is summed up: outcome, changes, checks, evidence, and what to do next', () => {
    expect(screen(presentExecuted(executed(), quiet), 80)).toBe(
      [
        '✓ succeeded  t-aaaaaa Write the parser  (r-111111, claude, 1m)',
        '  Changed   1 file: src/parser.ts (added)',
        '  Check     ✓ npm test (12.1 s)',
        '  Evidence  2 items, 5.1 kB, statement sha256:222222222222',
        '  Used      12,345 tokens in, 678 tokens out, $0.12',
        '  Branch    ai/t-aaaaaa',
        '  Task      review',
        'next: ai task diff t-aaaaaa   then   ai task merge t-aaaaaa',
      ].join('\n'),
    );
  });

  it('that failed says why, and when it is tried again', () => {
    const run = buildRun({ outcome: 'write_outside_scope', errorClass: 'write_outside_scope', errorMessage: 'The agent changed paths\u001b that the task did not declare.', outsideScope: ['stray.txt'], checks: [{ command: 'npm test', exitCode: 1, durationMs: 900, outputTail: '' }], evidence: [], usage: { inputTokens: null, outputTokens: null, costUsd: null } });
    const answer = presentExecuted(executed({ task: buildTask('queued'), run, retryAtMs: NOW_MS + MINUTE }), { ...quiet, exitCode: 10 });
    expect(screen(answer)).toBe(
      [
        '✗ write_outside_scope  t-aaaaaa Write the parser  (r-111111, claude, 1m)',
        '  Why      write_outside_scope: The agent changed paths\\e that the task did not declare.',
        '  Outside  stray.txt',
        '  Changed  1 file: src/parser.ts (added)',
        '  Check    ✗ npm test (exit 1, 900 ms)',
        '  Branch   ai/t-aaaaaa',
        '  Task     queued, next attempt not before 2026-03-01 09:31:00 UTC (in 1m)',
        'next: ai task logs t-aaaaaa   then   ai task execute t-aaaaaa',
      ].join('\n'),
    );
    expect(answer.exitCode).toBe(10);
  });

  it('tells the share of each step with --verbose', () => {
    expect(screen(presentExecuted(executed(), { ...quiet, verbose: true })).split('\n').slice(-5)).toEqual([
      '  Steps',
      '    claim             12 ms    0.0 %',
      '    agent            59.4 s   99.0 %',
      '    checks           600 ms    1.0 %',
      'next: ai task diff t-aaaaaa   then   ai task merge t-aaaaaa',
    ]);
  });

  it('is a document with exactly the keys of the contract, also when it failed', async () => {
    for (const outcome of RUN_OUTCOMES) {
      const document = await documentOf(presentExecuted(executed({ run: buildRun({ outcome }) }), quiet));
      expect(document).toMatchObject({ kind: 'task.execute', data: { task: { id: 't-aaaaaa' }, run: { outcome, task: 't-aaaaaa', finishedAt: '2026-03-01T09:29:00.000Z' } } });
      expect(Object.keys((document.data as { run: object }).run)).toEqual(RUN_KEYS);
    }
  });

  it('has the exit code of its outcome', () => {
    const code = (outcome: (typeof RUN_OUTCOMES)[number], errorClass: 'auth' | null = null): number => executeExitCode({ outcome, errorClass }, new AbortController().signal);
    expect(Object.fromEntries(RUN_OUTCOMES.map((outcome) => [outcome, code(outcome)]))).toEqual({
      succeeded: 0,
      failed: 10,
      verification_failed: 10,
      write_outside_scope: 10,
      policy_denied: 6,
      timed_out: 10,
      stalled: 10,
      cancelled: 10,
      lease_lost: 5,
      budget_exhausted: 11,
      crashed: 10,
    });
    expect(code('failed', 'auth')).toBe(4);
  });

  it('that a signal ended has the exit code of the signal; one that a person cancelled has not', () => {
    const by = (reason: unknown): AbortSignal => AbortSignal.abort(reason);
    const cancelled = { outcome: 'cancelled', errorClass: null } as const;
    expect(executeExitCode(cancelled, by(new AiError({ code: 'INTERRUPTED', message: '', details: { signal: 'SIGTERM' } })))).toBe(143);
    expect(executeExitCode(cancelled, by(new AiError({ code: 'INTERRUPTED', message: '', details: { signal: 'SIGINT' } })))).toBe(130);
    expect(executeExitCode(cancelled, by(undefined))).toBe(130);
    expect(executeExitCode({ outcome: 'failed', errorClass: null }, by(undefined))).toBe(10);
  });
});

describe('a run that was only planned', () => {
  const plan: ExecutionPlan = {
    task: buildTask('queued'),
    agent: 'claude',
    connector: 'claude-code',
    version: '2.1.0',
    argv: ['claude', '-p', 'two words'],
    environment: ['AI_BRIEFING', 'ANTHROPIC_API_KEY'],
    isolation: 'worktree',
    targetBranch: 'main',
    locks: [{ pattern: 'src/**', mode: 'exclusive' }],
    verify: ['npm test'],
    timeoutMs: 60 * MINUTE,
    continues: 'r-111111',
    obstacles: [],
    conflicts: [],
  };

  it('says what would be started', async () => {
    expect(screen(presentPlan(plan, NOW_MS))).toBe(
      [
        'Would execute t-aaaaaa Write the parser; nothing was started.',
        '  Agent       claude, claude-code 2.1.0',
        "  Command     claude -p 'two words'",
        '  Variables   AI_BRIEFING, ANTHROPIC_API_KEY',
        '  Works in    a worktree of its own',
        '  Lands on    main',
        '  Locks       src/**',
        '  Checks      npm test',
        '  Time limit  1h',
        '  Continues   r-111111',
        '✓ Nothing is in the way.  ai task execute t-aaaaaa',
      ].join('\n'),
    );
    expect(await documentOf(presentPlan(plan, NOW_MS))).toMatchObject({ kind: 'task.plan', data: { argv: plan.argv, environment: plan.environment } });
  });

  it('says what is in the way', async () => {
    const blocked = presentPlan({ ...plan, obstacles: [{ kind: 'dependencies', unfinished: [{ id: taskId('t-bbbbbb'), status: 'queued' }] }] }, NOW_MS);
    expect(screen(blocked).split('\n').at(-1)).toBe('! it waits for t-bbbbbb (queued)');
    expect(await documentOf(blocked)).toMatchObject({ data: { obstacles: [{ kind: 'dependencies' }] } });
  });

  it('or is on its way in the background', async () => {
    const answer = presentDetached({ task: 't-aaaaaa', agent: 'claude', pid: 42, logFile: '/r/.ai/run/x.log' });
    expect(screen(answer)).toContain('process 42');
    expect(await documentOf(answer)).toMatchObject({ kind: 'task.detached', data: { pid: 42, logFile: '/r/.ai/run/x.log' } });
  });
});

describe('what a run left', () => {
  const items = (state: 'ok' | 'missing' | 'altered') => [{ kind: 'patch' as const, sha256: '1'.repeat(64), bytes: 4_200, state }, { kind: 'statement' as const, sha256: '2'.repeat(64), bytes: 900, state: 'ok' as const }];

  it('is listed with its digests', async () => {
    const answer = presentEvidence({ task: buildTask('done'), runs: [{ run: buildRun(), items: items('ok') }] }, NOW_MS);
    expect(screen(answer, 120)).toBe(
      [
        `r-111111  succeeded  attempt 1 by claude, 2026-03-01 09:28:00 UTC, head ${'b'.repeat(40)}`,
        '  ✓ npm test (12.1 s)',
        '  KIND       STATE    SIZE  SHA-256',
        `  patch      ✓ ok   4.2 kB  ${'1'.repeat(64)}`,
        `  statement  ✓ ok    900 B  ${'2'.repeat(64)}`,
        '',
        '✓ 2 items, all there and unchanged.',
      ].join('\n'),
    );
    expect(answer.exitCode).toBeUndefined();
    const document = await documentOf(answer);
    expect(document).toMatchObject({ kind: 'task.evidence', data: { complete: true, runs: [{ id: 'r-111111', evidence: [{ state: 'ok' }, { state: 'ok' }] }] } });
    expect(Object.keys((document.data as { runs: object[] }).runs[0] ?? {})).toEqual(RUN_KEYS);
  });

  it.each(['missing', 'altered'] as const)('exits with 1 when something is %s', async (state) => {
    const answer = presentEvidence({ task: buildTask('done'), runs: [{ run: buildRun(), items: items(state) }] }, NOW_MS);
    expect(answer.exitCode).toBe(1);
    expect(screen(answer)).toContain(`✗ 1 of 2 items missing or altered: patch ${state}.`);
    expect(await documentOf(answer)).toMatchObject({ data: { complete: false } });
  });

  it('is nothing before the first run', () => {
    expect(screen(presentEvidence({ task: buildTask('queued'), runs: [] }, NOW_MS))).toBe('t-aaaaaa has not been run, so there is no evidence.  ai task execute t-aaaaaa');
  });
});

describe('a patch', () => {
  const diff = { run: runId('r-111111'), base: 'a', head: 'b', changedFiles: [], missing: false };
  const patch = (text: string): Uint8Array => new TextEncoder().encode(text);

  it('is escaped and coloured for a terminal', () => {
    const answer = presentDiff({ ...diff, patch: patch('diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\u001b[2J\n same\n') });
    expect(screen(answer)).toBe('diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\\e[2J\n same');
    const coloured = answer.text(viewOf(80, true)).split('\n');
    expect(coloured[4]).toBe('\u001b[31m-old\u001b[39m');
    expect(coloured[5]).toBe('\u001b[32m+new\\e[2J\u001b[39m');
    expect(coloured[2]).toBe('\u001b[1m+++ b/x\u001b[22m');
  });

  it('is text in a document, or base64 when it is no text', async () => {
    expect(await documentOf(presentDiff({ ...diff, patch: patch('+ä\n') }))).toMatchObject({ kind: 'task.diff', data: { patch: '+ä\n', patchBase64: null } });
    const latin1 = Uint8Array.from([0x2b, 0xe4, 0x0a]);
    expect(await documentOf(presentDiff({ ...diff, patch: latin1 }))).toMatchObject({ data: { patch: null, patchBase64: Buffer.from(latin1).toString('base64') } });
  });

  it('that is gone is no empty patch', async () => {
    const missing = presentDiff({ ...diff, patch: new Uint8Array(), missing: true });
    expect(missing.exitCode).toBe(1);
    expect(await documentOf(missing)).toMatchObject({ data: { patch: null, patchBase64: null }, warnings: [expect.stringContaining('missing')] });
    expect(screen(presentDiff({ ...diff, patch: new Uint8Array() }))).toBe('r-111111 changed nothing.');
  });
});

describe('what happened', () => {
  it('is a log', async () => {
    const entries = [{ seq: 1, atMs: NOW_MS, run: runId('r-111111'), event: { type: 'text' as const, delta: 'Hello' } }, { seq: 2, atMs: NOW_MS, run: runId('r-111111'), event: { type: 'command' as const, text: 'ls' } }];
    expect(screen(presentRunLog(entries, null))).toBe('Hello\n$ ls');
    expect(await documentOf(presentRunLog(entries, 2))).toMatchObject({ kind: 'task.logs', data: [{ seq: 1, run: 'r-111111', event: { type: 'text' } }, {}], meta: { next: '2', total: null } });
  });

  it('is a timeline', async () => {
    const runs = [buildRun(), buildRun({ outcome: 'failed', errorMessage: 'no\u001b' }), buildRun({ outcome: null, phase: 'running', finishedAtMs: null })];
    const answer = presentTimeline({ id: taskId('t-aaaaaa'), events: [buildEvent()], runs, truncated: true }, 200);
    expect(screen(answer)).toBe(
      [
        'earlier events: ai task timeline t-aaaaaa --limit 400',
        '',
        '2026-03-01 09:30:00  7  task.claimed  t-aaaaaa  user:ann  by worker-1',
        '',
        'RUN       ATTEMPT  AGENT   OUTCOME      TOOK  MESSAGE',
        'r-111111        1  claude  ✓ succeeded    1m',
        'r-111111        1  claude  ✗ failed       1m  no\\e',
        'r-111111        1  claude  ● running      2m',
      ].join('\n'),
    );
    expect(await documentOf(answer)).toMatchObject({ kind: 'task.timeline', data: { id: 't-aaaaaa', truncated: true, events: [{ seq: 7 }] } });
  });
});

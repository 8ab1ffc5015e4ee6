import { createStyle } from '../../../../src/cli/style.js';
import type { Answer, View } from '../../../../src/cli/io.js';
import { printAnswer } from '../../../../src/cli/print-answer.js';
import { createTerminal } from '../../../../src/cli/terminal.js';
import type { Agent } from '../../../../src/domain/agent/agent.js';
import type { AuditEvent } from '../../../../src/domain/audit/event.js';
import type { AgentId, RunId, SubtaskId } from '../../../../src/domain/kernel/ids.js';
import type { Run } from '../../../../src/domain/run/run.js';
import type { Subtask } from '../../../../src/domain/task/task.js';
import { taskId, token } from '../../../support/build-task.js';
import { validateOutput, type CliDocument } from '../../../support/validate-output.js';
import { NO_GLOBALS, recordOutput } from '../recording-io.js';

/** 2026-03-01 09:30:00 UTC */
export const NOW_MS = Date.UTC(2026, 2, 1, 9, 30, 0);
export const MINUTE = 60_000;

export function viewOf(columns: number, colour = false): View {
  return { style: createStyle(colour), columns, nowMs: NOW_MS };
}

/** What a person sees, without colour. */
export const screen = (answer: Answer, columns = 80): string => answer.text(viewOf(columns));

/** What a program sees, checked against the published schema. */
export async function documentOf(answer: Answer): Promise<CliDocument> {
  const stdout = recordOutput();
  const io = createTerminal({ stdout, stderr: recordOutput(), environment: {}, signal: () => new AbortController().signal }, NO_GLOBALS);
  printAnswer(io, answer, { json: true, idOnly: false, nowMs: NOW_MS });
  return validateOutput(stdout.text());
}

export const agentId = (text: string): AgentId => text as AgentId;
export const runId = (text: string): RunId => text as RunId;

export function buildRun(overrides: Partial<Run> = {}): Run {
  return {
    id: runId('r-111111'),
    taskId: taskId('t-aaaaaa'),
    token: token(4_294_967_297),
    attempt: 1,
    agent: agentId('claude'),
    connector: 'claude-code',
    phase: 'ended',
    host: 'here',
    supervisor: { pid: 10, pgid: 10, startTime: '1', bootId: 'b', host: 'here', marker: 'r-111111' },
    process: null,
    workspace: '/work/t-aaaaaa',
    branch: 'ai/t-aaaaaa',
    base: 'a'.repeat(40),
    head: 'b'.repeat(40),
    outcome: 'succeeded',
    errorClass: null,
    errorMessage: null,
    exitCode: 0,
    signal: null,
    sessionRef: 'session-1',
    changedFiles: [{ path: 'src/parser.ts', status: 'added' }],
    outsideScope: [],
    checks: [{ command: 'npm test', exitCode: 0, durationMs: 12_100, outputTail: 'ok' }],
    usage: { inputTokens: 12_345, outputTokens: 678, costUsd: '0.12' },
    evidence: [{ kind: 'patch', sha256: '1'.repeat(64), bytes: 4_200 }, { kind: 'statement', sha256: '2'.repeat(64), bytes: 900 }],
    startedAtMs: NOW_MS - 2 * MINUTE,
    lastActivityAtMs: NOW_MS - MINUTE,
    finishedAtMs: NOW_MS - MINUTE,
    landedCommit: null,
    ...overrides,
  };
}

export function buildAgent(overrides: Partial<Agent> = {}): Agent {
  return {
    id: agentId('claude'),
    connector: 'claude-code',
    role: null,
    model: 'sonnet',
    labels: ['backend'],
    capabilities: ['typescript'],
    concurrency: 2,
    argv: [],
    env: ['ANTHROPIC_API_KEY'],
    enabled: true,
    pausedReason: null,
    createdAtMs: NOW_MS - 60 * MINUTE,
    updatedAtMs: NOW_MS - 60 * MINUTE,
    ...overrides,
  };
}

export function buildEvent(overrides: Partial<AuditEvent> = {}): AuditEvent {
  return { seq: 7, atMs: NOW_MS, type: 'task.claimed', task: 't-aaaaaa', run: null, token: 4_294_967_297, actor: 'user:ann', data: { holder: 'worker-1' }, prev: '0'.repeat(64), hash: '9'.repeat(64), ...overrides };
}

export function buildSubtask(overrides: Partial<Subtask> = {}): Subtask {
  return { id: 's-111111' as SubtaskId, taskId: taskId('t-aaaaaa'), title: 'Write the tests first', done: false, createdAtMs: NOW_MS - MINUTE, completedAtMs: null, ...overrides };
}

export const DETECTION = {
  installed: true,
  path: '/usr/bin/claude',
  version: '2.1.0',
  loggedIn: null,
  capabilities: { streaming: true, resume: true, livePolicy: 'hooks' as const, cost: true, structuredOutput: false, skills: false, mcp: true, budget: false },
  problem: null,
};

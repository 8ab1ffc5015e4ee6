import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../src/cli/io.js';
import { presentAgent, presentAgentDetail, presentAgentList } from '../../../../src/cli/present/agent.js';
import { presentDetected } from '../../../../src/cli/present/agent-detect.js';
import { presentAuditLog } from '../../../../src/cli/present/audit.js';
import { presentClaimed } from '../../../../src/cli/present/task-claim.js';
import { presentCreated, presentImported, presentTask } from '../../../../src/cli/present/task-change.js';
import { presentDiff } from '../../../../src/cli/present/task-diff.js';
import { presentEvidence } from '../../../../src/cli/present/task-evidence.js';
import { presentExecuted } from '../../../../src/cli/present/task-execute.js';
import { presentGraph } from '../../../../src/cli/present/task-graph.js';
import { presentTaskList } from '../../../../src/cli/present/task-list.js';
import { presentMerged } from '../../../../src/cli/present/task-merge.js';
import { presentDetached, presentPlan } from '../../../../src/cli/present/task-plan.js';
import { presentTaskDetail } from '../../../../src/cli/present/task-show.js';
import { presentTimeline } from '../../../../src/cli/present/task-timeline.js';
import { presentWhy } from '../../../../src/cli/present/task-why.js';
import { presentSubtasks } from '../../../../src/cli/present/subtask.js';
import { buildLease, buildTask, taskId } from '../../../support/build-task.js';
import { buildAgent, buildEvent, buildRun, buildSubtask, DETECTION, documentOf, NOW_MS, runId, screen } from './samples.js';

/** Every screen, with the same foreign text wherever foreign text can be. */
function screensWith(text: string): Answer[] {
  const lease = buildLease({ holder: text });
  const stated = { title: text, description: text, type: text, labels: [text], requires: [text], skills: [text], project: text, verify: [text], targetBranch: text, locks: [{ pattern: text, mode: 'shared' as const }] };
  const running = buildTask('running', { ...stated, lease, progressNote: text });
  const failed = buildTask('failed', { ...stated, result: { [text]: text }, error: { class: 'unknown', message: text } });
  const blocked = buildTask('blocked', { ...stated, blockedReason: text });
  const tasks = [running, failed, blocked];
  const run = buildRun({ errorMessage: text, outcome: 'failed', errorClass: 'unknown', branch: text, head: text, changedFiles: [{ path: text, status: 'added' }], outsideScope: [text], checks: [{ command: text, exitCode: 1, durationMs: 1, outputTail: text }] });
  const agent = buildAgent({ argv: [text], labels: [text], capabilities: [text], role: text, model: text, pausedReason: text });
  const detection = { ...DETECTION, path: text, version: text, problem: text };
  const input = { statuses: [], ready: false, labels: [text], project: text, agent: text, parent: null, limit: 3, after: null };
  return [
    ...tasks.map((task) => presentTaskDetail({ task, subtasks: [buildSubtask({ title: text })], dependents: [], lastRun: run }, NOW_MS)),
    ...tasks.map((task) => presentTask('task.edit', task, NOW_MS)),
    presentTaskList({ tasks, total: 9, nextAfter: 4 }, input, NOW_MS),
    presentCreated({ task: blocked, repeated: false, warnings: [] }, NOW_MS),
    presentImported({ tasks: [{ id: null, name: text, title: text }], repeated: false, warnings: [] }, true),
    presentClaimed({ task: running, lease, locks: [{ pattern: text, mode: 'exclusive' }] }, NOW_MS),
    presentWhy({ task: running, obstacles: [{ kind: 'lease', lease }, { kind: 'status', status: 'paused', reason: text }, { kind: 'capabilities', missing: [text] }], agents: [{ agent: agent.id, eligible: false, score: 0, reasons: [text] }], attempts: { failures: 0, lost: 0, maxAttempts: 3 } }, NOW_MS),
    presentTimeline({ id: taskId('t-aaaaaa'), events: [buildEvent({ type: text, actor: text, data: { reason: text } })], runs: [run], truncated: false }, 10),
    presentExecuted({ task: failed, run, retryAtMs: null, steps: [] }, { exitCode: 10, verbose: true, nowMs: NOW_MS }),
    presentPlan({ task: blocked, agent: 'a', connector: 'c', version: text, argv: [text], environment: [text], isolation: 'none', targetBranch: text, locks: stated.locks, verify: [text], timeoutMs: 1_000, continues: null, obstacles: [], conflicts: [] }, NOW_MS),
    presentDetached({ task: 't-aaaaaa', agent: 'a', pid: 1, logFile: text }),
    presentEvidence({ task: failed, runs: [{ run, items: [] }] }, NOW_MS),
    presentMerged({ task: failed, commit: null, target: text, changedPaths: [text], planned: true }, NOW_MS),
    presentDiff({ run: runId('r-111111'), base: text, head: text, changedFiles: [], patch: new TextEncoder().encode(`+${text}`), missing: false }),
    ...(['text', 'mermaid', 'dot'] as const).map((format) => presentGraph({ tasks, edges: [], truncated: false }, format)),
    presentSubtasks([buildSubtask({ title: text })], text),
    presentAgent('agent.register', agent),
    presentAgentList([{ agent, liveRuns: 0 }]),
    presentAgentDetail({ agent, liveRuns: 0, detection, runs: [run] }),
    presentDetected([{ connector: 'command', summary: text, detection, registered: [text] }]),
    presentAuditLog([buildEvent({ actor: text, data: { other: text } })], 5),
  ];
}

describe('text from people, agents and repositories', () => {
  it('never steers a terminal, on no screen', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('\u001b[2J', '\u009b31m', '\u202egnp.exe', 'a\rb', '\u0007', '\u2028')), fc.constantFrom(80, 120), (text, columns) => {
        for (const answer of screensWith(text)) {
          // eslint-disable-next-line no-control-regex -- control characters are what is looked for
          expect(screen(answer, columns), answer.kind).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is never what makes a document invalid', async () => {
    for (const text of ['\u001b[2J', '\ud800', '日本', '']) for (const answer of screensWith(text)) await documentOf(answer);
  });
});

import type { EvidenceItem, Run } from '../../domain/run/run.js';
import { iso } from '../time.js';

/** A run as the contract states it. */
export function runJson(run: Run): Record<string, unknown> {
  const { id, agent, connector, attempt, outcome, errorClass, exitCode, signal, sessionRef, host, workspace, branch, base, head, outsideScope } = run;
  return {
    id,
    task: run.taskId,
    agent,
    connector,
    attempt,
    outcome,
    errorClass,
    exitCode,
    signal,
    sessionRef,
    host,
    workspace,
    branch,
    base,
    head,
    changedFiles: run.changedFiles.map(({ path, status }) => ({ path, status })),
    outsideScope,
    checks: run.checks.map((check) => ({ command: check.command, exitCode: check.exitCode, durationMs: check.durationMs })),
    usage: { inputTokens: run.usage.inputTokens, outputTokens: run.usage.outputTokens, costUsd: run.usage.costUsd },
    evidence: run.evidence.map(evidenceJson),
    startedAt: iso(run.startedAtMs),
    finishedAt: iso(run.finishedAtMs),
  };
}

export function evidenceJson(item: EvidenceItem): Record<string, unknown> {
  return { kind: item.kind, sha256: item.sha256, bytes: item.bytes };
}

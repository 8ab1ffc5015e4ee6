import type { CheckResult, Run } from '../run/run.js';
import { canonicalJson } from './canonical-json.js';
import type { AuditEvent } from './event.js';

export const PREDICATES = {
  testResult: 'https://in-toto.io/attestation/test-result/v0.1',
  run: 'urn:ai-control-plane:predicate:run:v1',
  policyDecision: 'urn:ai-control-plane:predicate:policy-decision:v1',
} as const;

/** What a statement is about. */
export interface Subject {
  readonly commit: string;
  /** Null when the repository does not have the commit any more. */
  readonly tree: string | null;
}

export interface Evidence {
  readonly subject: Subject;
  readonly run: Run;
  /** Events of the run that record decisions of policy. */
  readonly decisions: readonly AuditEvent[];
  /** The log that holds the events. */
  readonly origin: string;
}

export type Digest = (text: string) => string;

/** In-toto Statements (v1) of one run: what ran, what its checks gave, what policy decided. The same run gives the same statements. */
export function statementsOf(evidence: Evidence, sha256: Digest): readonly Record<string, unknown>[] {
  const { run, decisions, origin } = evidence;
  const about = (predicateType: string, predicate: Record<string, unknown>): Record<string, unknown> => ({ _type: 'https://in-toto.io/Statement/v1', subject: subjects(evidence.subject), predicateType, predicate });
  return [
    about(PREDICATES.run, runPredicate(run, origin)),
    ...(run.checks.length === 0 ? [] : [about(PREDICATES.testResult, testResult(run.checks, sha256))]),
    ...decisions.map((event) => about(PREDICATES.policyDecision, { log: origin, seq: event.seq, leafHash: event.hash, at: event.atMs, actor: event.actor, run: event.run, task: event.task, decision: event.data })),
  ];
}

function subjects({ commit, tree }: Subject): Record<string, unknown>[] {
  return [{ name: 'commit', digest: { gitCommit: commit } }, ...(tree === null ? [] : [{ name: 'tree', digest: { gitTree: tree } }])];
}

function runPredicate(run: Run, origin: string): Record<string, unknown> {
  const { id, taskId, attempt, agent, connector, outcome, base, head, landedCommit, changedFiles, evidence, startedAtMs, finishedAtMs } = run;
  return { log: origin, run: id, task: taskId, attempt, agent, connector, outcome, base, head, landedCommit, changedFiles, evidence, startedAt: startedAtMs, finishedAt: finishedAtMs };
}

function testResult(checks: readonly CheckResult[], sha256: Digest): Record<string, unknown> {
  const passed = checks.filter((check) => check.exitCode === 0).map((check) => check.command);
  const failed = checks.filter((check) => check.exitCode !== 0).map((check) => check.command);
  const commands = canonicalJson(checks.map((check) => check.command));
  return { result: failed.length === 0 ? 'PASSED' : 'FAILED', configuration: [{ name: 'verify', digest: { sha256: sha256(commands) } }], passedTests: passed, failedTests: failed };
}

import type { AgentId, FencingToken, RunId, TaskId } from '../../../domain/kernel/ids.js';
import type { ErrorClass } from '../../../domain/run/error-class.js';
import type { ChangedFile, CheckResult, EvidenceItem, ProcessIdentity, Run, RunOutcome, RunPhase, Usage } from '../../../domain/run/run.js';

export interface RunRow {
  readonly id: string;
  readonly task_id: string;
  readonly token: number;
  readonly attempt: number;
  readonly agent: string;
  readonly connector: string;
  readonly phase: RunPhase;
  readonly host: string;
  readonly supervisor: string;
  readonly process: string | null;
  readonly workspace: string | null;
  readonly branch: string | null;
  readonly base: string | null;
  readonly head: string | null;
  readonly outcome: RunOutcome | null;
  readonly error_class: ErrorClass | null;
  readonly error_message: string | null;
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly session_ref: string | null;
  readonly changed_files: string;
  readonly outside_scope: string;
  readonly checks: string;
  readonly usage: string;
  readonly evidence: string;
  readonly started_at: number;
  readonly last_activity_at: number;
  readonly finished_at: number | null;
  readonly landed_commit: string | null;
}

/** Every query for runs begins with this. */
export const SELECT_RUN = `SELECT r.id, t.id AS task_id, r.token, r.attempt, r.agent, r.connector, r.phase, r.host, r.supervisor, r.process, r.workspace, r.branch,
  r.base, r.head, r.outcome, r.error_class, r.error_message, r.exit_code, r.signal, r.session_ref, r.changed_files, r.outside_scope, r.checks, r.usage,
  r.evidence, r.started_at, r.last_activity_at, r.finished_at, r.landed_commit FROM run r JOIN task t ON t.num = r.task`;

export function toRun(row: RunRow): Run {
  return {
    id: row.id as RunId,
    taskId: row.task_id as TaskId,
    token: row.token as FencingToken,
    attempt: row.attempt,
    agent: row.agent as AgentId,
    connector: row.connector,
    phase: row.phase,
    host: row.host,
    supervisor: JSON.parse(row.supervisor) as ProcessIdentity,
    process: row.process === null ? null : (JSON.parse(row.process) as ProcessIdentity),
    workspace: row.workspace,
    branch: row.branch,
    base: row.base,
    head: row.head,
    ...toResult(row),
    startedAtMs: row.started_at,
    lastActivityAtMs: row.last_activity_at,
    finishedAtMs: row.finished_at,
    landedCommit: row.landed_commit,
  };
}

type RunResult = Pick<Run, 'outcome' | 'errorClass' | 'errorMessage' | 'exitCode' | 'signal' | 'sessionRef' | 'changedFiles' | 'outsideScope' | 'checks' | 'usage' | 'evidence'>;

function toResult(row: RunRow): RunResult {
  return {
    outcome: row.outcome,
    errorClass: row.error_class,
    errorMessage: row.error_message,
    exitCode: row.exit_code,
    signal: row.signal,
    sessionRef: row.session_ref,
    changedFiles: JSON.parse(row.changed_files) as ChangedFile[],
    outsideScope: JSON.parse(row.outside_scope) as string[],
    checks: JSON.parse(row.checks) as CheckResult[],
    usage: JSON.parse(row.usage) as Usage,
    evidence: JSON.parse(row.evidence) as EvidenceItem[],
  };
}

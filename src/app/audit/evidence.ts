import { canonicalJson } from '../../domain/audit/canonical-json.js';
import { originOf } from '../../domain/audit/checkpoint.js';
import { sealEnvelope } from '../../domain/audit/dsse.js';
import { statementsOf } from '../../domain/audit/statement.js';
import { AiError } from '../../domain/kernel/errors.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import { Redactor } from '../../domain/redaction/redact.js';
import { secretValues } from '../../domain/redaction/secret-values.js';
import type { Run } from '../../domain/run/run.js';
import type { ExportDeps } from './export-deps.js';

const MAX_RUNS = 100;
const MAX_DECISIONS = 10_000;

export interface RunEvidence {
  readonly run: Run;
  readonly commit: string;
  /** Canonical JSON of signed envelopes. */
  readonly envelopes: readonly string[];
}

/** Signed statements about every run of a task that left a commit, oldest first. */
export async function evidenceOf(deps: ExportDeps, task: TaskId): Promise<readonly RunEvidence[]> {
  const [first] = await deps.store.listEvents({ sinceSeq: 0, task: null, run: null, types: [] }, 1);
  if (first === undefined) return [];
  const origin = originOf(first.hash);
  const keys = await deps.signingKeys();
  const signer = await keys.find(origin);
  if (signer === null) throw new AiError({ code: 'CREDENTIALS', message: `The key of ${origin} is not in ${keys.folder}, so no statement can be signed.`, hint: 'Put it back from a copy.' });
  const redactor = new Redactor({ secrets: secretValues(deps.environment) });
  const anchors = await deps.auditAnchors();
  const found: RunEvidence[] = [];
  for (const run of [...(await deps.store.listRuns(task, MAX_RUNS))].reverse()) {
    const commit = run.landedCommit ?? run.head;
    if (commit === null || run.branch === null) continue;
    const decisions = await deps.store.listEvents({ sinceSeq: 0, task: null, run: run.id, types: ['policy.decided'] }, MAX_DECISIONS);
    const statements = statementsOf({ subject: { commit, tree: await anchors.treeOf(commit) }, run, decisions, origin }, deps.sha256);
    found.push({ run, commit, envelopes: statements.map((statement) => canonicalJson(sealEnvelope(canonicalJson(redactor.redact(statement).value), signer))) });
  }
  return found;
}

export interface NotedCommit {
  readonly commit: string;
  readonly added: number;
}

/** Attaches the evidence of landed runs to their commits as git notes. What is there already stays; a second call changes nothing. */
export async function evidenceToNotes(deps: ExportDeps, task: TaskId): Promise<readonly NotedCommit[]> {
  const anchors = await deps.auditAnchors();
  const noted: NotedCommit[] = [];
  for (const { run, commit, envelopes } of await evidenceOf(deps, task)) {
    if (run.landedCommit === null) continue;
    const before = await anchors.readEvidence(commit);
    const fresh = envelopes.filter((envelope) => !before.includes(envelope));
    if (fresh.length > 0) await anchors.writeEvidence(commit, { lines: [...before, ...fresh], atMs: run.finishedAtMs ?? run.startedAtMs });
    noted.push({ commit, added: fresh.length });
  }
  return noted;
}

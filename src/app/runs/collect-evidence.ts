import type { Run, EvidenceItem, CheckResult } from '../../domain/run/run.js';
import { canonicalJson } from '../../domain/audit/canonical-json.js';
import { toIso } from '../../domain/task/transitions.js';
import type { RunFolder } from '../../ports/run-files.js';
import type { StopProof } from '../../ports/processes.js';
import type { Snapshot, Workspace } from '../../ports/workspaces.js';
import type { AppDeps } from '../deps.js';

export interface EvidenceOrder {
  readonly run: Pick<Run, 'id' | 'taskId' | 'token' | 'agent' | 'connector' | 'attempt' | 'startedAtMs'>;
  readonly folder: RunFolder;
  readonly workspace: Workspace;
  readonly snapshot: Snapshot;
  readonly outsideScope: readonly string[];
  readonly checks: readonly CheckResult[];
  readonly outcome: string;
  readonly proof: StopProof | null;
}

/**
 * Stores what a run leaves behind by digest. The last item, the statement, names the digests of the
 * others and the trees before and after, so that one digest stands for the whole run.
 */
export async function collectEvidence(deps: Pick<AppDeps, 'runFiles' | 'workspaces' | 'clock'>, order: EvidenceOrder): Promise<EvidenceItem[]> {
  const files = await deps.runFiles();
  const { folder, snapshot, workspace } = order;
  const items: EvidenceItem[] = [];
  const patchFile = `${folder.path}/work.patch`;
  if (snapshot.changedFiles.length > 0) {
    await (await deps.workspaces()).writePatch(workspace.base, snapshot.head, patchFile);
    items.push(await files.storeEvidence('patch', { file: patchFile }));
  }
  const sources = [
    ['transcript', folder.stdoutFile],
    ['stderr', folder.stderrFile],
    ['events', folder.eventsFile],
    ['briefing', folder.briefingFile],
  ] as const;
  items.push(...(await Promise.all(sources.map(([kind, file]) => files.storeEvidence(kind, { file })))));
  const kept = items.filter((item) => item.bytes > 0);
  const statement = await files.storeEvidence('statement', { text: canonicalJson(statementOf(deps, order, kept)) });
  return [...kept, statement];
}

function statementOf(deps: Pick<AppDeps, 'clock'>, order: EvidenceOrder, evidence: readonly EvidenceItem[]): Record<string, unknown> {
  const { run, workspace, snapshot } = order;
  return {
    version: 1,
    task: run.taskId,
    run: run.id,
    attempt: run.attempt,
    token: run.token,
    agent: run.agent,
    connector: run.connector,
    outcome: order.outcome,
    branch: workspace.branch,
    base: workspace.base,
    baseTree: snapshot.baseTree,
    head: snapshot.head,
    headTree: snapshot.headTree,
    changedFiles: snapshot.changedFiles,
    outsideScope: order.outsideScope,
    checks: order.checks,
    stopProof: order.proof,
    startedAt: toIso(run.startedAtMs),
    finishedAt: toIso(deps.clock.now().wallMs),
    evidence: evidence.map(({ kind, sha256, bytes }) => ({ kind, sha256, bytes })),
  };
}

import type { EvidenceItem, Run } from '../../domain/run/run.js';
import type { Task } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';
import { resolveTaskId } from './resolve-id.js';

export interface CheckedEvidence extends EvidenceItem {
  readonly state: 'ok' | 'missing' | 'altered';
}

export interface TaskEvidence {
  readonly task: Task;
  readonly runs: readonly { readonly run: Run; readonly items: readonly CheckedEvidence[] }[];
}

const MAX_RUNS = 100;

/** Every run of a task with its evidence, each item compared with its digest. */
export async function taskEvidence(deps: Pick<AppDeps, 'store' | 'runFiles'>, idText: string): Promise<TaskEvidence> {
  const id = await resolveTaskId(deps.store, idText);
  const task = await deps.store.getTask(id);
  const files = await deps.runFiles();
  const runs = [];
  for (const run of await deps.store.listRuns(id, MAX_RUNS)) {
    const items: CheckedEvidence[] = [];
    for (const item of run.evidence) items.push({ ...item, state: await files.checkEvidence(item) });
    runs.push({ run, items });
  }
  return { task, runs };
}

import type { RunId, TaskId } from '../domain/kernel/ids.js';
import type { RunPatch } from '../domain/run/run-patch.js';
import type { Run } from '../domain/run/run.js';
import type { NewEvent } from '../domain/audit/event.js';

/** Runs: one attempt of one agent at one task. */
export interface RunStore {
  /** Throws RUN_NOT_FOUND. */
  getRun(id: RunId): Promise<Run>;
  /** Newest first. */
  listRuns(taskId: TaskId, limit: number): Promise<readonly Run[]>;
  findRunIds(prefix: string, limit: number): Promise<readonly RunId[]>;
  /** The newest run of a task, whatever became of it. */
  latestRun(taskId: TaskId): Promise<Run | undefined>;
  /** The newest one that had a branch of its own: where unlanded work lies, and what a next attempt continues. */
  latestRunWithBranch(taskId: TaskId): Promise<Run | undefined>;
  /** Writes the fields and, in the same transaction, the event when one is given. Throws RUN_NOT_FOUND. */
  updateRun(id: RunId, patch: RunPatch, event: NewEvent | null): Promise<void>;
  /** Live runs of one agent. */
  countLiveRuns(agent: string): Promise<number>;
}

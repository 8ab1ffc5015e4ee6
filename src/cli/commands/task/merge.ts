import { mergeTask } from '../../../app/tasks/merge-task.js';
import type { Answer } from '../../io.js';
import { AgentEventLines } from '../../present/agent-event-lines.js';
import { presentMerged } from '../../present/task-merge.js';
import type { ProjectContext } from '../../shell.js';
import { noteUpdates } from './note-updates.js';

interface MergeOptions {
  readonly into?: string;
  readonly dryRun?: boolean;
}

export async function runMerge({ deps, io, host }: ProjectContext, [id]: readonly [string], options: MergeOptions): Promise<Answer> {
  const onUpdate = noteUpdates(io, new AgentEventLines(io.style));
  const merged = await mergeTask(deps, { id, into: options.into ?? null, dryRun: options.dryRun === true, onUpdate });
  return presentMerged(merged, host.nowMs());
}

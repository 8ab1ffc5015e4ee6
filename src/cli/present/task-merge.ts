import type { MergedTask } from '../../app/tasks/merge-task.js';
import { escapeLine } from '../escape.js';
import type { Answer } from '../io.js';
import { count, shortDigest, someOf } from './format.js';
import { taskJson } from './task-json.js';

const SHOWN_PATHS = 8;

export function presentMerged(merged: MergedTask, nowMs: number): Answer {
  const { task, commit, target, planned, changedPaths } = merged;
  const files = `${count(changedPaths.length, 'file')}${changedPaths.length === 0 ? '' : `: ${someOf(changedPaths.map(escapeLine), SHOWN_PATHS)}`}`;
  const landed = commit === null ? '' : ` as ${shortDigest(commit)}`;
  return {
    kind: 'task.merge',
    data: { task: taskJson(task, nowMs), commit, target, planned, changedPaths },
    ids: [task.id],
    text: ({ style }) =>
      planned
        ? `${task.id} fits on ${escapeLine(target)} without a conflict (${files}); nothing was changed.\n${style.dim(`next: ai task merge ${task.id}`)}`
        : `${style.green('✓')} Landed ${style.bold(task.id)} ${escapeLine(task.title)} on ${escapeLine(target)}${landed} (${files}).`,
  };
}

import { taskTimeline } from '../../../app/tasks/timeline-task.js';
import type { Answer } from '../../io.js';
import { presentTimeline } from '../../present/task-timeline.js';
import type { ProjectContext } from '../../shell.js';
import { wholeNumber } from '../options.js';

const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 10_000;

export async function runTimeline({ deps }: ProjectContext, [id]: readonly [string], options: { readonly limit?: string }): Promise<Answer> {
  const limit = options.limit === undefined ? DEFAULT_LIMIT : wholeNumber(options.limit, { name: '--limit', min: 1, max: MAX_LIMIT });
  return presentTimeline(await taskTimeline(deps, id, limit), limit);
}

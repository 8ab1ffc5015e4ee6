import { listTasks, type ListTasksInput } from '../../../app/tasks/list-tasks.js';
import { LIMITS } from '../../../domain/kernel/limits.js';
import type { Answer } from '../../io.js';
import { presentTaskList } from '../../present/task-list.js';
import type { ProjectContext } from '../../shell.js';
import { wholeNumber, words } from '../options.js';

interface ListOptions {
  readonly status?: readonly string[];
  readonly ready?: boolean;
  readonly label?: readonly string[];
  readonly project?: string;
  readonly agent?: string;
  readonly parent?: string;
  readonly limit?: string;
  readonly after?: string;
}

const DEFAULT_LIMIT = 50;

export async function runList({ deps, nowMs }: ProjectContext, _args: readonly [], options: ListOptions): Promise<Answer> {
  const input: ListTasksInput = {
    statuses: words(options.status ?? []),
    ready: options.ready === true,
    labels: words(options.label ?? []),
    project: options.project ?? null,
    agent: options.agent ?? null,
    parent: options.parent ?? null,
    limit: options.limit === undefined ? DEFAULT_LIMIT : wholeNumber(options.limit, { name: '--limit', min: 1, max: LIMITS.listPage }),
    after: options.after ?? null,
  };
  return presentTaskList(await listTasks(deps, input), input, nowMs);
}

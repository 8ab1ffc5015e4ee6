import path from 'node:path';
import { describeObstacle } from '../../../app/tasks/claim-refusal.js';
import { planExecution } from '../../../app/tasks/plan-execution.js';
import { AiError } from '../../../domain/kernel/errors.js';
import type { GlobalOptions } from '../../host.js';
import type { Answer } from '../../io.js';
import { presentDetached } from '../../present/task-plan.js';
import type { ProjectContext } from '../../shell.js';
import type { ExecuteOptions } from './execute-options.js';

/**
 * The same command again, in the background. What would refuse it is found out here first: a refusal in a log file is read by nobody.
 */
export async function executeDetached({ deps, globals, host, nowMs }: ProjectContext, id: string, options: ExecuteOptions): Promise<Answer> {
  const plan = await planExecution(deps, { id, agent: options.agent ?? null });
  const { task, agent } = plan;
  const [obstacle] = plan.obstacles;
  if (obstacle !== undefined) throw new AiError({ code: 'NOT_CLAIMABLE', message: `${task.id} can't be executed now: ${describeObstacle(obstacle)}.`, hint: `ai task why ${task.id}`, retryable: true, details: { task: task.id, obstacle: obstacle.kind } });
  const logFile = path.join(deps.place.aiFolder, 'run', `execute-${task.id}-${nowMs}.log`);
  const { pid } = await host.startDetached(['task', 'execute', task.id, ...wordsOf(options), ...globalWordsOf(globals)], logFile);
  return presentDetached({ task: task.id, agent, pid, logFile });
}

function wordsOf({ agent, verbose }: ExecuteOptions): string[] {
  return [...(agent === undefined ? [] : ['--agent', agent]), ...(verbose === true ? ['--verbose'] : [])];
}

function globalWordsOf(globals: GlobalOptions): string[] {
  return [...(globals.json ? ['--json'] : []), ...(globals.quiet ? ['--quiet'] : []), ...(globals.root === null ? [] : ['--root', globals.root])];
}

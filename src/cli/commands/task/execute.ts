import { executeTask } from '../../../app/tasks/execute-task.js';
import { planExecution } from '../../../app/tasks/plan-execution.js';
import type { Answer } from '../../io.js';
import { AgentEventLines } from '../../present/agent-event-lines.js';
import { presentExecuted } from '../../present/task-execute.js';
import { presentPlan } from '../../present/task-plan.js';
import type { ProjectContext } from '../../shell.js';
import { usage } from '../options.js';
import { executeExitCode } from './execute-exit-code.js';
import type { ExecuteOptions } from './execute-options.js';
import { noteUpdates } from './note-updates.js';

export async function runExecute(context: ProjectContext, [id]: readonly [string], options: ExecuteOptions): Promise<Answer> {
  const { deps, io, nowMs } = context;
  const agent = options.agent ?? null;
  if (options.dryRun === true && options.detach === true) throw usage('--dry-run starts nothing, so that there is nothing to detach.', `ai task execute ${id} --dry-run`);
  if (options.dryRun === true) return presentPlan(await planExecution(deps, { id, agent }), nowMs);
  if (options.detach === true) return (await import('./execute-detached.js')).executeDetached(context, id, options);
  const { signal } = io;
  const lines = new AgentEventLines(io.style);
  const executed = await executeTask(deps, { id, agent, unattended: !io.stdoutIsTerminal, signal, onUpdate: noteUpdates(io, lines) });
  for (const line of lines.end()) io.note(line);
  return presentExecuted(executed, { exitCode: executeExitCode(executed.run, signal), verbose: options.verbose === true, nowMs: context.host.nowMs() });
}

import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';

const ID = ['<id>', 'task id, or the beginning of one'] as const;
const REASON = ['--reason <text>', 'why, for whoever looks at it later'] as const;
const WAIT = ['--wait <duration>', 'how long to wait for a running agent to stop (default: 30s)'] as const;

/** The verbs of whoever is in charge of the board. They need no token; what is worked on is stopped first. */
export function declareSteering(task: Command, shell: Shell): void {
  declareStopping(task, shell);
  const resume = task.command('resume').description('Lets a paused task go on.').argument(...ID);
  withExamples(resume, ['ai task resume t-4k9x2m', 'ai task resume t-4k9 --json']).action(shell.action(async () => (await import('./change.js')).runResume));
  const retry = task.command('retry').description('Queues a failed, cancelled, skipped or reviewed task again with fresh attempts; does not wait any longer with one that is to be retried.').argument(...ID);
  withExamples(retry, ['ai task retry t-4k9x2m', 'ai task retry t-4k9 && ai task execute t-4k9']).action(shell.action(async () => (await import('./change.js')).runRetry));
  const block = task
    .command('block')
    .description('Sets a task aside until somebody unblocks it. With a token, a worker gives its own task back.')
    .argument('[id]', 'task id, or the beginning of one (default: AI_TASK_ID)')
    .option('--reason <text>', 'what has to happen first (needed)')
    .option('--token <n>', 'the lease token of the worker (default: AI_LEASE_TOKEN)')
    .option(...WAIT);
  withExamples(block, ['ai task block t-4k9x2m --reason "waits for the API key"', 'ai task block t-4k9x2m --token 4294967297 --reason "needs a decision"']).action(shell.action(async () => (await import('./block.js')).runBlock));
  const unblock = task.command('unblock').description('Ends a block that was set with a reason.').argument(...ID);
  withExamples(unblock, ['ai task unblock t-4k9x2m', 'ai task unblock t-4k9 --json']).action(shell.action(async () => (await import('./change.js')).runUnblock));
}

function declareStopping(task: Command, shell: Shell): void {
  const cancel = task.command('cancel').description('Ends a task for good; what was done stays on its branch. A running agent is stopped first.').argument(...ID).option(...REASON).option(...WAIT);
  withExamples(cancel, ['ai task cancel t-4k9x2m --reason "not needed any more"', 'ai task cancel t-4k9 --wait 1m --json']).action(shell.action(async () => (await import('./change.js')).runCancel));
  const pause = task.command('pause').description('Keeps a task from being claimed until it is resumed. A running agent is stopped first.').argument(...ID).option(...REASON).option(...WAIT);
  withExamples(pause, ['ai task pause t-4k9x2m', 'ai task pause t-4k9 --reason "release freeze"']).action(shell.action(async () => (await import('./change.js')).runPause));
  const skip = task.command('skip').description('Leaves a task out: what depends on it goes on as if it were done.').argument(...ID).option(...REASON).option(...WAIT);
  withExamples(skip, ['ai task skip t-4k9x2m', 'ai task skip t-4k9 --reason "done by hand"']).action(shell.action(async () => (await import('./change.js')).runSkip));
}

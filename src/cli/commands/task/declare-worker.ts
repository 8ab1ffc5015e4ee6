import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';
import { collect } from '../options.js';

const OWN_ID = ['[id]', 'task id, or the beginning of one (default: AI_TASK_ID)'] as const;
const TOKEN = ['--token <n>', 'the lease token that claim answered (default: AI_LEASE_TOKEN)'] as const;

/** Called many times a minute by every worker: what killed commands left is repaired by the others. */
const QUICK = { repair: false } as const;

/** The verbs of whoever does the work, under a lease. A stale token changes nothing. */
export function declareWorker(task: Command, shell: Shell): void {
  declareClaim(task, shell);
  declareReports(task, shell);
  const complete = task
    .command('complete')
    .description('Says that the work is done, and ends the lease.')
    .argument(...OWN_ID)
    .option(...TOKEN)
    .option('--result <value>', 'JSON or text to hand over to whoever depends on it; - reads stdin');
  withExamples(complete, ['ai task complete t-4k9x2m --token 4294967297', 'ai task complete t-4k9x2m --token 4294967297 --result \'{"files":3}\'']).action(shell.action(async () => (await import('./complete.js')).runComplete));
  const fail = task
    .command('fail')
    .description('Says that this attempt failed, and ends the lease. The task is tried again while attempts are left.')
    .argument(...OWN_ID)
    .option(...TOKEN)
    .option('--reason <text>', 'what went wrong: the next attempt is told (needed)')
    .option('--class <class>', 'timeout, network, verification, … (default: unknown)')
    .option('--no-retry', 'give up, whatever attempts are left');
  withExamples(fail, ['ai task fail t-4k9x2m --token 4294967297 --reason "the tests need a database"', 'ai task fail t-4k9x2m --token 4294967297 --reason "no such API" --no-retry']).action(shell.action(async () => (await import('./fail.js')).runFail));
  const release = task.command('release').description('Gives a claimed task back as if it had not been taken.').argument(...OWN_ID).option(...TOKEN);
  withExamples(release, ['ai task release t-4k9x2m --token 4294967297', 'ai task release --json']).action(shell.action(async () => (await import('./release.js')).runRelease));
}

function declareClaim(task: Command, shell: Shell): void {
  const command = task
    .command('claim')
    .description('Takes a task with its path locks for a worker of your own, or nothing. Without an id: the next ready one.')
    .argument('[id]', 'task id, or the beginning of one')
    .option('--as <who>', 'who takes it (default: AI_AGENT_ID)')
    .option('--ttl <duration>', 'how long the lease lasts without a heartbeat')
    .option('--wait <duration>', 'wait this long for something to become claimable')
    .option('--capability <word>', 'what the worker can do (repeat, or separate by commas)', collect)
    .option('--id-only', 'print just the id');
  withExamples(command, ['ai task claim --as worker-1 --json', 'ai task claim t-4k9x2m --as worker-1 --ttl 10m', 'ai task claim --as gpu-box --capability cuda --wait 5m']).action(shell.action(async () => (await import('./claim.js')).runClaim));
}

function declareReports(task: Command, shell: Shell): void {
  const heartbeat = task.command('heartbeat').description('Renews the lease, and tells whether the worker is asked to stop.').argument(...OWN_ID).option(...TOKEN).option('--ttl <duration>', 'how long it lasts from now');
  withExamples(heartbeat, ['ai task heartbeat t-4k9x2m --token 4294967297', 'ai task heartbeat t-4k9x2m --token 4294967297 --ttl 5m --json']).action(shell.action(async () => (await import('./heartbeat.js')).runHeartbeat, QUICK));
  const start = task.command('start').description('Says that the work has begun.').argument(...OWN_ID).option(...TOKEN);
  withExamples(start, ['ai task start t-4k9x2m --token 4294967297', 'ai task start --json']).action(shell.action(async () => (await import('./start.js')).runStart, QUICK));
  const progress = task.command('progress').description('Says how far the work is.').argument(...OWN_ID).option(...TOKEN).option('--percent <n>', 'from 0 to 100').option('--note <text>', 'one line for people');
  withExamples(progress, ['ai task progress t-4k9x2m --token 4294967297 --percent 40', 'ai task progress --note "parser done, tests next"']).action(shell.action(async () => (await import('./progress.js')).runProgress, QUICK));
}

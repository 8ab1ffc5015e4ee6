import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';

const ID = ['<id>', 'task id, or the beginning of one'] as const;

/** The verbs that have an agent do the work, show it, and land it. */
export function declareExecution(task: Command, shell: Shell): void {
  declareExecute(task, shell);
  declareLogs(task, shell);
  const diff = task.command('diff').description('Prints what a run changed, as a patch.').argument(...ID).option('--run <id>', 'another run than the newest');
  withExamples(diff, ['ai task diff t-4k9x2m', 'ai task diff t-4k9x2m | git apply --check']).action(shell.action(async () => (await import('./diff.js')).runDiff));
  const evidence = task.command('evidence').description('Lists what every run left behind, and compares each item with its digest. Exits with 1 when one is missing or altered.').argument(...ID);
  withExamples(evidence, ['ai task evidence t-4k9x2m', 'ai task evidence t-4k9x2m --json | jq ".data.runs[0].evidence"']).action(shell.action(async () => (await import('./evidence.js')).runEvidence));
  const merge = task
    .command('merge')
    .description('Lands finished work: rebased on its target as one commit, checked again, fenced.')
    .argument(...ID)
    .option('--into <branch>', 'another branch than the one that was current when the task was created')
    .option('--dry-run', 'tell whether it fits, change nothing');
  withExamples(merge, ['ai task merge t-4k9x2m', 'ai task merge t-4k9x2m --into release --dry-run']).action(shell.action(async () => (await import('./merge.js')).runMerge));
}

function declareExecute(task: Command, shell: Shell): void {
  const command = task
    .command('execute')
    .description('Has an agent do the task, in the foreground: claim, workspace, agent, checks, evidence. Exits with 10 when the agent failed.')
    .argument(...ID)
    .option('--agent <id>', 'this agent (default: the task\'s, the configured, or the best one)')
    .option('--dry-run', 'tell what would be run, start nothing')
    .option('--detach', 'go on in the background; see ai task logs')
    .option('-v, --verbose', 'tell how long each step took');
  withExamples(command, ['ai task execute t-4k9x2m', 'ai task execute t-4k9x2m --agent claude --dry-run', 'ai task execute t-4k9x2m --detach', 'ai task execute t-4k9x2m --json | jq .data.run.outcome']).action(
    shell.action(async () => (await import('./execute.js')).runExecute),
  );
}

function declareLogs(task: Command, shell: Shell): void {
  const command = task
    .command('logs')
    .description('Prints what the agent did and said, event by event.')
    .argument(...ID)
    .option('-f, --follow', 'stay until the run has ended')
    .option('--run <id>', 'another run than the newest')
    .option('--since <seq>', 'only what came after this event');
  withExamples(command, ['ai task logs t-4k9x2m', 'ai task logs t-4k9x2m -f', 'ai task logs t-4k9x2m -f --jsonl --since 120']).action(shell.action(async () => (await import('./logs.js')).runLogs));
}

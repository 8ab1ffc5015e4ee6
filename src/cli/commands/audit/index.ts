import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';
import { briefVerbs } from '../brief-verbs.js';
import { collect } from '../options.js';

/** `ai audit …`: what happened, and the proof that nobody changed the record. */
export function registerAudit(parent: Command, shell: Shell): void {
  const audit = parent.command('audit').description('The tamper-evident log of every change.');
  const log = audit
    .command('log')
    .description('Shows the latest events, newest first.')
    .option('--task <id>', 'only of this task')
    .option('--run <id>', 'only of this run')
    .option('--type <type>', 'only of this type, such as task.claimed (repeat, or separate by commas)', collect)
    .option('--limit <n>', 'so many (default: 50)');
  withExamples(log, ['ai audit log', 'ai audit log --task t-4k9x2m --limit 20', 'ai audit log --type task.failed,task.lost --json']).action(shell.action(async () => (await import('./log.js')).runLog));
  const verify = audit.command('verify').description('Recomputes the hash of every event in order. Exits with 1 when one was altered, removed or moved, and names the first.');
  withExamples(verify, ['ai audit verify', 'ai audit verify --json | jq .data.headHash']).action(shell.action(async () => (await import('./verify.js')).runVerify));
  briefVerbs(audit);
  withExamples(audit, ['ai audit log --limit 20', 'ai audit verify']);
}

export function registerEvents(parent: Command, shell: Shell): void {
  const command = parent
    .command('events')
    .description('Prints events in order, oldest first; with -f also those to come. --jsonl prints one JSON event a line.')
    .option('-f, --follow', 'stay, and print events as they happen')
    .option('--since <seq>', 'only what came after this sequence number (default: all)')
    .option('--task <id>', 'only of this task')
    .option('--type <type>', 'only of this type, such as task.claimed (repeat, or separate by commas)', collect);
  withExamples(command, ['ai events --since 120', 'ai events -f --jsonl', 'ai events -f --type task.completed,task.failed']).action(shell.action(async () => (await import('./events.js')).runEvents));
}

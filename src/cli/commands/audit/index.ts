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
  declareVerify(audit, shell);
  declareExport(audit, shell);
  const anchor = audit
    .command('anchor')
    .description('Signs the log and puts the checkpoint onto refs/ai/checkpoints, where a push takes it out of reach of this machine.')
    .option('--push <remote>', 'push the anchors to this remote; never forced');
  withExamples(anchor, ['ai audit anchor', 'ai audit anchor --push origin']).action(shell.action(async () => (await import('./anchor.js')).runAnchor));
  const key = audit.command('key').description('Prints the public key that the log is signed with, to be told to whoever will check it.');
  withExamples(key, ['ai audit key', 'ai audit key --json | jq -r .data.verifierKey']).action(shell.action(async () => (await import('./key.js')).runKey));
  briefVerbs(audit);
  withExamples(audit, ['ai audit log --limit 20', 'ai audit verify', 'ai audit export --out evidence/']);
}

function declareVerify(audit: Command, shell: Shell): void {
  const verify = audit
    .command('verify')
    .description('Recomputes every hash and every signed root. Exits with 1 when an event was altered, removed or moved, and names the first; with 2 when it can not tell.')
    .option('--from-anchor <ref>', 'compare with the anchors of this ref (default: refs/ai/checkpoints, when it exists)')
    .option('--key <key>', 'the public key, when the private one is not on this machine')
    .option('--bundle <dir>', 'check an exported bundle instead of the database');
  withExamples(verify, ['ai audit verify', 'ai audit verify --json | jq .data.headHash', 'ai audit verify --from-anchor refs/ai/from-origin', 'ai audit verify --bundle evidence/']).action(shell.action(async () => (await import('./verify.js')).runVerify));
}

function declareExport(audit: Command, shell: Shell): void {
  const command = audit
    .command('export')
    .description('Writes events with the proof that they are unchanged; a folder can be checked on any machine with node verify.mjs.')
    .option('--task <id>', 'only of this task')
    .option('--since <seq>', 'only what came after this sequence number (default: all)')
    .option('--format <format>', 'jsonl, ocsf or in-toto (default: jsonl)')
    .option('--out <path>', 'a new folder, or one file when the name ends in .jsonl; without it the lines are printed')
    .option('--to-notes', 'attach the evidence of a task to its landed commits, under refs/notes/ai');
  withExamples(command, ['ai audit export --out evidence', 'ai audit export --task t-4k9x2m --format in-toto --out evidence', 'ai audit export --format ocsf --since 120 > events.jsonl', 'ai audit export --task t-4k9x2m --to-notes']).action(
    shell.action(async () => (await import('./export.js')).runExport),
  );
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

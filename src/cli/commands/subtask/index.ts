import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';
import { briefVerbs } from '../brief-verbs.js';

/** `ai subtask …`: the checklist of a task. */
export function registerSubtask(parent: Command, shell: Shell): void {
  const subtask = parent.command('subtask').description('The checklist of a task. Its progress follows what is ticked off.');
  const add = subtask
    .command('add')
    .description('Adds one item.')
    .argument('<task>', 'task id, or the beginning of one')
    .argument('<title>', 'one line that says what to do')
    .option('--idempotency-key <key>', 'repeat safely: the same key answers the first result')
    .option('--id-only', 'print just the id');
  withExamples(add, ['ai subtask add t-4k9x2m "Write the tests first"', 'ai subtask add t-4k9 "Update the docs" --id-only']).action(shell.action(async () => (await import('./add.js')).runAdd));
  const list = subtask.command('list').description('Shows the checklist of a task.').argument('<task>', 'task id, or the beginning of one').option('--id-only', 'print just the ids');
  withExamples(list, ['ai subtask list t-4k9x2m', 'ai subtask list t-4k9 --json | jq ".data[] | select(.done | not)"']).action(shell.action(async () => (await import('./list.js')).runList));
  const complete = subtask.command('complete').description('Ticks off one item. Safe to repeat.').argument('<id>', 'subtask id, or the beginning of one');
  withExamples(complete, ['ai subtask complete s-2m8q1c', 'ai subtask complete s-2m8 --json']).action(shell.action(async () => (await import('./complete.js')).runComplete));
  const remove = subtask.command('delete').description('Takes one item off the list.').argument('<id>', 'subtask id, or the beginning of one');
  withExamples(remove, ['ai subtask delete s-2m8q1c', 'ai subtask delete s-2m8 --json']).action(shell.action(async () => (await import('./delete.js')).runDelete));
  briefVerbs(subtask);
  withExamples(subtask, ['ai subtask add t-4k9x2m "Write the tests first"', 'ai subtask list t-4k9x2m']);
}

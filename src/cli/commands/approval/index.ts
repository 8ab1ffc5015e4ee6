import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';
import { briefVerbs } from '../brief-verbs.js';

/** `ai approval …`: what waits for a person. */
export function registerApproval(parent: Command, shell: Shell): void {
  const approval = parent.command('approval').description('Shows what waits for the word of a person, and gives it.');
  const list = approval
    .command('list')
    .description('Lists approvals, newest first.')
    .option('--pending', 'only those that wait')
    .option('--task <id>', 'only for this task')
    .option('--limit <n>', 'so many (default: 50)');
  withExamples(list, ['ai approval list --pending', 'ai approval list --task t-4k9x2m --json']).action(shell.action(async () => (await import('./verbs.js')).runList));
  const show = approval.command('show').description('Shows one approval: what for, who may give it, until when.').argument('<id>', 'id of the approval, or its beginning');
  withExamples(show, ['ai approval show a-4k9x2m', 'ai approval show 4k9 --json']).action(shell.action(async () => (await import('./verbs.js')).runShow));
  const approve = approval
    .command('approve')
    .description('Approves exactly this action, once. Refused for agents, and for whoever asked for it.')
    .argument('<id>', 'id of the approval, or its beginning')
    .option('--reason <text>', 'why; the record shows it');
  withExamples(approve, ['ai approval approve a-4k9x2m', 'ai approval approve a-4k9 --reason "read the change"']).action(shell.action(async () => (await import('./verbs.js')).runApprove));
  const deny = approval.command('deny').description('Denies it; one denial decides.').argument('<id>', 'id of the approval, or its beginning').requiredOption('--reason <text>', 'why; the record shows it');
  withExamples(deny, ['ai approval deny a-4k9x2m --reason "not before the release"', 'ai approval deny a-4k9 --reason "wrong file" --json']).action(shell.action(async () => (await import('./verbs.js')).runDeny));
  briefVerbs(approval);
  withExamples(approval, ['ai approval list --pending', 'ai approval approve a-4k9x2m']);
}

import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';
import { briefVerbs } from '../brief-verbs.js';

/** `ai pdr …`: the records of what policy decided. */
export function registerPdr(parent: Command, shell: Shell): void {
  const pdr = parent.command('pdr').description('Shows the record of every policy decision, why it was made, and that it can be made again.');
  const list = pdr
    .command('list')
    .description('Lists decisions, newest first.')
    .option('--task <id>', 'only about this task')
    .option('--run <id>', 'only about this run')
    .option('--point <point>', 'only at this point, such as path.write')
    .option('--effect <effect>', 'only allow, ask or deny')
    .option('--since <duration>', 'so far back, such as 2h')
    .option('--limit <n>', 'so many (default: 50)')
    .option('--before <id>', 'the page before this decision');
  withExamples(list, ['ai pdr list --effect deny', 'ai pdr list --task t-4k9x2m --since 1d --json']).action(shell.action(async () => (await import('./list.js')).runList));
  const show = pdr.command('show').description('Shows one decision: who, what, which rules, which values.').argument('<id>', 'id of the decision, or its beginning');
  withExamples(show, ['ai pdr show d-4k9x2m7qab', 'ai pdr show d-4k9 --json']).action(shell.action(async () => (await import('./show.js')).runShow));
  const explain = pdr.command('explain').description('Tells why a decision is what it is: every rule, what did not fit, and the nearest thing that would change it.').argument('<id>', 'id of the decision, or its beginning');
  withExamples(explain, ['ai pdr explain d-4k9x2m7qab', 'ai pdr explain d-4k9 --json | jq .data.nearest']).action(shell.action(async () => (await import('./explain.js')).runExplain));
  const replay = pdr
    .command('replay')
    .description('Decides a recorded question again, by its own policy or another. Exits with 1 when the answer is not the same.')
    .argument('[id]', 'id of the decision, or its beginning')
    .option('--policy <policy>', 'with this file, or REV or REV:path of git, in the place of the project’s policy')
    .option('--all', 'every decision, and count them');
  withExamples(replay, ['ai pdr replay d-4k9x2m7qab', 'ai pdr replay d-4k9 --policy draft.yaml', 'ai pdr replay --all']).action(shell.action(async () => (await import('./replay.js')).runReplay));
  briefVerbs(pdr);
  withExamples(pdr, ['ai pdr list --effect deny', 'ai pdr explain d-4k9x2m7qab']);
}

import { Option, type Command } from 'commander';
import { withExamples } from '../../help.js';
import { GRAPH_FORMATS } from '../../present/task-graph.js';
import type { Shell } from '../../shell.js';
import { collect } from '../options.js';

const ID = ['<id>', 'task id, or the beginning of one'] as const;

/** The verbs that only look. */
export function declareInsight(task: Command, shell: Shell): void {
  declareList(task, shell);
  const show = task.command('show').description('Everything about one task.').argument(...ID);
  withExamples(show, ['ai task show t-4k9x2m', 'ai task show t-4k9 --json | jq .data.lease']).action(shell.action(async () => (await import('./show.js')).runShow));
  const why = task.command('why').description('Why a task does or does not move, who holds what it needs, and which agents could take it.').argument(...ID);
  withExamples(why, ['ai task why t-4k9x2m', 'ai task why t-4k9x2m --json | jq ".data.obstacles"']).action(shell.action(async () => (await import('./why.js')).runWhy));
  const timeline = task.command('timeline').description('What happened to one task, in order, and its runs.').argument(...ID).option('--limit <n>', 'at most so many of the latest events');
  withExamples(timeline, ['ai task timeline t-4k9x2m', 'ai task timeline t-4k9x2m --limit 20 --json']).action(shell.action(async () => (await import('./timeline.js')).runTimeline));
  const graph = task
    .command('graph')
    .description('Who waits for whom: around one task, or of everything that is not finished.')
    .argument('[id]', 'task id, or the beginning of one')
    .addOption(new Option('--format <format>', 'how to print it').choices(GRAPH_FORMATS).default('text'));
  withExamples(graph, ['ai task graph', 'ai task graph t-4k9x2m --format mermaid', 'ai task graph --format dot | dot -Tsvg > tasks.svg']).action(shell.action(async () => (await import('./graph.js')).runGraph));
  const watch = task
    .command('watch')
    .description('Shows what happens as it happens: to the named tasks until they are finished, or to the whole board.')
    .argument('[ids...]', 'task ids')
    .option('--since <seq>', 'begin after this event of the audit log (default: now)');
  withExamples(watch, ['ai task watch', 'ai task watch t-4k9x2m t-7ab3cd', 'ai task watch --jsonl --since 120']).action(shell.action(async () => (await import('./watch.js')).runWatch));
}

function declareList(task: Command, shell: Shell): void {
  const command = task
    .command('list')
    .description('Lists tasks, newest first.')
    .option('--status <status>', 'only these: queued, claimed, running, blocked, paused, review, done, failed, cancelled, skipped (repeat, or separate by commas)', collect)
    .option('--ready', 'only what can be claimed now')
    .option('--label <word>', 'only with this label (repeat: with all of them)', collect)
    .option('--project <name>', 'only of this project')
    .option('--agent <id>', 'only of this agent')
    .option('--parent <id>', 'only parts of this task')
    .option('--limit <n>', 'so many on a page (default: 50)')
    .option('--after <cursor>', 'the next page: meta.next of the page before')
    .option('--id-only', 'print just the ids');
  withExamples(command, ['ai task list', 'ai task list --status failed,blocked', 'ai task list --ready --label backend --json', 'ai task list --status done --id-only']).action(
    shell.action(async () => (await import('./list.js')).runList),
  );
}

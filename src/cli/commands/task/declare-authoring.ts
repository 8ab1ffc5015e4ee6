import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';
import { collect } from '../options.js';
import { addTaskOptions } from './task-options.js';

/** The verbs of whoever states what is to be done. */
export function declareAuthoring(task: Command, shell: Shell): void {
  declareCreate(task, shell);
  declareImport(task, shell);
  declareEdit(task, shell);
  const remove = task.command('delete').description('Removes a task that nobody works on and nothing depends on.').argument('<id>', 'task id, or the beginning of one');
  withExamples(remove, ['ai task delete t-4k9x2m', 'ai task delete t-4k9 --yes --json']).action(shell.action(async () => (await import('./delete.js')).runDelete));
}

function declareCreate(task: Command, shell: Shell): void {
  const command = task
    .command('create')
    .description('Creates one task. Everything but the title is optional.')
    .argument('<title>', 'one line that says what to do')
    .argument('[-]', 'a lone - reads the description from stdin')
    // Taken only to say what is wrong with them: a title that was not quoted.
    .argument('[rest...]')
    .usage('[options] <title> [-]')
    .configureHelp({ visibleArguments: (shown) => shown.registeredArguments.filter((argument) => argument.name() !== 'rest') });
  addTaskOptions(command).option('--idempotency-key <key>', 'repeat safely: the same key answers the first result').option('--id-only', 'print just the id');
  withExamples(command, [
    'ai task create "Write the parser" --lock "src/parser/**" --verify "npm test"',
    'ai task create "Document the parser" --depends-on t-4k9x2m --label docs --priority low',
    'ai task create "Fix the build" -F notes.md --agent claude --timeout 30m',
    'git diff | ai task create "Review this change" - --id-only',
  ]).action(shell.action(async () => (await import('./create.js')).runCreate));
}

function declareImport(task: Command, shell: Shell): void {
  const command = task
    .command('import')
    .description('Creates the tasks of a file, all or none: a YAML or JSON array, or one JSON object a line.')
    .argument('<file>', 'the file, or - for stdin')
    .option('--dry-run', 'check everything, write nothing')
    .option('--idempotency-key <key>', 'repeat safely: the same key answers the first result')
    .option('--id-only', 'print just the ids');
  withExamples(command, ['ai task import plan.yaml', 'ai task import plan.yaml --dry-run', 'ai task import - --idempotency-key sprint-7 < plan.jsonl']).action(shell.action(async () => (await import('./import.js')).runImport));
}

function declareEdit(task: Command, shell: Shell): void {
  const command = task
    .command('edit')
    .description('Changes what was stated of a task that nobody works on. A given option replaces; an empty value clears. --lock and --lock-shared replace all locks together.')
    .argument('<id>', 'task id, or the beginning of one')
    .option('--title <title>', 'another title');
  addTaskOptions(command)
    .option('--add-depends-on <id>', 'one more dependency (repeat)', collect)
    .option('--remove-depends-on <id>', 'one dependency less (repeat)', collect)
    .option('--add-label <word>', 'one more label (repeat)', collect)
    .option('--remove-label <word>', 'one label less (repeat)', collect);
  withExamples(command, ['ai task edit t-4k9x2m --priority high --add-label urgent', 'ai task edit t-4k9 --add-depends-on t-7ab --verify "npm test"', 'ai task edit t-4k9 --agent ""']).action(
    shell.action(async () => (await import('./edit.js')).runEdit),
  );
}

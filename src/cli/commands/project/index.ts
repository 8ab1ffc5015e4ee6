import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';

export function registerInit(parent: Command, shell: Shell): void {
  const command = parent.command('init').description('Makes this repository a control plane: writes .ai/ with its settings, and creates the database. Safe to repeat.').option('--policy <pack>', 'also write .ai/policy.yaml from this pack: default, strict, open-source or ci; none asks nothing');
  withExamples(command, ['ai init', 'ai init --policy default', 'ai init --root ~/projects/shop --json']).action(shell.bareAction(async () => (await import('./init.js')).runInit));
}

export function registerStatus(parent: Command, shell: Shell): void {
  const command = parent.command('status').description('Shows tasks by status, live runs, leases, agents and problems on one screen.');
  withExamples(command, ['ai status', 'ai status --json | jq .data.tasks']).action(shell.action(async () => (await import('./status.js')).runStatus));
}

export function registerDoctor(parent: Command, shell: Shell): void {
  const command = parent
    .command('doctor')
    .description('Checks Node, git, the database, the settings, the agents and what killed processes left. Exits with 1 when a problem remains.')
    .option('--fix', 'repair what can be repaired without losing anything');
  withExamples(command, ['ai doctor', 'ai doctor --fix', 'ai doctor --json | jq -r ".data.checks[] | select(.state != \\"ok\\") | .message"']).action(
    shell.bareAction(async () => (await import('./doctor.js')).runDoctor),
  );
}

export function registerSchema(parent: Command, shell: Shell): void {
  const command = parent.command('schema').description('Lists the kinds of JSON documents that --json prints, or prints the JSON Schema of one.').argument('[kind]', 'a kind such as task.list');
  withExamples(command, ['ai schema', 'ai schema task.list > task-list.schema.json']).action(shell.bareAction(async () => (await import('./schema.js')).runSchema));
}

export function registerVersion(parent: Command, shell: Shell): void {
  const command = parent.command('version').description('Prints the version of ai, of Node, and the platform.');
  withExamples(command, ['ai version', 'ai version --json | jq -r .data.node']).action(shell.bareAction(async () => (await import('./version.js')).runVersion));
}

export function registerDemo(parent: Command, shell: Shell): void {
  const command = parent.command('demo').description('Plays a small project from start to finish in a temporary folder, with shell scripts as agents. Costs nothing, touches nothing of yours.');
  withExamples(command, ['ai demo', 'ai demo --json | jq .data.runs']).action(shell.bareAction(async () => (await import('./demo.js')).runDemoCommand));
}

import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';
import { briefVerbs } from '../brief-verbs.js';
import { collect } from '../options.js';

const ID = ['<id>', 'the agent'] as const;

/** `ai agent …`: who may do the work, and how. */
export function registerAgent(parent: Command, shell: Shell): void {
  const agent = parent.command('agent').description('Registers the agents that do the work.');
  agent.commandsGroup('Set up:');
  declareRegistration(agent, shell);
  agent.commandsGroup('Look:');
  declareInsight(agent, shell);
  agent.commandsGroup('Steer:');
  declareSteering(agent, shell);
  briefVerbs(agent);
  withExamples(agent, ['ai agent detect', 'ai agent register claude --connector claude-code']);
}

function addSpecOptions(command: Command): Command {
  return command
    .option('--role <word>', 'what it is for, such as reviewer')
    .option('--model <name>', 'the model that it is to use')
    .option('--label <word>', 'for choosing an agent: tasks with the same label prefer it (repeat)', collect)
    .option('--capability <word>', 'what it can do: tasks that require it need it (repeat)', collect)
    .option('--concurrency <n>', 'most tasks at the same time')
    .option('--env <name>', 'a variable of your environment that it may see: the name, never the value (repeat)', collect);
}

function declareRegistration(agent: Command, shell: Shell): void {
  const register = agent
    .command('register')
    .description('Registers an agent. The command connector runs any program: its argument vector comes after --.')
    .argument('<id>', 'a name of yours: a-z, 0-9, ".", "_" and "-"')
    .argument('[argv...]', 'after --: the program and its arguments')
    .requiredOption('--connector <kind>', 'how ai speaks to it: see ai agent detect');
  withExamples(addSpecOptions(register), ['ai agent register claude --connector claude-code --label backend', 'ai agent register coder --connector command --env OPENAI_API_KEY -- ./my-agent.sh --fast']).action(
    shell.action(async () => (await import('./register.js')).runRegister),
  );
  const update = agent
    .command('update')
    .description('Changes a registration. A given option replaces; an empty value clears.')
    .argument(...ID)
    .argument('[argv...]', 'after --: the program and its arguments')
    .option('--connector <kind>', 'how ai speaks to it: see ai agent detect');
  withExamples(addSpecOptions(update), ['ai agent update claude --concurrency 3', 'ai agent update coder --model "" -- ./my-agent.sh --slow']).action(shell.action(async () => (await import('./update.js')).runUpdate));
  const label = agent
    .command('label')
    .description('Adds and removes labels.')
    .argument(...ID)
    .argument('[labels...]', 'labels to add')
    .option('--add <word>', 'a label to add (repeat)', collect)
    .option('--remove <word>', 'a label to remove (repeat)', collect);
  withExamples(label, ['ai agent label claude backend urgent', 'ai agent label claude --add docs --remove urgent']).action(shell.action(async () => (await import('./label.js')).runLabel));
}

function declareInsight(agent: Command, shell: Shell): void {
  const list = agent.command('list').description('Lists the registered agents.').option('--id-only', 'print just the ids');
  withExamples(list, ['ai agent list', 'ai agent list --json | jq ".data[].id"']).action(shell.action(async () => (await import('./list.js')).runList));
  const show = agent.command('show').description('Everything about one agent, its client, and what it works on.').argument(...ID);
  withExamples(show, ['ai agent show claude', 'ai agent show claude --json | jq .data.detection']).action(shell.action(async () => (await import('./show.js')).runShow));
  const detect = agent.command('detect').description('Looks for known agent CLIs on this machine. Spends no token and does not reach the network.').option('--id-only', 'print just the connectors that were found');
  withExamples(detect, ['ai agent detect', 'ai agent detect --json | jq -r ".data[] | select(.installed) | .connector"']).action(shell.action(async () => (await import('./detect.js')).runDetect));
  const test = agent.command('test').description('Starts an agent once with a harmless order, and tells what worked. May spend a few tokens. Exits with 1 when it does not work.').argument(...ID);
  withExamples(test, ['ai agent test claude', 'ai agent test coder --json | jq ".data.steps"']).action(shell.action(async () => (await import('./test.js')).runTest));
}

function declareSteering(agent: Command, shell: Shell): void {
  const enable = agent.command('enable').description('Lets an agent take tasks again, also after ai paused it.').argument(...ID);
  withExamples(enable, ['ai agent enable claude', 'ai agent enable claude --json']).action(shell.action(async () => (await import('./enable.js')).runEnable));
  const disable = agent.command('disable').description('Gives an agent no more tasks. What it works on goes on.').argument(...ID);
  withExamples(disable, ['ai agent disable claude', 'ai agent disable claude --json']).action(shell.action(async () => (await import('./enable.js')).runDisable));
  const remove = agent.command('remove').description('Forgets a registration. Not while the agent works.').argument(...ID);
  withExamples(remove, ['ai agent remove coder', 'ai agent remove coder --json']).action(shell.action(async () => (await import('./remove.js')).runRemove));
}

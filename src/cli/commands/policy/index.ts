import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';
import { briefVerbs } from '../brief-verbs.js';
import { collect } from '../options.js';

/** `ai policy …`: what agents may do, and the tools for whoever writes it down. */
export function registerPolicy(parent: Command, shell: Shell): void {
  const policy = parent.command('policy').description('Writes, checks and explains the policy: what agents may do, and where they ask first.');
  policy.commandsGroup('Write it:');
  declareAuthoring(policy, shell);
  policy.commandsGroup('Understand it:');
  declareInsight(policy, shell);
  policy.commandsGroup('Change it:');
  declareChange(policy, shell);
  declareOverride(policy, shell);
  policy.commandsGroup('Apply it:');
  declareCheck(policy, shell);
  briefVerbs(policy);
  withExamples(policy, ['ai policy init', 'ai policy validate', 'ai policy explain path.write --path src/billing/tax.ts --agent claude', 'ai help policy check']);
}

function declareAuthoring(policy: Command, shell: Shell): void {
  const init = policy
    .command('init')
    .description('Writes .ai/policy.yaml to start from. Never overwrites one.')
    .option('--pack <name>', 'default, strict, open-source or ci (default: default)')
    .option('--print', 'only print it');
  withExamples(init, ['ai policy init', 'ai policy init --pack strict --print']).action(shell.action(async () => (await import('./init.js')).runInit));
  const validate = policy
    .command('validate')
    .description('Looks for mistakes in every layer, and runs the examples. Exits with 2 when a file can not be used, with 1 when it does not do what it says.')
    .argument('[file]', 'only this file; - reads stdin');
  withExamples(validate, ['ai policy validate', 'ai policy validate .ai/policy.yaml --json']).action(shell.action(async () => (await import('./validate.js')).runValidate));
  const test = policy
    .command('test')
    .description('Runs the examples of the rules, or of files of their own, through the evaluator. Exits with 1 when one fails.')
    .argument('[files...]', 'lists of examples, or policies');
  withExamples(test, ['ai policy test', 'ai policy test test/policy-examples.yaml']).action(shell.action(async () => (await import('./test.js')).runTest));
  const schema = policy.command('schema').description('Prints the JSON Schema of a policy file, for editors.');
  withExamples(schema, ['ai policy schema > policy.schema.json', 'ai policy schema --json | jq .data.schema']).action(shell.action(async () => (await import('./schema.js')).runSchema));
}

function declareInsight(policy: Command, shell: Shell): void {
  const show = policy
    .command('show')
    .description('Lists the rules in force, with layer, effect and place.')
    .option('--effective', 'print the whole policy as canonical JSON, the text that its digest is of')
    .option('--for <agent>', 'with the layer of this agent')
    .option('--at <rev>', 'as of a commit');
  withExamples(show, ['ai policy show', 'ai policy show --for claude --at HEAD~1', 'ai policy show --json | jq -r .data.digest']).action(shell.action(async () => (await import('./show.js')).runShow));
  const match = policy
    .command('match')
    .description('Tells which rules cover a path, and what would be decided if it were written.')
    .argument('<paths...>', 'relative to the root of the repository')
    .option('--for <agent>', 'written by this agent (default: by you)')
    .option('--counts', 'also count the tracked files that each rule covers');
  withExamples(match, ['ai policy match src/billing/tax.ts --for claude', 'ai policy match .ai/policy.yaml --counts']).action(shell.action(async () => (await import('./match.js')).runMatch));
  const explain = policy
    .command('explain')
    .description('Decides a question without recording it, and tells how every rule took part and what would change it.')
    .argument('<point>', 'such as path.write, command.run or task.claim')
    .option('--agent <id>', 'who asks (default: you)')
    .option('--task <id>', 'on behalf of this task')
    .option('--path <path>', 'about this path (repeat)', collect)
    .option('--command <text>', 'about this command line')
    .option('--skill <name>', 'about this skill')
    .option('--fact <name=value>', 'with this fact, such as task.risk=high (repeat)', collect);
  withExamples(explain, ['ai policy explain path.write --agent claude --path src/billing/tax.ts --fact task.risk=high', 'ai policy explain command.run --agent claude --command "npm publish"']).action(
    shell.action(async () => (await import('./explain.js')).runExplain),
  );
  const conflicts = policy
    .command('conflicts')
    .description('Finds allows that a stricter rule overrules, each with a request that shows it. Exits with 1 when there are any.')
    .argument('[policy]', 'a file, or REV or REV:path of git (default: what is in force)')
    .option('--all', 'also list overlaps of rules that both hold back');
  withExamples(conflicts, ['ai policy conflicts', 'ai policy conflicts .ai/policy.yaml --json']).action(shell.action(async () => (await import('./conflicts.js')).runConflicts));
}

function declareChange(policy: Command, shell: Shell): void {
  const diff = policy
    .command('diff')
    .description('Tells what a policy allows that another did not, each with a request that shows it. Exits with 1 when it is wider.')
    .argument('[old]', 'a file, or REV or REV:path of git (default: HEAD)')
    .argument('[new]', 'the same (default: .ai/policy.yaml as it lies there)');
  withExamples(diff, ['ai policy diff', 'ai policy diff main HEAD', 'ai policy diff main:.ai/policy.yaml draft.yaml']).action(shell.action(async () => (await import('./diff.js')).runDiff));
  const impact = policy
    .command('impact')
    .description('Decides recorded questions again with another policy, and lists those that it would answer otherwise.')
    .requiredOption('--policy <policy>', 'a file, or REV or REV:path of git')
    .option('--since <duration>', 'so far back (default: 30d)');
  withExamples(impact, ['ai policy impact --policy draft.yaml', 'ai policy impact --policy feature --since 7d --json']).action(shell.action(async () => (await import('./impact.js')).runImpact));
}

function declareOverride(policy: Command, shell: Shell): void {
  const override = policy.command('override').description('Switches a rule off for a while, where the rule permits it.');
  const add = override
    .command('add')
    .description('Overrides a rule that says it may be overridden. Refused for a locked one, and for agents.')
    .argument('<rule>', 'id of the rule')
    .requiredOption('--layer <layer>', 'project, agent or task: in whose name')
    .requiredOption('--reason <text>', 'why; the record shows it')
    .requiredOption('--expires <when>', 'a duration such as 2h, or a day such as 2030-06-30')
    .option('--agent <id>', 'only for this agent')
    .option('--task <id>', 'only for this task');
  withExamples(add, ['ai policy override add money-needs-owner --layer task --task t-4k9x2m --reason "hotfix, Anna agreed" --expires 2h', 'ai policy override add docs-only --layer agent --agent writer --reason "moves pages" --expires 2030-06-30']).action(
    shell.action(async () => (await import('./override.js')).runAddOverride),
  );
  const list = override.command('list').description('Lists overrides in force that were given at the command line.').option('--all', 'also those that expired or were revoked');
  withExamples(list, ['ai policy override list', 'ai policy override list --all --json']).action(shell.action(async () => (await import('./override.js')).runListOverrides));
  const revoke = override.command('revoke').description('Ends an override now.').argument('<id>', 'id of the override, or its beginning');
  withExamples(revoke, ['ai policy override revoke o-4k9x2m', 'ai policy override revoke 4k9']).action(shell.action(async () => (await import('./override.js')).runRevokeOverride));
  briefVerbs(override);
  withExamples(override, ['ai policy override list', 'ai policy override revoke o-4k9x2m']);
}

function declareCheck(policy: Command, shell: Shell): void {
  const check = policy
    .command('check')
    .description('Checks changes against the policy of the commit they start from. Exits with 0 when clean, 1 for violations, 2 when it can not decide.')
    .option('--staged', 'what git commit would commit now')
    .option('--base <ref>', 'everything since this branch or commit was left')
    .option('--head <ref>', 'up to here (default: HEAD)')
    .option('--run <id>', 'what a run changed')
    .option('--files <paths...>', 'these files as the index has them; - reads names from stdin, separated by NUL or line breaks')
    .option('--format <format>', 'text, json, sarif, github or junit (default: text)')
    .option('--report <format=file>', 'also write a report into a file (repeat)', collect)
    .option('--require-evidence', 'every commit of an agent in the range has to come with signed evidence');
  withExamples(check, ['ai policy check --staged', 'ai policy check --base origin/main --format github --report sarif=policy.sarif', 'git diff --name-only -z | ai policy check --files -']).action(
    shell.bareAction(async () => (await import('./check.js')).runCheck),
  );
}

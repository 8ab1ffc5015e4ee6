import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';
import { briefVerbs } from '../brief-verbs.js';

/** `ai hook …`: what a client's own hooks run before each tool call. */
export function registerHook(parent: Command, shell: Shell): void {
  const hook = parent.command('hook').description('What the hooks of an agent program run: reads the call on standard input, answers by exit code (0: go on, 2: blocked).');
  const claude = hook
    .command('claude-code')
    .argument('<event>', 'pre-tool-use')
    .description('Decides one tool call of Claude Code, by the policy of the commit that is checked out. Whatever goes wrong blocks the call.');
  const examples = ['ai hook claude-code pre-tool-use || exit 2', 'ai hook claude-code pre-tool-use < payload.json'];
  withExamples(claude, examples).action(shell.bareAction(async () => (await import('./claude-code.js')).runClaudeCode));
  briefVerbs(hook);
  withExamples(hook, examples);
}

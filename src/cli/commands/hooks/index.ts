import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';
import { briefVerbs } from '../brief-verbs.js';

/** `ai hooks …`: the git hooks that check policy before a commit and before a push. */
export function registerHooks(parent: Command, shell: Shell): void {
  const hooks = parent.command('hooks').description('Puts policy checks into the git hooks of this repository, beside hooks that are there.');
  const install = declareChange(hooks.command('install').description('Installs the hooks; both without a choice. An earlier hook is kept and runs first. Safe to repeat.'), 'replace a hook of ours that was edited, and install beside a hook manager or into a shared folder');
  withExamples(install, ['ai hooks install', 'ai hooks install --pre-commit --dry-run']).action(shell.bareAction(async () => (await import('./install.js')).runInstall));
  const uninstall = declareChange(hooks.command('uninstall').description('Takes our hooks away and puts back what was there before, byte for byte.'), 'also when ours was edited by hand');
  withExamples(uninstall, ['ai hooks uninstall', 'ai hooks uninstall --pre-push']).action(shell.bareAction(async () => (await import('./install.js')).runUninstall));
  const status = hooks.command('status').description('Tells which hooks are installed, and who else manages hooks here.');
  withExamples(status, ['ai hooks status', 'ai hooks status --json | jq ".data.hooks[].state"']).action(shell.bareAction(async () => (await import('./status.js')).runStatus));
  briefVerbs(hooks);
  withExamples(hooks, ['ai hooks install', 'ai hooks status']);
}

function declareChange(command: Command, force: string): Command {
  return command
    .option('--pre-commit', 'the hook that checks what is committed')
    .option('--pre-push', 'the hook that checks what is pushed')
    .option('--force', force)
    .option('--dry-run', 'only tell what would be done');
}

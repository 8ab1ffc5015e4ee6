import type { Command } from 'commander';

/** Adds examples to a command's help. Every command has at least two; a test counts them. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
}

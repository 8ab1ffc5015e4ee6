import type { Command } from 'commander';

/** In the help of a noun each verb gets one line: the first clause of what its own help says, and its arguments without "[options]". */
export function briefVerbs(noun: Command): void {
  for (const verb of noun.commands) verb.summary(firstClause(verb.description()));
  // `ai help NOUN VERB` is the one way to ask for help by a word.
  noun.helpCommand(false).configureHelp({ subcommandTerm: (verb) => `${verb.name()} ${verb.usage().replace('[options]', '').trim()}`.trimEnd() });
}

function firstClause(text: string): string {
  return /^[^.:;]*/.exec(text)?.[0] ?? text;
}

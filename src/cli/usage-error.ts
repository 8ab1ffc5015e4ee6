import type { Command, CommanderError } from 'commander';
import { AiError } from '../domain/kernel/errors.js';
import { firstOperand } from './globals.js';

const SUGGESTION = /\n?\(Did you mean (?:one of )?([^?]+)\?\)/;

/** Puts commander's complaint into our form: what is wrong, what was probably meant, and the next command to type. */
export function usageError(error: CommanderError, words: readonly string[], program: Command): AiError {
  const path = commandPath(words, program);
  const command = ['ai', ...path.map((step) => step.name())].join(' ');
  const last = path.at(-1) ?? program;
  if (error.code === 'commander.help') return missingVerb(command, last);
  const suggestions = (SUGGESTION.exec(error.message)?.[1] ?? '').split(', ').filter((word) => word !== '');
  const [best] = suggestions;
  const text = error.message.replace(SUGGESTION, '').replace(/^error: /, '').trim();
  const meant = suggestions.length === 0 ? '' : `; did you mean ${suggestions.join(' or ')}?`;
  const corrected = best !== undefined && error.code === 'commander.unknownCommand' ? `${command} ${best}` : `${command} --help`;
  return new AiError({
    code: 'USAGE',
    message: `${command}: ${text.replaceAll("'", '"')}${meant === '' && !/[.?!]$/.test(text) ? '.' : meant}`,
    hint: corrected,
    details: { command, suggestions },
    cause: error,
  });
}

function missingVerb(command: string, last: Command): AiError {
  const verbs = last.commands.map((verb) => verb.name()).filter((name) => name !== 'help');
  return new AiError({ code: 'USAGE', message: `${command} needs one of ${verbs.join(', ')}.`, hint: `${command} --help`, details: { command, suggestions: verbs } });
}

/** The commands that the line names, from the noun on. */
function commandPath(words: readonly string[], program: Command): Command[] {
  const path: Command[] = [];
  let rest = words;
  for (let current = program; ; ) {
    const at = firstOperand(rest);
    const next = current.commands.find((command) => command.name() === rest[at] || command.aliases().includes(rest[at] ?? ''));
    if (at === -1 || next === undefined) return path;
    path.push(next);
    current = next;
    rest = rest.slice(at + 1);
  }
}

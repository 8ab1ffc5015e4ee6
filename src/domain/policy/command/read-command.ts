import { peel } from './peel.js';
import { readText } from './read-text.js';
import type { CommandReading } from './command-reading.js';
import { readList } from './read-list.js';
import { readQuotedPart } from './read-word.js';
import { Session } from './session.js';
import { literalWord } from './shell-word.js';
import { Unreadable } from './unreadable.js';

export type { CommandReading, SimpleCommand, Word } from './command-reading.js';

/** Longer text is unreadable, in UTF-16 code units. */
export const COMMAND_CHARACTERS = 64 * 1024;

/**
 * Reads a command line as a POSIX shell, bash and zsh would, without running anything. What these shells would read
 * differently is unreadable. Never throws.
 */
export function readCommand(text: string): CommandReading {
  return collect(text, (session) => readText(text, session));
}

/** Reads the arguments of a program that is started without a shell. Never throws. */
export function readArguments(argv: readonly string[]): CommandReading {
  return collect(argv.map(quoteForShell).join(' '), (session) => peel(argv.map(literalWord), session));
}

function collect(text: string, read: (session: Session) => void): CommandReading {
  const session = new Session({ readList, readQuotedPart, peel });
  try {
    if (text.length > COMMAND_CHARACTERS) throw new Unreadable(`it has more than ${COMMAND_CHARACTERS} characters`);
    if (/\0|\p{Surrogate}/u.test(text)) throw new Unreadable('it has a NUL character or broken Unicode');
    read(session);
    return { kind: 'plain', text, commands: session.commands };
  } catch (error) {
    // Anything else that goes wrong must not make a command readable.
    return { kind: 'unreadable', text, reason: error instanceof Unreadable ? error.message : 'it could not be read', commands: session.commands };
  }
}

const quoteForShell = (word: string): string => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

import { isDangerousVariable } from './dangerous-variables.js';
import { peel } from './peel.js';
import type { Word } from './command-reading.js';
import { RESERVED_WORDS } from './reserved-words.js';
import { isRedirection, readRedirection } from './read-redirection.js';
import { readWord } from './read-word.js';
import type { Session } from './session.js';
import { Unreadable } from './unreadable.js';
import type { ShellWord } from './shell-word.js';
import type { Source } from './source.js';

/** Reads a command of words and redirections, and takes off its wrappers. */
export function readSimple(source: Source, session: Session): void {
  const from = session.count;
  const words: ShellWord[] = [];
  const writes: Word[] = [];
  const start = source.at;
  for (;;) {
    source.skipBlanks();
    if (source.peek() === '#') source.takeMatch(/[^\n]*/y);
    if (isRedirection(source)) readRedirection(source, session, writes);
    else if (!readNextWord(source, session, words)) break;
  }
  if (source.at === start) throw new Unreadable(`${JSON.stringify(source.peek())} stands where a command belongs`);
  if (source.peek() === '(') throw new Unreadable('it has a function or another use of "(" that is not read');
  if (words.length > 0) peel(words, session);
  session.addWrites(writes, from);
}

function readNextWord(source: Source, session: Session, words: ShellWord[]): boolean {
  const word = readWord(source, session);
  if (word === null) return false;
  const touchesRedirection = /^[<>](?!\()/.test(source.peek(2));
  if (touchesRedirection && word.bare && /^\d+$/.test(word.head)) return true;
  if (touchesRedirection && /^\{\w+\}$/.test(word.head)) throw new Unreadable('it has a redirection that shells read differently');
  if (words.length > 0 || word.assigns === null) {
    if (words.length === 0) refuseReserved(word);
    words.push(word);
  } else refuseAssignment(word.assigns);
  return true;
}

function refuseReserved(word: ShellWord): void {
  if (word.bare && (RESERVED_WORDS.has(word.value ?? '') || word.head.startsWith('{'))) throw new Unreadable(`it has ${JSON.stringify(word.head)} where a command belongs`);
}

function refuseAssignment(name: string): void {
  if (isDangerousVariable(name)) throw new Unreadable(`it sets ${name}, which changes what programs run`);
}

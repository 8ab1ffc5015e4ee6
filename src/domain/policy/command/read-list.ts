import { readNested } from './read-nested.js';
import { readHereDocuments } from './here-document.js';
import { readRedirections } from './read-redirection.js';
import { readSimple } from './read-simple.js';
import { readWord } from './read-word.js';
import { isDangerousVariable } from './dangerous-variables.js';
import type { Session } from './session.js';
import { Unreadable } from './unreadable.js';
import type { Source } from './source.js';

const RESERVED = /(?:if|then|elif|else|fi|while|until|do|done|for|case|esac|select|function|coproc|repeat|foreach|end|time|in|\}|\[\[|\]\])(?=[\s;&|()<>]|$)|[!{](?=\s)/y;


/** Reads commands up to one of the closers, which is stepped over and returned; '' is the end of the text. */
export function readList(source: Source, session: Session, closers: readonly string[]): string {
  let isEmpty = true;
  for (;;) {
    skipLines(source, session);
    const closer = takeCloser(source, closers);
    if (closer !== null) {
      if (isEmpty && closer !== '' && closer !== ')') throw new Unreadable(`a command is missing before ${closer}`);
      return closer;
    }
    readCommand(source, session);
    isEmpty = false;
    readOperators(source, session);
  }
}

function takeCloser(source: Source, closers: readonly string[]): string | null {
  if (source.isAtEnd) {
    if (!closers.includes('')) throw new Unreadable(`${closers.join(' or ')} is missing`);
    if (source.pending.length > 0) throw new Unreadable('a here-document is never ended');
    return '';
  }
  if (source.peek() === ')') {
    if (!source.take(')') || !closers.includes(')')) throw new Unreadable('a ")" closes nothing');
    return ')';
  }
  const before = source.at;
  const word = source.takeMatch(RESERVED)?.[0];
  if (word !== undefined && closers.includes(word)) return word;
  source.at = before;
  return null;
}

/** Operators after a command; after `&&`, `||` and `|` another one must follow. */
function readOperators(source: Source, session: Session): void {
  source.skipBlanks();
  while (source.takeMatch(/&&|\|\||\|&?/y) !== null) {
    skipLines(source, session);
    if (source.isAtEnd) throw new Unreadable('a command is missing at its end');
    readCommand(source, session);
    source.skipBlanks();
  }
  if (source.takeMatch(/;(?![;&|])|&(?![&>|!])|(?=[\n)#])/y) === null && !source.isAtEnd) throw new Unreadable(`${JSON.stringify(source.peek())} stands where an operator belongs`);
}

function skipLines(source: Source, session: Session): void {
  for (;;) {
    source.skipBlanks();
    if (source.peek() === '#') source.takeMatch(/[^\n]*/y);
    if (!source.take('\n')) return;
    readHereDocuments(source, session);
  }
}

function readCommand(source: Source, session: Session): void {
  const from = session.count;
  const before = source.at;
  if (source.take('(')) {
    if (source.peek() === '(') throw new Unreadable('it calculates with ((...))');
    session.deeper(() => readNested(source, session, ')'));
    readRedirections(source, session, from);
    return;
  }
  const word = source.takeMatch(RESERVED)?.[0];
  const compound = word === undefined ? undefined : COMPOUNDS.get(word);
  if (compound !== undefined) {
    session.deeper(() => compound(source, session));
    if (word !== '!') readRedirections(source, session, from);
    return;
  }
  if (word !== undefined && word !== 'time' && word !== 'in') throw new Unreadable(`it has ${JSON.stringify(word)}, whose effect is not read`);
  source.at = before;
  readSimple(source, session);
}

type Compound = (source: Source, session: Session) => void;

const readLoop: Compound = (source, session) => {
  readList(source, session, ['do']);
  readList(source, session, ['done']);
};

const readIf: Compound = (source, session) => {
  readList(source, session, ['then']);
  let closer = readList(source, session, ['elif', 'else', 'fi']);
  while (closer === 'elif') {
    readList(source, session, ['then']);
    closer = readList(source, session, ['elif', 'else', 'fi']);
  }
  if (closer === 'else') readList(source, session, ['fi']);
};

const readFor: Compound = (source, session) => {
  source.skipBlanks();
  const [name] = source.takeMatch(/[A-Za-z_][A-Za-z0-9_]*(?=[\s;])/y) ?? [];
  if (name === undefined || isDangerousVariable(name)) throw new Unreadable('it has a for whose variable is not read');
  skipLines(source, session);
  if (source.takeMatch(/in(?=[\s;])/y) !== null) while (readWord(source, session) !== null);
  source.skipBlanks();
  if (source.peek() !== '\n' && !source.take(';') && source.peek(2) !== 'do') throw new Unreadable('it has a for that is not read');
  skipLines(source, session);
  if (takeCloser(source, ['do']) === null) throw new Unreadable('do is missing after for');
  readList(source, session, ['done']);
};

const COMPOUNDS: ReadonlyMap<string, Compound> = new Map<string, Compound>([
  ['if', readIf],
  ['while', readLoop],
  ['until', readLoop],
  ['for', readFor],
  ['{', (source, session) => void readList(source, session, ['}'])],
  ['!', (source, session) => {
    source.skipBlanks();
    readCommand(source, session);
  }],
]);

import { readNested } from './read-nested.js';
import { decodeEscapes } from './ansi-c.js';
import { isDangerousVariable } from './dangerous-variables.js';
import type { Session } from './session.js';
import { Unreadable } from './unreadable.js';
import { WordBuilder } from './shell-word.js';
import { Source } from './source.js';

interface Place {
  readonly builder: WordBuilder;
  readonly inQuotes: boolean;
}

/** Reads what follows a `$`. Its value is only known when it runs, except that of `$'...'`. */
export function readDollar(source: Source, session: Session, place: Place): void {
  if (source.takeMatch(/\(\([0-9 \t+*/%<>=!&|^~?:-]*\)\)/y) !== null) place.builder.addUnknown(place.inQuotes);
  else if (source.peek(2) === '((' || source.peek() === '[') throw new Unreadable('it has an arithmetic expansion that may run code');
  else if (source.take('(')) readSubstitution(source, session, place);
  else if (source.take('{')) readBraced(source, session, place);
  else if (!place.inQuotes && source.take("'")) place.builder.addQuoted(decodeEscapes(readAnsiC(source)));
  else if (!place.inQuotes && source.peek() === '"') place.builder.addUnknown(true);
  else if (source.takeMatch(/[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]|[~^=:+](?=[A-Za-z_{])/y) !== null) place.builder.addUnknown(place.inQuotes);
  else if (place.inQuotes) place.builder.addQuoted('$');
  else place.builder.addBare('$');
}

function readSubstitution(source: Source, session: Session, place: Place): void {
  session.deeper(() => readNested(source, session, ')'));
  place.builder.addUnknown(place.inQuotes);
}

/** Text between backquotes is a command line of its own, once its escapes are taken away. */
export function readBackticks(source: Source, session: Session, inDoubleQuotes: boolean): void {
  let text = '';
  while (!source.take('`')) {
    if (source.isAtEnd) throw new Unreadable('a backquote is never closed');
    const character = source.next();
    const isEscape = character === '\\' && (inDoubleQuotes ? '$`\\"' : '$`\\').includes(source.peek() || ' ');
    text += isEscape ? source.next() : character;
  }
  session.deeper(() => readNested(new Source(text), session, ''));
}

function readAnsiC(source: Source): string {
  const text = source.takeUntil("'", "a $' quote");
  // Other shells end the quote there and read on.
  if (/(^|[^\\])(\\\\)*\\$/.test(text)) throw new Unreadable("it has an escaped quote inside $'...'");
  return text;
}

/** `${name}` and forms of it that only take the value apart; not those that calculate, go through another name, or run it. */
function readBraced(source: Source, session: Session, place: Place): void {
  if (source.takeMatch(/#?(?:[A-Za-z_][A-Za-z0-9_]*(?:\[(?:[@*]|\d+)\])?|[0-9]+|[@*#?$-])\}/y) === null) {
    const [, name = ''] = source.takeMatch(/([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*])(?::?[-+=?]|##?|%%?)/y) ?? [];
    if (name === '') throw new Unreadable('it has a ${...} whose effect can not be told');
    if (isDangerousVariable(name)) throw new Unreadable(`it may set ${name}`);
    readOperand(source, session, place.inQuotes);
  }
  place.builder.addUnknown(place.inQuotes);
}

/** The word after the operator, up to the closing brace: commands in it are run. */
function readOperand(source: Source, session: Session, inQuotes: boolean): void {
  const builder = new WordBuilder();
  while (!source.take('}')) {
    if (source.isAtEnd) throw new Unreadable('a ${ is never closed');
    if (/["'{]/.test(source.peek())) throw new Unreadable('it has quotes or braces inside ${...}');
    session.grammar.readQuotedPart(source, session, { builder, escapes: inQuotes ? '$`"\\}' : '$`"\'\\}{' });
  }
}

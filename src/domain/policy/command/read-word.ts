import { readNested } from './read-nested.js';
import { readBackticks, readDollar } from './read-dollar.js';
import type { Session } from './session.js';
import { Unreadable } from './unreadable.js';
import { WordBuilder, type ShellWord } from './shell-word.js';
import type { Source } from './source.js';

const ENDS = /[ \t\n;&|<>()]/;
const PLAIN = /[A-Za-z0-9_./:@%+=,-]+/y;
const PROCESS = /^[<>]\($/;
/** Blank to some shells and not to others, or not to be seen at all. */
const AMBIGUOUS = /[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Cf}]|(?! )\p{Zs}/u;

/** Reads one word; null when none begins here. Commands inside it are read, too. */
export function readWord(source: Source, session: Session): ShellWord | null {
  source.skipBlanks();
  const start = source.at;
  const builder = new WordBuilder();
  if (PROCESS.test(source.peek(2))) readProcess(source, session, builder);
  while (!source.isAtEnd && !ENDS.test(source.peek())) readPart(source, session, builder);
  return source.at === start ? null : builder.build();
}

function readProcess(source: Source, session: Session, builder: WordBuilder): void {
  source.at += 2;
  session.deeper(() => readNested(source, session, ')'));
  builder.addUnknown(true);
}

function readPart(source: Source, session: Session, builder: WordBuilder): void {
  const [plain] = source.takeMatch(PLAIN) ?? [];
  if (plain !== undefined) {
    builder.addBare(plain);
    return;
  }
  const character = source.next();
  if (character === "'") builder.addQuoted(source.takeUntil("'", 'a single quote'));
  else if (character === '"') readDoubleQuotes(source, session, builder);
  else if (character === '\\') readEscape(source, builder);
  else if (character === '$') readDollar(source, session, { builder, inQuotes: false });
  else if (character === '`') {
    readBackticks(source, session, false);
    builder.addUnknown(false);
  } else if (AMBIGUOUS.test(character)) throw new Unreadable('it has an invisible or control character outside quotes');
  else builder.addBare(character);
}

function readEscape(source: Source, builder: WordBuilder): void {
  if (source.isAtEnd) throw new Unreadable('it ends with a backslash');
  const character = source.next();
  if (character !== '\n') builder.addQuoted(character);
}

function readDoubleQuotes(source: Source, session: Session, builder: WordBuilder): void {
  builder.addQuoted('');
  while (!source.take('"')) {
    if (source.isAtEnd) throw new Unreadable('a double quote is never closed');
    readQuotedPart(source, session, { builder, escapes: '$`"\\' });
  }
}

/** One part of a text in which only `$`, backquote and some escapes mean something. */
export function readQuotedPart(source: Source, session: Session, into: { readonly builder: WordBuilder; readonly escapes: string }): void {
  const character = source.next();
  if (character === '$') readDollar(source, session, { builder: into.builder, inQuotes: true });
  else if (character === '`') {
    readBackticks(source, session, into.escapes.includes('"'));
    into.builder.addUnknown(true);
  } else if (character === '\\') readQuotedEscape(source, into);
  else into.builder.addQuoted(character);
}

function readQuotedEscape(source: Source, into: { readonly builder: WordBuilder; readonly escapes: string }): void {
  const character = source.peek();
  if (character === '\n') source.at += 1;
  else if (character !== '' && into.escapes.includes(character)) into.builder.addQuoted(source.next());
  else into.builder.addQuoted('\\');
}

import type { Session } from './session.js';
import type { Source } from './source.js';
import { Unreadable } from './unreadable.js';

/** Reads commands up to the closer ('' is the end of the text). Here-documents that begin inside end inside. */
export function readNested(source: Source, session: Session, closer: string): void {
  const outer = source.pending;
  source.pending = [];
  session.grammar.readList(source, session, [closer]);
  if (source.pending.length > 0) throw new Unreadable('a here-document begins in a group and ends outside of it');
  source.pending = outer;
}

import { readQuotedPart } from './read-word.js';
import type { Session } from './session.js';
import { Unreadable } from './unreadable.js';
import { WordBuilder } from './shell-word.js';
import { Source } from './source.js';

/** Steps over the texts of here-documents after a line break. Where words are replaced, commands inside are read. */
export function readHereDocuments(source: Source, session: Session): void {
  const documents = source.pending;
  source.pending = [];
  for (const document of documents) {
    const body = takeBody(source, document);
    if (!document.quoted) readBody(new Source(body), session);
  }
}

function takeBody(source: Source, document: { readonly end: string; readonly quoted: boolean; readonly stripsTabs: boolean }): string {
  let body = '';
  while (!source.isAtEnd) {
    const [line = ''] = source.takeMatch(/[^\n]*/y) ?? [];
    source.take('\n');
    if ((document.stripsTabs ? line.replace(/^\t+/, '') : line) === document.end) return body;
    // There a shell looks for the end in the line that follows as well, or does not: they differ.
    if (!document.quoted && line.endsWith('\\')) throw new Unreadable('a here-document has a line that ends with a backslash');
    body += `${line}\n`;
  }
  throw new Unreadable('a here-document is never ended');
}

function readBody(source: Source, session: Session): void {
  const builder = new WordBuilder();
  while (!source.isAtEnd) readQuotedPart(source, session, { builder, escapes: '$`\\' });
}

import type { Word } from './command-reading.js';
import { readWord } from './read-word.js';
import type { Session } from './session.js';
import { Unreadable } from './unreadable.js';
import type { ShellWord } from './shell-word.js';
import type { Source } from './source.js';

const OPERATOR = /&>>?|<<<|<<-?|<>|<&|>&|>>|>\||[<>]/y;
/** No files: writing to them changes nothing. */
const NO_FILE = /^\/dev\/(?:null|stdout|stderr|fd\/\d+)$/;

/** Reads the redirections after a group, and records what they write. */
export function readRedirections(source: Source, session: Session, from: number): void {
  const writes: Word[] = [];
  for (;;) {
    source.skipBlanks();
    source.takeMatch(/\d+(?=[<>])/y);
    if (!isRedirection(source)) break;
    readRedirection(source, session, writes);
  }
  session.addWrites(writes, from);
}

/** True when a redirection comes next; `<(...)` is a word. */
export const isRedirection = (source: Source): boolean => /^(?:&>|[<>](?!\())/.test(source.peek(2));

/** Reads one redirection, adding the file that it writes, if it writes one. */
export function readRedirection(source: Source, session: Session, writes: Word[]): void {
  const operator = source.takeMatch(OPERATOR)?.[0] ?? '';
  if (source.peek() === '!') throw new Unreadable('it has a redirection that shells read differently');
  if (operator === '<<' || operator === '<<-') {
    readHereDocumentStart(source, operator === '<<-');
    return;
  }
  const target = readWord(source, session);
  if (target === null) throw new Unreadable('a redirection has no file');
  if (!operator.includes('>')) refuseNetwork(target);
  else if (!isDuplication(operator, target) && !NO_FILE.test(target.value ?? '')) writes.push(target.value);
}

/** `2>&1` and `>&-` name descriptors, not files. */
const isDuplication = (operator: string, target: ShellWord): boolean => operator === '>&' && target.bare && /^(?:\d+-?|-)$/.test(target.value ?? '');

/** Reading from such a name opens a connection. */
function refuseNetwork(target: ShellWord): void {
  if (target.head.startsWith('/dev/tcp/') || target.head.startsWith('/dev/udp/')) throw new Unreadable('it opens a network connection by a redirection');
}

function readHereDocumentStart(source: Source, stripsTabs: boolean): void {
  source.skipBlanks();
  const match = source.takeMatch(/(?:([A-Za-z0-9_.-]+)|'([^'\n]*)'|"([A-Za-z0-9_ .-]*)"|\\([A-Za-z0-9_.-]+))(?=[\s;&|<>)]|$)/y);
  if (match === null) throw new Unreadable('a here-document has an end that is not read');
  const [, bare, ...quoted] = match;
  source.pending.push({ end: bare ?? quoted.find((text) => (text as string | undefined) !== undefined) ?? '', quoted: bare === undefined, stripsTabs });
}

import { readNested } from './read-nested.js';
import type { Session } from './session.js';
import { Source } from './source.js';

/** Reads text that is handed to a shell as a command line of its own. */
export function readText(text: string, session: Session): void {
  session.deeper(() => readNested(new Source(text), session, ''));
}

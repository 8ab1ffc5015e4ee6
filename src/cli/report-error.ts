import { isAiError } from '../domain/kernel/errors.js';
import { escapeText } from './escape.js';
import { exitCodeOf } from './exit-codes.js';
import type { Failure } from './failure.js';
import type { Host } from './host.js';
import type { Io } from './io.js';
import { errorDocument } from './print-answer.js';

/** Tells of a failure on the right stream and answers the exit code. The only place where an error becomes text. */
export async function reportError(io: Io, host: Host, failure: Failure): Promise<number> {
  const { error, globals } = failure;
  const shown = isAiError(error) ? error : await bugAsError(host, failure);
  if (globals.json || globals.jsonl) io.out(errorDocument(shown));
  // Not a note: --quiet silences progress, never the reason of a failure.
  else io.error(`${io.style.red('error:')} ${escapeText(shown.message)}${shown.hint === undefined ? '' : `\n${io.style.dim('hint: ')} ${escapeText(shown.hint)}`}`);
  return exitCodeOf(error);
}

async function bugAsError(host: Host, failure: Failure): Promise<Parameters<typeof errorDocument>[0]> {
  const { writeBugReport } = await import('./bug-report.js');
  const file = writeBugReport(host, failure);
  return {
    code: 'BUG',
    message: file === null ? 'This is a bug in ai, not a mistake of yours, and no report of it could be written.' : `This is a bug in ai, not a mistake of yours; a report of it is in ${file}`,
    hint: undefined,
    retryable: false,
    details: { report: file },
  };
}

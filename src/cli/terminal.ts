import type { GlobalOptions } from './host.js';
import type { Io } from './io.js';
import { isCharacterDevice, type Output } from './output.js';
import { createStyle, wantsAppendOnly, wantsColour } from './style.js';

const COLUMNS_WITHOUT_TERMINAL = 100;

export interface TerminalParts {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Read when a command asks for it, see `Io.signal`. */
  readonly signal: () => AbortSignal;
}

/** The terminal as commands see it, with the options of this call applied. */
export function createTerminal(parts: TerminalParts, globals: GlobalOptions): Io {
  const { stdout, stderr, environment } = parts;
  const error = (text: string): void => {
    stderr.write(`${text}\n`);
  };
  const note = globals.quiet ? (): void => undefined : error;
  return {
    out: (text) => {
      stdout.write(text);
    },
    note,
    error,
    drained: async () => {
      await stdout.drained();
      await stderr.drained();
    },
    readStdin: async (maxBytes) => (await import('./stdin.js')).readStdin(maxBytes, note),
    confirm: async (question, fallback) => {
      if (globals.yes) return true;
      if (globals.noInput || globals.json || globals.jsonl || !stderr.isTerminal || !isCharacterDevice(0)) return fallback;
      return (await import('./stdin.js')).confirm(question, fallback);
    },
    stdoutIsTerminal: stdout.isTerminal,
    columns: stdout.columns ?? COLUMNS_WITHOUT_TERMINAL,
    style: createStyle(wantsColour(environment, { noColor: globals.noColor, isTerminal: stdout.isTerminal })),
    appendOnly: wantsAppendOnly(environment, stdout.isTerminal),
    get signal() {
      return parts.signal();
    },
  };
}

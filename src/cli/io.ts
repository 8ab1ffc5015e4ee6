import type { GlobalOptions } from './host.js';

/** The terminal as commands see it. stdout carries the answer, stderr everything else. */
export interface Io {
  /** Writes text to stdout as it is. The caller has escaped what is not its own. */
  out(text: string): void;
  /** Progress, warnings and hints for people, on stderr; silent with --quiet. */
  note(text: string): void;
  /** Why the command failed, on stderr, also with --quiet. For the shell's own error report. */
  error(text: string): void;
  /** Resolves when stdout took everything; use between lines of a long stream. Rejects never; a closed pipe ends the process quietly. */
  drained(): Promise<void>;
  /** Reads all of stdin as UTF-8. Throws INVALID_INPUT beyond `maxBytes`. */
  readStdin(maxBytes: number): Promise<string>;
  /** Asks on the terminal; `fallback` when it can't ask (no terminal, --no-input, --json). */
  confirm(question: string, fallback: boolean): Promise<boolean>;
  readonly stdoutIsTerminal: boolean;
  /** Columns of the terminal; 100 when there is none. */
  readonly columns: number;
  readonly style: Style;
  /** Print new lines only and never move the cursor: no terminal, TERM=dumb, or ACCESSIBLE=1. */
  readonly appendOnly: boolean;
  /**
   * Aborted by SIGINT or SIGTERM. A command that reads it takes over: it stops in its own time and way.
   * One that never reads it is ended at once, with exit code 128+n.
   */
  readonly signal: AbortSignal;
}

/** Colours, or the identity when colour is off. */
export interface Style {
  readonly enabled: boolean;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** A successful answer: one JSON document with `--json`, text without it. */
export interface Answer {
  /** `noun.verb`; names the published schema. */
  readonly kind: string;
  readonly data: unknown;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
  readonly warnings?: readonly string[] | undefined;
  /** Text for people, without the final line break. Called only when it is needed. */
  readonly text: (view: View) => string;
  /** Exit code when it is not 0: an answer that is "no" (1), a failed agent (10). */
  readonly exitCode?: number | undefined;
  /** What `--id-only` prints, one id a line. */
  readonly ids?: readonly string[] | undefined;
}

/** What text needs to know of the terminal. */
export interface View {
  readonly style: Style;
  readonly columns: number;
  readonly nowMs: number;
}

export interface CommandContext {
  readonly io: Io;
  readonly globals: GlobalOptions;
}

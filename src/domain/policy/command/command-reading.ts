/** One word of a command: what it is, or null where that is only known when it runs (`$HOME`, `*.ts`, `$(date)`). */
export type Word = string | null;

/** A simple command: its words after wrappers (`env`, `sudo`, `sh -c` …) were peeled off. */
export interface SimpleCommand {
  readonly words: readonly Word[];
  /** Files that redirections write; null for a name that is only known when it runs. */
  readonly writes: readonly Word[];
}

/**
 * What a command line was read as. `plain`: it consists of exactly these commands, those inside wrappers and substitutions
 * included. `unreadable`: it has something whose effect can't be told from the text; it is never allowed by a rule.
 */
export type CommandReading =
  | { readonly kind: 'plain'; readonly text: string; readonly commands: readonly SimpleCommand[] }
  | { readonly kind: 'unreadable'; readonly text: string; readonly reason: string; readonly commands: readonly SimpleCommand[] };

import type { SimpleCommand, Word } from './command-reading.js';
import type { ShellWord, WordBuilder } from './shell-word.js';
import type { Source } from './source.js';
import { Unreadable } from './unreadable.js';

/** How deep commands may lie in each other: groups, substitutions, wrappers, text handed to a shell. */
export const COMMAND_DEPTH = 16;
export const COMMAND_COUNT = 1_000;

/** Rules of the grammar that stand within each other, handed in where one file would have to import its own user. */
export interface Grammar {
  /** Reads commands up to one of the closers, and answers which one. */
  readonly readList: (source: Source, session: Session, closers: readonly string[]) => string;
  /** Reads the next part of a quoted word into the builder. */
  readonly readQuotedPart: (source: Source, session: Session, into: { readonly builder: WordBuilder; readonly escapes: string }) => void;
  /** Takes wrappers off a command. */
  readonly peel: (words: readonly ShellWord[], session: Session) => void;
}

/** What was found so far in one command line, whatever lies inside whatever. */
export class Session {
  readonly grammar: Grammar;
  private readonly found: { words: readonly Word[]; writes: readonly Word[] }[] = [];
  private depth = 0;
  private moves = false;

  constructor(grammar: Grammar) {
    this.grammar = grammar;
  }

  get count(): number {
    return this.found.length;
  }

  /** Once a command leaves the folder, a relative name of a file may be any file. */
  get commands(): readonly SimpleCommand[] {
    return this.moves ? this.found.map(({ words, writes }) => ({ words, writes: writes.map((name) => (name?.startsWith('/') === true ? name : null)) })) : [...this.found];
  }

  emit(words: readonly Word[]): void {
    if (this.found.length >= COMMAND_COUNT) throw new Unreadable(`it has more than ${COMMAND_COUNT} commands`);
    this.found.push({ words, writes: [] });
  }

  /** Records what redirections write: with the last command found since `from`, or on its own. */
  addWrites(writes: readonly Word[], from: number): void {
    if (writes.length === 0) return;
    if (this.found.length === from) this.emit([]);
    const last = this.found.at(-1);
    if (last !== undefined) last.writes = [...last.writes, ...writes];
  }

  leaveFolder(): void {
    this.moves = true;
  }

  /** Does something one level deeper. */
  deeper<T>(work: () => T): T {
    if (this.depth >= COMMAND_DEPTH) throw new Unreadable(`commands lie in each other more than ${COMMAND_DEPTH} deep`);
    this.depth += 1;
    const result = work();
    this.depth -= 1;
    return result;
  }
}

import type { Word } from './command-reading.js';

/** A word as a shell reads it. */
export interface ShellWord {
  readonly value: Word;
  /** No part of it is quoted, so that it may be a reserved word or the number of a file descriptor. */
  readonly bare: boolean;
  /** The text before the first part that is only known when it runs; all of it, when there is none. */
  readonly head: string;
  /** It may become several words, or none. */
  readonly splits: boolean;
  /** Unquoted text before an unquoted `=` at its beginning: the name that it assigns to, or null. */
  readonly assigns: string | null;
}

export const literalWord = (value: string): ShellWord => ({ value, bare: false, head: value, splits: false, assigns: null });
/** One word whose text is only known when it runs. */
export const unknownWord = (head = ''): ShellWord => ({ value: null, bare: false, head, splits: false, assigns: null });

/** Stands in the shape of a word for what is quoted, and for what is not known. */
const QUOTED = '\u0001';
const UNKNOWN = '\u0002';

/** Puts a word together; its shape has the unquoted characters only, which alone mean something to a shell. */
export class WordBuilder {
  private text = '';
  private shape = '';
  private head: string | null = null;
  private splits = false;
  private quoted = false;

  addBare(text: string): void {
    this.text += text;
    this.shape += text;
  }

  addQuoted(text: string): void {
    this.quoted = true;
    this.text += text;
    this.shape += QUOTED.repeat(Math.min(text.length, 1));
  }

  addUnknown(inQuotes: boolean): void {
    this.head ??= this.text;
    this.shape += UNKNOWN;
    this.splits ||= !inQuotes;
  }

  build(): ShellWord {
    const expands = isPattern(this.shape) || hasBraces(this.shape) || /^~|[=:]~|^=/.test(this.shape);
    const isKnown = this.head === null && !expands;
    const assigns = /^([A-Za-z_][A-Za-z0-9_]*)\+?=/.exec(this.shape)?.[1] ?? null;
    return { value: isKnown ? this.text : null, bare: !this.quoted && this.head === null, head: this.head ?? this.text, splits: this.splits || expands, assigns };
  }
}

/** `[` alone is a command, and `[` can't be a class without more behind it. */
const isPattern = (shape: string): boolean => /[*?]/.test(shape) || /\[./.test(shape);
const hasBraces = (shape: string): boolean => shape.includes('{') && /,|\.\./.test(shape.slice(shape.indexOf('{')));

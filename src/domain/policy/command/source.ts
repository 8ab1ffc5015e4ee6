import { Unreadable } from './unreadable.js';

/** Shell text and the place that is read next. */
export class Source {
  readonly text: string;
  at = 0;
  /** Here-documents whose text begins after the next line break. */
  pending: HereDocument[] = [];

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The next characters; shorter at the end. */
  peek(length = 1): string {
    return this.text.slice(this.at, this.at + length);
  }

  /** Steps over the text if it comes next. */
  take(expected: string): boolean {
    if (!this.text.startsWith(expected, this.at)) return false;
    this.at += expected.length;
    return true;
  }

  /** Steps over what a sticky pattern finds at this place. */
  takeMatch(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at += match[0].length;
    return match;
  }

  next(): string {
    const character = this.text.charAt(this.at);
    this.at += 1;
    return character;
  }

  /** The text up to the next such character, and steps over it. */
  takeUntil(end: string, what: string): string {
    const found = this.text.indexOf(end, this.at);
    if (found === -1) throw new Unreadable(`${what} is never closed`);
    const text = this.text.slice(this.at, found);
    this.at = found + end.length;
    return text;
  }

  /** Spaces, tabs, and line breaks after a backslash. */
  skipBlanks(): void {
    this.takeMatch(/(?:[ \t]|\\\n)+/y);
  }
}

export interface HereDocument {
  readonly end: string;
  /** Nothing in it is replaced. */
  readonly quoted: boolean;
  readonly stripsTabs: boolean;
}

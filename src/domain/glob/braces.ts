import { invalidGlob } from './invalid-glob.js';
import { classEnd } from './class.js';

/** How many patterns one pattern with braces may stand for. */
export const EXPANSION_LIMIT = 256;

/**
 * The patterns that a pattern with braces stands for: `a/{b,c{d,e}}` is `a/b`, `a/cd` and `a/ce`.
 * Brackets protect braces: `[{]` is a literal one. Throws INVALID_GLOB, quoting `written`: the pattern as its author typed it.
 */
export function expandBraces(pattern: string, written = pattern): string[] {
  if (!pattern.includes('{') && !pattern.includes('}')) return [pattern];
  return [...new Set(new BraceReader(pattern, written).readAll())];
}

/** Reads from left to right; `at` is the next character. */
class BraceReader {
  private readonly pattern: string;
  private readonly written: string;
  private at = 0;

  constructor(pattern: string, written: string) {
    this.pattern = pattern;
    this.written = written;
  }

  readAll(): string[] {
    const results = this.readSequence('');
    if (this.at < this.pattern.length) throw invalidGlob(this.written, 'a "}" closes no "{"', 'Write [}] for a literal brace.');
    return results;
  }

  /** Reads up to one of the characters that stop it, or the end. */
  private readSequence(stops: string): string[] {
    let results = [''];
    while (this.at < this.pattern.length) {
      const character = this.pattern.charAt(this.at);
      if (character === '}' || stops.includes(character)) break;
      results = this.append(results, character === '{' ? this.readBrace() : [this.readText(stops)]);
    }
    return results;
  }

  private append(beginnings: readonly string[], endings: readonly string[]): string[] {
    this.refuseTooMany(beginnings.length * endings.length);
    return beginnings.flatMap((beginning) => endings.map((ending) => beginning + ending));
  }

  private readText(stops: string): string {
    const start = this.at;
    while (this.at < this.pattern.length) {
      const character = this.pattern.charAt(this.at);
      if (character === '{' || character === '}' || stops.includes(character)) break;
      this.at = character === '[' ? classEnd(this.pattern, this.at, this.written) + 1 : this.at + 1;
    }
    return this.pattern.slice(start, this.at);
  }

  private readBrace(): string[] {
    const start = this.at;
    const results: string[] = [];
    let alternatives = 0;
    do {
      this.at += 1;
      results.push(...this.readSequence(','));
      this.refuseTooMany(results.length);
      alternatives += 1;
    } while (this.pattern.charAt(this.at) === ',');
    if (this.at >= this.pattern.length) throw invalidGlob(this.written, 'a "{" is never closed', 'Close it with "}", or write [{] for a literal brace.');
    this.at += 1;
    if (alternatives === 1) throw this.singleAlternative(start);
    return results;
  }

  private singleAlternative(start: number): Error {
    const brace = this.pattern.slice(start, this.at);
    if (brace.includes('..')) return invalidGlob(this.written, `the range ${brace} is not supported`, 'Write [1-9] for one character of a range, or list the names: {1,2,3}.');
    return invalidGlob(this.written, `${brace} has one alternative only`, 'List two or more, as in {a,b}, or write [{] and [}] for literal braces.');
  }

  private refuseTooMany(count: number): void {
    if (count > EXPANSION_LIMIT) {
      throw invalidGlob(this.written, `its braces stand for more than ${EXPANSION_LIMIT} patterns`, 'Write several patterns, or use * instead of naming every case.');
    }
  }
}

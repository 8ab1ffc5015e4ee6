import { isMap, isScalar, isSeq, type LineCounter, type Node, type Scalar } from 'yaml';
import { closestWord } from '../../domain/kernel/closest-word.js';
import { quote } from '../../domain/kernel/ids.js';
import { findInvisible } from './invisible.js';
import { POLICY_FILE_LIMITS } from './limits.js';
import { PROBLEMS_LIMIT, type PolicyProblem } from './problem.js';

/** A key of a map with its value; null is a key without one. */
export interface Entry {
  readonly key: Scalar<string>;
  readonly value: Node | null;
}

export type Section = ReadonlyMap<string, Entry>;

/** A text and where it stands. */
export interface Word {
  readonly text: string;
  readonly node: Scalar;
}

/**
 * Takes a document apart and keeps count of everything that is wrong with it, each with its place. What can't be read
 * is null, and the reading goes on.
 */
export class Reader {
  readonly problems: PolicyProblem[] = [];
  readonly warnings: PolicyProblem[] = [];
  private readonly source: string;
  private readonly lines: LineCounter;

  constructor(source: string, lines: LineCounter) {
    this.source = source;
    this.lines = lines;
  }

  /** `file:line:column`. */
  place(at: Node | number): string {
    const { line, col } = this.lines.linePos(typeof at === 'number' ? at : startOf(at));
    return `${this.source}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  }

  problem(at: Node | number, message: string, hint: string | null = null): null {
    this.problems.push({ at: this.place(at), message, hint });
    return null;
  }

  warn(at: Node | number, message: string, hint: string | null = null): void {
    this.warnings.push({ at: this.place(at), message, hint });
  }

  /** A map with known keys only. */
  section(node: Node | null, what: string, keys: readonly string[]): Section | null {
    const entries = this.entries(node, what);
    for (const [name, { key }] of entries ?? []) if (!keys.includes(name)) this.unknownKey(key, what, keys);
    return entries;
  }

  private unknownKey(key: Scalar<string>, what: string, keys: readonly string[]): void {
    if (key.value === '<<') {
      this.problem(key, 'merge keys (<<) are not supported', 'Write the keys out.');
      return;
    }
    const meant = this.closest(key.value, keys);
    this.problem(key, `${what} has no key ${quote(key.value)}`, meant === undefined ? `It may have ${keys.join(', ')}.` : `Did you mean ${meant}?`);
  }

  /** Comparing words is dear; for a problem that nobody is shown it is not done. */
  private closest(word: string, words: readonly string[]): string | undefined {
    return this.problems.length < PROBLEMS_LIMIT ? closestWord(word, words) : undefined;
  }

  /** A map with any keys, each once. */
  entries(node: Node | null, what: string): Section | null {
    if (!isMap(node)) return this.problem(node ?? 0, `${what} is ${shapeOf(node)}; it has to be a map of keys and values`, null);
    const entries = new Map<string, Entry>();
    for (const { key, value } of node.items) {
      if (!isScalar(key) || typeof key.value !== 'string') {
        this.problem(isNodeLike(key) ? key : node, `a key of ${what} is no plain word`, 'Write key: value.');
        continue;
      }
      const entry = { key: key as Scalar<string>, value: value as Node | null };
      if (entries.has(key.value)) this.problem(key, `the key ${quote(key.value)} stands twice in ${what}`, 'Leave one of them out.');
      else entries.set(key.value, entry);
    }
    return entries;
  }

  list(node: Node | null, what: string, most: number = POLICY_FILE_LIMITS.items): readonly Node[] | null {
    if (!isSeq(node)) return this.problem(node ?? 0, `${what} is ${shapeOf(node)}; it has to be a list`, isScalar(node) && node.value !== null ? `Write [${quote(writtenAs(node))}].` : null);
    if (node.items.length === 0) return this.problem(node, `${what} is an empty list`, 'Leave the key out, or write what belongs into it.');
    if (node.items.length > most) return this.problem(node, `${what} has ${node.items.length} items and the limit is ${most}`, null);
    return node.items as Node[];
  }

  /** A text of one or more lines, without characters that nobody sees. */
  text(node: Node | null, what: string, most: number = POLICY_FILE_LIMITS.lineCharacters): string | null {
    if (!isScalar(node) || typeof node.value !== 'string') {
      const isNumberOrBool = isScalar(node) && node.value !== null;
      return this.problem(node ?? 0, `${what} is ${shapeOf(node)}; it has to be a text`, isNumberOrBool ? `Put it in quotes: "${writtenAs(node)}".` : null);
    }
    const text = node.value.trim();
    if (text === '') return this.problem(node, `${what} is empty`, 'Write something, or leave the key out.');
    if (text.length > most) return this.problem(node, `${what} has ${text.length} characters and the limit is ${most}`, null);
    const invisible = findInvisible(text);
    return invisible === null ? text : this.problem(node, `${what} has ${invisible.what}`, 'Leave it out: what is not seen must not decide.');
  }

  words(node: Node | null, what: string, most?: number): readonly Word[] | null {
    const items = this.list(node, what, most);
    if (items === null) return null;
    const words = new Map<string, Word>();
    for (const item of items) {
      const text = this.text(item, `an item of ${what}`);
      if (text === null) continue;
      if (words.has(text)) this.problem(item, `${quote(text)} stands twice in ${what}`, 'Leave one of them out.');
      else words.set(text, { text, node: item as Scalar });
    }
    return [...words.values()];
  }

  oneOf<T extends string>(node: Node | null, what: string, values: readonly T[]): T | null {
    const text = this.text(node, what);
    if (text === null) return null;
    return values.find((value) => value === text) ?? this.notOneOf(node, `${what} is ${quote(text)}`, { text, values });
  }

  someOf<T extends string>(node: Node | null, what: string, values: readonly T[]): readonly T[] | null {
    const words = this.words(node, what);
    const known = words?.map(({ text, node: at }) => values.find((value) => value === text) ?? this.notOneOf(at, `${what} has ${quote(text)}`, { text, values }));
    return known?.filter((value) => value !== null) ?? null;
  }

  private notOneOf(node: Node | null, message: string, { text, values }: { readonly text: string; readonly values: readonly string[] }): null {
    const meant = this.closest(text, values);
    return this.problem(node ?? 0, `${message}, which does not exist`, meant === undefined ? `Write one of ${values.join(', ')}.` : `Did you mean ${meant}?`);
  }

  flag(node: Node | null, what: string): boolean | null {
    if (isScalar(node) && typeof node.value === 'boolean') return node.value;
    return this.problem(node ?? 0, `${what} is ${shapeOf(node)}; it has to be true or false`, 'Write true or false, without quotes.');
  }

  /** The digits of a number as they are written: `4.00` stays `4.00`. */
  digits(node: Node | null, what: string, form: RegExp): string | null {
    const written = isScalar(node) ? (typeof node.value === 'string' ? node.value : typeof node.value === 'number' ? node.source : undefined) : undefined;
    if (written !== undefined && form.test(written)) return written;
    return this.problem(node ?? 0, `${what} is ${written === undefined ? shapeOf(node) : quote(written)}`, null);
  }
}

export const startOf = (node: Node): number => node.range?.[0] ?? 0;

function isNodeLike(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}

function shapeOf(node: Node | null): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null) return 'empty';
  return `${typeof node.value === 'string' ? 'the text' : typeof node.value === 'number' ? 'the number' : 'the value'} ${quote(writtenAs(node))}`;
}

const writtenAs = (node: Scalar): string => node.source ?? JSON.stringify(node.value);

import { parsePattern } from '../../domain/glob/pattern.js';
import { closestWord } from '../../domain/kernel/closest-word.js';
import { isAiError } from '../../domain/kernel/errors.js';
import { quote } from '../../domain/kernel/ids.js';
import type { Node } from 'yaml';
import { POLICY_FILE_LIMITS } from './limits.js';
import { checkName, present } from './names.js';
import type { Entry, Reader, Word } from './reader.js';

/** Named sets of paths. */
export type Sets = ReadonlyMap<string, readonly string[]>;

export function readSets(reader: Reader, entry: Entry | undefined): Sets {
  const sets = new Map<string, readonly string[]>();
  if (entry === undefined) return sets;
  const entries = reader.entries(entry.value, 'sets');
  if (entries !== null && entries.size > POLICY_FILE_LIMITS.sets) reader.problem(entry.key, `there are ${entries.size} sets and the limit is ${POLICY_FILE_LIMITS.sets}`);
  for (const [name, { key, value }] of entries ?? []) {
    const patterns = reader.words(value, `the set ${quote(name)}`)?.map((word) => checkSetItem(reader, word));
    // A broken set is known by name all the same: its users are not to blame.
    checkName(reader, { text: name, node: key }, 'the set');
    sets.set(name, present(patterns));
  }
  return sets;
}

function checkSetItem(reader: Reader, word: Word): string | null {
  if (word.text.startsWith('@')) return reader.problem(word.node, `the set has the set ${quote(word.text)} in it`, 'Write its paths here: a set has paths only.');
  return checkPattern(reader, word);
}

function checkPattern(reader: Reader, { text, node }: Word): string | null {
  try {
    return parsePattern(text).text;
  } catch (error) {
    if (!isAiError(error, 'INVALID_GLOB')) throw error;
    return reader.problem(node, error.message, error.hint ?? null);
  }
}

/** Expands `@name` and counts what comes out, because a few short rules could stand for very many patterns. */
export class PathReader {
  private readonly reader: Reader;
  private readonly sets: Sets;
  private patterns = 0;

  constructor(reader: Reader, sets: Sets) {
    this.reader = reader;
    this.sets = sets;
  }

  read(node: Node | null, what: string): readonly string[] | null {
    const words = this.reader.words(node, what);
    if (words === null) return null;
    const patterns = new Set(words.flatMap((word) => this.expand(word)));
    const before = this.patterns;
    this.patterns += patterns.size;
    const limit = POLICY_FILE_LIMITS.patterns;
    if (before <= limit && this.patterns > limit) this.reader.problem(node ?? 0, `the rules have more than ${limit} paths altogether, with the sets put in`, 'Use fewer and wider patterns.');
    return this.patterns > limit ? [] : [...patterns];
  }

  private expand(word: Word): readonly string[] {
    if (!word.text.startsWith('@')) return present([checkPattern(this.reader, word)]);
    const name = word.text.slice(1);
    const set = this.sets.get(name);
    if (set !== undefined) return set;
    const meant = closestWord(name, [...this.sets.keys()]);
    this.reader.problem(word.node, `there is no set ${quote(name)}`, meant === undefined ? 'Name it under `sets:`; a path that really begins with @ is written [@]name.' : `Did you mean @${meant}?`);
    return [];
  }
}

import type { CompiledAlternative } from '../../glob/compile.js';
import { matchesName } from '../../glob/name-matcher.js';
import { placeRuns } from '../../glob/runs.js';
import type { PathSet } from '../../glob/path-set.js';
import { startWork } from '../../glob/work.js';

interface Entry {
  readonly owner: number;
  readonly alternative: CompiledAlternative;
}

const UNCOUNTED = startWork(Number.POSITIVE_INFINITY);

/** True when the set covers the path given by its names, in the form of comparison of the set. */
export const coversNames = (set: PathSet, names: readonly string[]): boolean => fitsSome(set.include, names) && !fitsSome(set.except, names);

const fitsSome = (alternatives: readonly CompiledAlternative[], names: readonly string[]): boolean => alternatives.some((alternative) => fits(alternative, names));

const fits = (alternative: CompiledAlternative, names: readonly string[]): boolean => placeRuns(alternative, names, (matcher, name) => matchesName(matcher, name, UNCOUNTED)) !== null;

/**
 * Which of many sets cover a path: patterns are found by the literal names that they begin with, by a literal name
 * in them, or by the extension at their end, so that ten thousand paths are not compared with every pattern of a hundred rules.
 */
export class PathIndex {
  private readonly sets: readonly PathSet[];
  private readonly byPrefix = new Map<string, Entry[]>();
  private readonly byName = new Map<string, Entry[]>();
  private readonly byExtension = new Map<string, Entry[]>();
  private readonly others: Entry[] = [];

  /** All sets are of one form of comparison. */
  constructor(sets: readonly PathSet[]) {
    this.sets = sets;
    sets.forEach((set, owner) => {
      for (const alternative of set.include) this.add({ owner, alternative });
    });
  }

  /** Adds the numbers of the sets that cover the path. */
  find(names: readonly string[], found: Set<number>): void {
    let prefix = '';
    for (const name of names) {
      prefix = prefix === '' ? name : `${prefix}/${name}`;
      this.compare(this.byPrefix.get(prefix), names, found);
      this.compare(this.byName.get(name), names, found);
    }
    this.compare(this.byExtension.get(extensionOf(names.at(-1) ?? '')), names, found);
    this.compare(this.others, names, found);
  }

  private compare(entries: readonly Entry[] | undefined, names: readonly string[], found: Set<number>): void {
    if (entries === undefined) return;
    for (const { owner, alternative } of entries) {
      if (found.has(owner) || !fits(alternative, names)) continue;
      if (!fitsSome(this.sets[owner]?.except ?? [], names)) found.add(owner);
    }
  }

  private add(entry: Entry): void {
    const prefix = literalPrefixOf(entry.alternative);
    const name = entry.alternative.flat().find((matcher) => matcher.literal !== null)?.literal;
    const ending = entry.alternative.at(-1)?.at(-1);
    const extension = ending?.literal === null ? extensionOf(ending.affixes?.after ?? '') : '';
    if (prefix !== '') put(this.byPrefix, prefix, entry);
    else if (typeof name === 'string') put(this.byName, name, entry);
    else if (extension !== '') put(this.byExtension, extension, entry);
    else this.others.push(entry);
  }
}

/** From the last dot on: two names that end alike with a dot in it have the same one. */
const extensionOf = (name: string): string => (name.includes('.') ? name.slice(name.lastIndexOf('.')) : '');

function put(entries: Map<string, Entry[]>, key: string, entry: Entry): void {
  const known = entries.get(key);
  if (known === undefined) entries.set(key, [entry]);
  else known.push(entry);
}

function literalPrefixOf(alternative: CompiledAlternative): string {
  const names: string[] = [];
  for (const matcher of alternative[0] ?? []) {
    if (matcher.literal === null) break;
    names.push(matcher.literal);
  }
  return names.join('/');
}

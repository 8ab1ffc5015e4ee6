import type { ReadFact } from '../condition.js';
import type { FactName, FactValue, Facts } from '../facts.js';
import type { RequestPath } from '../request.js';

/** Hands out the facts of a request and writes down which were read: of several paths, the value for the first one. */
export class FactReader {
  private readonly facts: Facts;
  private readonly values = new Map<FactName, FactValue | null>();

  constructor(facts: Facts) {
    this.facts = facts;
  }

  /** Reads for one path, or for none; what is read goes into `seen` as well. */
  reading(path: RequestPath | null, seen: Map<FactName, FactValue | null>): ReadFact {
    return (name) => {
      const value = usable(pathFact(name, path) ?? (Object.hasOwn(this.facts, name) ? this.facts[name] : undefined));
      seen.set(name, value ?? null);
      if (!this.values.has(name)) this.values.set(name, value ?? null);
      return value;
    };
  }

  /** Every fact that was read, sorted by name; null is absent. */
  recorded(): Readonly<Record<string, FactValue | null>> {
    return toRecord(this.values);
  }
}

export const toRecord = (values: ReadonlyMap<FactName, FactValue | null>): Readonly<Record<string, FactValue | null>> => Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)));

function pathFact(name: FactName, path: RequestPath | null): FactValue | undefined {
  if (name === 'path') return path?.path;
  if (name === 'change.kind') return path?.kind ?? undefined;
  return name === 'change.mode' ? (path?.mode ?? undefined) : undefined;
}

/** What is no number has no place in a comparison: it counts as absent, which is an error where it is needed. */
const usable = (value: FactValue | undefined): FactValue | undefined => (typeof value === 'number' && !Number.isFinite(value) ? undefined : value);

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { StateFacts, StatePlace } from './state-place.js';

/** What is needed to make the git state of a workspace anew. */
export interface Sealed {
  readonly rules: Buffer;
  readonly facts: StateFacts;
  /** Tree that the index matches; null where it was not at hand. */
  readonly tree: string | null;
}

/**
 * Remembers, in this process alone, what our git state of a workspace looked like when we last wrote it. The agent
 * runs as the same user and could find the files; it can't find this.
 */
export interface Seals {
  seal(place: StatePlace, content: Omit<Sealed, 'rules'>): Promise<void>;
  /** What this process sealed last, looked at or not; null when another process made the state. */
  find(place: StatePlace): Sealed | null;
  /** What was sealed, when somebody else has written since; null when all is well, or was made by another process. */
  findBroken(place: StatePlace): Promise<Sealed | null>;
}

export function createSeals(): Seals {
  const sealed = new Map<string, Sealed & { readonly digest: string }>();
  return {
    async seal(place, content) {
      const [rules, digest] = await Promise.all([readFile(place.excludeFile), digestOf(place)]);
      sealed.set(place.folder, { ...content, rules, digest });
    },
    find: (place) => sealed.get(place.folder) ?? null,
    async findBroken(place) {
      const seal = sealed.get(place.folder);
      return seal === undefined || seal.digest === (await digestOf(place)) ? null : seal;
    },
  };
}

async function digestOf({ indexFile, excludeFile, factsFile }: StatePlace): Promise<string> {
  const contents = await Promise.all([indexFile, excludeFile, factsFile].map((file) => readFile(file).catch(() => MISSING)));
  const hash = createHash('sha256');
  for (const content of contents) hash.update(`${content.length}\0`).update(content);
  return hash.digest('hex');
}

const MISSING = Buffer.from('missing');

/** Checkpoints that one list answers; the next page begins after the last size. */
export const CHECKPOINT_PAGE = 1_000;
/** Policies kept by their key. */
export const CACHED_POLICIES = 1_000;

/** A signed root over the events 1 to `size`. */
export interface Checkpoint {
  readonly size: number;
  /** SHA-256 in hex. */
  readonly root: string;
  /** The signed note. */
  readonly note: string;
  readonly atMs: number;
  /** Why it was made: `events`, `time`, `run`, `export` … */
  readonly reason: string;
}

/** The roots of the complete subtrees over the first `size` leaves, largest first, in hex: as many as `size` has binary ones. */
export interface MerkleFrontier {
  readonly size: number;
  readonly hashes: readonly string[];
}

/** Checkpoints of the record of events. */
export interface CheckpointStore {
  /**
   * Answers whether it was written: of two with the same size and root the first stays. Throws DATABASE_CORRUPT when
   * there is one with this size and another root, because then the record was changed between the two.
   */
  addCheckpoint(checkpoint: Checkpoint): Promise<boolean>;
  /** The one over the most events. */
  latestCheckpoint(): Promise<Checkpoint | undefined>;
  /** By size, from this one on; at most CHECKPOINT_PAGE. */
  listCheckpoints(fromSize: number): Promise<readonly Checkpoint[]>;
  /** Null when there is none, or none that can be right: then it is computed from the events. */
  frontier(): Promise<MerkleFrontier | null>;
  saveFrontier(frontier: MerkleFrontier): Promise<void>;
}

/** Policies as they were loaded, by a key that names revision and sources. */
export interface PolicyCache {
  /** Undefined when it isn't there, or is not the text any more that was put there. */
  cachedPolicy(key: string): Promise<string | undefined>;
  /** Forgets all but the newest CACHED_POLICIES. */
  cachePolicy(key: string, text: string): Promise<void>;
}

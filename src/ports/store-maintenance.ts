export interface StoreProblem {
  /** Stable name, for example `open_dependency_counter`. */
  readonly check: string;
  readonly message: string;
  readonly fixable: boolean;
}

export interface StoreInfo {
  readonly file: string;
  readonly schemaVersion: number;
  readonly sqliteVersion: string;
  readonly bytes: number;
}

/** Health of the database, for `ai doctor`. */
export interface StoreMaintenance {
  info(): Promise<StoreInfo>;
  /** Integrity of the file, of the counters against the graph, of leases against tasks and locks, and of the chain. */
  checkConsistency(): Promise<readonly StoreProblem[]>;
  /** Recomputes what is derived (counters, parked tasks, ownerless locks). Answers what was repaired. */
  repairDerived(): Promise<readonly string[]>;
  /** A consistent copy through SQLite's own backup. The file must not exist yet. */
  backup(file: string): Promise<void>;
}

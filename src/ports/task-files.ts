import type { TaskEntry } from '../domain/task/task-input.js';

export interface ImportedEntry extends TaskEntry {
  /** A name that `dependsOn` and `parent` of other entries may use; local to the file. */
  readonly name: string | null;
  /** Where it stands, for messages: `entry 3 ("Write the parser")`. */
  readonly place: string;
}

/** Reads files that describe many tasks: YAML, JSON (an array) or JSONL. */
export interface TaskFiles {
  /** Throws INVALID_IMPORT naming the entry and the key. Checks shape and keys; ids and names are resolved by the use case. */
  parse(text: string, source: string): Promise<readonly ImportedEntry[]>;
}

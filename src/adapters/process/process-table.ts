/** One process as the operating system describes it at one moment. */
export interface ProcessEntry {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  /** Opaque; with the pid and the boot id it names one process for ever. */
  readonly startTime: string;
  /** False for a zombie: it runs nothing and holds nothing. */
  readonly alive: boolean;
}

export interface MarkerSearch {
  readonly marked: ReadonlySet<number>;
  /**
   * True when some process could not be judged: it was in the middle of an exec, when the kernel shows
   * neither arguments nor environment, or it was gone before it was read, and may have left a child.
   */
  readonly unclear: boolean;
}

/**
 * The system's process table: the small interface that hides /proc and `ps`.
 * Everything is synchronous, because a snapshot that is taken in pieces shows processes that never lived together.
 */
export interface ProcessTable {
  bootId(): string;
  find(pid: number): ProcessEntry | undefined;
  /** Every process of user space, zombies included. */
  list(): readonly ProcessEntry[];
  findMarked(pids: readonly number[], marker: string): MarkerSearch;
  /** Arguments joined by a space; a process that is gone, or not ours to read, is absent. */
  commandLines(pids: readonly number[]): ReadonlyMap<number, string>;
}

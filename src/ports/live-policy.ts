import type { HookRequest } from '../domain/live/hook-protocol.js';
import type { LiveAnswer } from '../domain/live/tool-call.js';

export interface LiveServerOrder {
  /** Called for one request after the other, in the order in which they came. When it rejects, the answer is a denial. */
  readonly decide: (request: HookRequest) => Promise<LiveAnswer>;
  /** Called about a request that could not even be read, or for which there was no place. It is denied whatever this does. */
  readonly refused: (problem: string) => Promise<void>;
}

/** Where hooks of one run are answered. */
export interface LiveServer {
  /** The program that a client's hook has to run, without the client and the event, which follow. Never passed through a shell as it is. */
  readonly hookArgv: readonly string[];
  /** What the client may wait for it, longer than the program's own watchdog. */
  readonly timeoutSeconds: number;
  /** From here on every hook denies. Resolves when the requests under way are answered and nothing is left on disk; never rejects. */
  close(): Promise<void>;
}

/** Answers the hooks of agent clients while they run. */
export interface LivePolicy {
  /** Listens on a socket that only this user can reach. Throws WORKSPACE_FAILED where no socket can be made. */
  listen(order: LiveServerOrder): Promise<LiveServer>;
  /**
   * Where a path that is about to be written or read really lies: links followed as the file system follows them, also
   * of parts that do not exist yet. Null when that can't be told. Absolute in, absolute out.
   */
  readonly realPath: (absolute: string) => Promise<string | null>;
}

import type { ProcessIdentity } from '../domain/run/run.js';

export type OutputStream = 'stdout' | 'stderr';

export interface LaunchOrder {
  /** Never passed through a shell. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The complete environment of the child; nothing is inherited. The marker is added to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Written to stdin, which is then closed. */
  readonly stdin: string;
  /** Goes into the environment as AI_RUN_ID, and names every descendant. */
  readonly marker: string;
  /** Raw output is appended to these files; at most `maxFileBytes` each, the rest is counted and dropped. */
  readonly stdoutFile: string;
  readonly stderrFile: string;
  readonly maxFileBytes: number;
  /** Called with every chunk in order, also beyond the file limit. The child waits while the consumer is behind. */
  readonly onOutput: (stream: OutputStream, chunk: Uint8Array) => void | Promise<void>;
}

export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/**
 * A child that exists, has an identity, and does nothing yet: it waits at a gate. The caller records
 * the identity and then opens the gate. If the caller dies first, the child leaves without having run.
 * If the caller dies later, the child's whole process group is ended by its own watchdog.
 */
export interface GatedChild {
  readonly identity: ProcessIdentity;
  /** Lets the program start. */
  open(): void;
  /** Resolves when the leader has exited and its output is consumed (or, if a straggler holds the pipe, shortly after the exit). Never rejects; a program that can't be started exits 127 or 126. */
  readonly exited: Promise<ProcessExit>;
  /** Bytes seen and dropped so far, per stream. */
  readonly output: { readonly stdoutBytes: number; readonly stderrBytes: number; readonly droppedBytes: number };
}

export interface StopTimes {
  readonly interruptMs: number;
  readonly sigintMs: number;
  readonly sigtermMs: number;
}

/** What was done to end a run's processes, step by step, and that nothing is left. */
export interface StopProof {
  readonly steps: readonly { readonly step: 'interrupt' | 'sigint' | 'sigterm' | 'sigkill' | 'sweep_term' | 'sweep_kill'; readonly pids: readonly number[] }[];
  readonly survivors: readonly number[];
  readonly elapsedMs: number;
}

export interface CommandOrder {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly timeoutMs: number;
  /** Most bytes kept of each stream; beyond it, the end is kept. */
  readonly maxOutputBytes: number;
}

export interface CommandResult extends ProcessExit {
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly durationMs: number;
  /** The program does not exist or may not be run. */
  readonly notFound: boolean;
}

/** Child processes that we own to the last grandchild. */
export interface Processes {
  /** The identity of this process itself. */
  self(): ProcessIdentity;
  spawnGated(order: LaunchOrder): Promise<GatedChild>;
  /** True only for the very process that was recorded: same boot, same start time, not a zombie. */
  isAlive(identity: ProcessIdentity): boolean;
  /** Pids of every live process of the run: the group, descendants, and carriers of the marker. Never this process. */
  members(identity: ProcessIdentity): readonly number[];
  /**
   * The one way to stop: `interrupt` (the client's own, when it has one), SIGINT to the leader, SIGTERM to
   * the group, SIGKILL to the group, then a sweep of everything that left the group, until nothing is left.
   * A process that is not of this run is never signalled. Also right for a run of a killed supervisor.
   */
  stop(identity: ProcessIdentity, options: { readonly times: StopTimes; readonly interrupt?: (() => void) | undefined }): Promise<StopProof>;
  /** Ends what a finished leader left behind: TERM, then KILL, until nothing carries the marker or group. */
  sweep(identity: ProcessIdentity): Promise<StopProof>;
  /** Finds processes by marker alone: for a crash after the spawn and before its record. */
  sweepMarker(marker: string): Promise<StopProof>;
  /** A short helper program (git, `--version`): captured, bounded, with a timeout that ends its whole group. */
  run(order: CommandOrder): Promise<CommandResult>;
}

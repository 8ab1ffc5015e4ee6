import type { AppDeps } from '../app/deps.js';
import type { Examination } from '../app/project/examination.js';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly jsonl: boolean;
  readonly quiet: boolean;
  /** `--root DIR`, or AI_ROOT. */
  readonly root: string | null;
  /** `-y`, `--yes`: every question is answered with yes. */
  readonly yes: boolean;
  /** `--no-input`: nothing is asked. */
  readonly noInput: boolean;
  /** `--no-color`. */
  readonly noColor: boolean;
}

export interface OpenOptions {
  /**
   * Repair what a killed `ai` left (processes, leases, workspaces) before the command runs.
   * Off only for calls that an agent makes many times a minute.
   */
  readonly repair: boolean;
  /** Told what was repaired, one sentence each. */
  readonly note?: ((text: string) => void) | undefined;
}

/** What composition gives to the command line. Functions, so that nothing is opened before it is needed. */
export interface Host {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Wall time, for ages in text. */
  nowMs(): number;
  /** Opens the control plane that the current folder belongs to. Throws PROJECT_NOT_FOUND. */
  open(globals: GlobalOptions, options: OpenOptions): Promise<AppDeps>;
  /** Writes `.ai/` where there is none, and opens it. Idempotent. */
  initialise(globals: GlobalOptions): Promise<{ readonly deps: AppDeps; readonly created: readonly string[] }>;
  /** A fresh repository with these files in the temporary folder. Throws GIT_MISSING. */
  makeDemoRepository(files: Readonly<Record<string, string>>): Promise<string>;
  /** What stands in the way of working here, part by part. Never throws an AiError: `ai doctor` reports it. */
  examine(globals: GlobalOptions): Promise<Examination>;
  /** Where a report of a bug goes: `.ai/run` of the control plane, once it is found, else the temporary folder. */
  reportFolder(): string;
  /** Starts this same program again in the background, on its own session, with its output in a log file. */
  startDetached(args: readonly string[], logFile: string): Promise<{ readonly pid: number }>;
  /** What is done once a command has given its answer, such as signing the log when it is time to. Never changes the answer. */
  afterCommand(): Promise<void>;
  /** Closes what `open` opened. Called once, by main. */
  close(): void;
}

import type { AppDeps, ProjectPlace } from '../app/deps.js';
import type { AiError } from '../domain/kernel/errors.js';
import type { Settings } from '../domain/settings/settings.js';

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

/** A value, or the expected failure that stood in its way. */
export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: AiError };

/** Each part as far as it could be opened; settings fall back to the defaults so that the database can be looked at. */
export interface Examination {
  readonly nodeVersion: string;
  readonly place: Attempt<ProjectPlace>;
  readonly settings: Attempt<Settings>;
  /** Every dependency of the use cases; fails with the first of place and database. */
  readonly deps: Attempt<AppDeps>;
  /** For checks that need no database. */
  readonly tools: Pick<AppDeps, 'processes' | 'connectors' | 'environment'>;
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
  /** What stands in the way of working here, part by part. Never throws an AiError: `ai doctor` reports it. */
  examine(globals: GlobalOptions): Promise<Examination>;
  /** Where a report of a bug goes: `.ai/run` of the control plane that was opened, else the temporary folder. */
  reportFolder(): string;
  /** Starts this same program again in the background, on its own session, with its output in a log file. */
  startDetached(args: readonly string[], logFile: string): Promise<{ readonly pid: number }>;
  /** Closes what `open` opened. Called once, by main. */
  close(): void;
}

import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AppDeps, ProjectPlace } from '../app/deps.js';
import type { HookDeps } from '../app/hooks/manage-hooks.js';
import type { Examination } from '../app/project/examination.js';
import type { OpenedCheck } from '../cli/commands/policy/check-host.js';
import type { GlobalOptions, Host, OpenOptions } from '../cli/host.js';
import { AiError } from '../domain/kernel/errors.js';
import type { Surroundings } from './project.js';
import { VERSION } from './version.js';

export interface HostParts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: () => string;
  /** The script that Node runs: how this program is started again. */
  readonly program: string;
}

/** Puts concrete adapters behind what the command line asks for. Opens and loads nothing by itself. */
export function createHost(parts: HostParts): Host {
  return new ProgramHost(parts);
}

class ProgramHost implements Host {
  readonly version = VERSION;
  readonly environment: HostParts['environment'];
  readonly #parts: HostParts;
  #opened: AppDeps | undefined;
  #place: ProjectPlace | undefined;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.environment = parts.environment;
  }

  get cwd(): string {
    return currentFolder(this.#parts.cwd);
  }

  nowMs(): number {
    return Date.now();
  }

  async open(globals: GlobalOptions, options: OpenOptions): Promise<AppDeps> {
    const { openProject } = await import('./project.js');
    const deps = (this.#opened = await openProject(this.#surroundings(), globals));
    if (options.repair) await repair(deps, options.note);
    return deps;
  }

  async initialise(globals: GlobalOptions): Promise<{ readonly deps: AppDeps; readonly created: readonly string[] }> {
    const { initialiseProject } = await import('./project.js');
    const initialised = await initialiseProject(this.#surroundings(), globals);
    this.#opened = initialised.deps;
    return initialised;
  }

  /** Without a database: a fresh clone has none. */
  async openPolicyCheck(globals: GlobalOptions): Promise<OpenedCheck> {
    const { openPolicyCheck } = await import('./policy-check.js');
    return openPolicyCheck({ environment: this.environment, cwd: this.cwd, root: globals.root, nowMs: this.nowMs() });
  }

  async openHooks(globals: GlobalOptions): Promise<HookDeps> {
    const { openGitHooks } = await import('./git-hooks.js');
    return openGitHooks(this.#surroundings(), globals);
  }

  async makeDemoRepository(files: Readonly<Record<string, string>>): Promise<string> {
    const { makeDemoRepository } = await import('./demo-repository.js');
    return makeDemoRepository(files, this.environment);
  }

  async examine(globals: GlobalOptions): Promise<Examination> {
    const { examineProject } = await import('./project.js');
    const examination = await examineProject(this.#surroundings(), globals);
    if (examination.deps.ok) this.#opened = examination.deps.value;
    return examination;
  }

  reportFolder(): string {
    return this.#place === undefined ? tmpdir() : path.join(this.#place.aiFolder, 'run');
  }

  async startDetached(args: readonly string[], logFile: string): Promise<{ readonly pid: number }> {
    const { startDetached } = await import('./detached.js');
    const { selfArgv, cwd, environment } = this.#surroundings();
    return startDetached({ argv: [...selfArgv, ...args], logFile, cwd, environment });
  }

  async afterCommand(): Promise<void> {
    if (this.#opened !== undefined) await signWhenDue(this.#opened);
  }

  close(): void {
    this.#opened?.store.close();
    this.#opened = undefined;
  }

  #surroundings(): Surroundings {
    const found = (place: ProjectPlace): void => {
      this.#place = place;
    };
    return { environment: this.environment, cwd: this.cwd, selfArgv: [process.execPath, this.#parts.program], found };
  }
}

/** A command that lasts milliseconds signs for the number of events only: for the time, runs and whatever else lasts. */
const SIGN_AFTER_EVENTS = 256;
/** Where signing has failed for so long, only some commands try again: the others need not pay for it. */
const FAILING_AFTER_EVENTS = 1_024;
const TRY_AGAIN_EVERY = 32;
const EVENTS_OF_A_COMMAND = 3;

async function signWhenDue(deps: AppDeps): Promise<void> {
  if (!deps.store.hasWritten()) return;
  const [latest, headSeq] = await Promise.all([deps.store.latestCheckpoint(), deps.store.headSeq()]);
  const unsigned = headSeq - (latest?.size ?? 0);
  if (unsigned < SIGN_AFTER_EVENTS || (unsigned > FAILING_AFTER_EVENTS && headSeq % TRY_AGAIN_EVERY >= EVENTS_OF_A_COMMAND)) return;
  const { checkpointIfDue } = await import('../app/audit/checkpoint.js');
  await checkpointIfDue(deps, 'write');
}

async function repair(deps: AppDeps, note: OpenOptions['note']): Promise<void> {
  const { repairAll } = await import('../app/runs/repair-runs.js');
  for (const sentence of await repairAll(deps)) note?.(sentence);
}

function currentFolder(cwd: () => string): string {
  try {
    return cwd();
  } catch (cause) {
    throw new AiError({ code: 'PROJECT_NOT_FOUND', message: 'The current folder no longer exists.', hint: 'cd to your repository', cause });
  }
}

import { createHost } from './composition/host.js';
import { guessGlobals } from './cli/globals.js';
import type { GlobalOptions, Host } from './cli/host.js';
import { listenForSignals, type Interrupts } from './cli/interrupts.js';
import type { Io } from './cli/io.js';
import { createOutput } from './cli/output.js';
import { runProgram } from './cli/program.js';
import { EXIT_BUG, exitCodeOfSignal } from './cli/signal-codes.js';
import { createTerminal } from './cli/terminal.js';

/** One run of the command: the words and the environment in, the exit code out. The only catch-all. */
export async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const interrupts = listenForSignals(process);
  const host = createHost({ environment: process.env, cwd: () => process.cwd(), program: process.argv[1] ?? '' });
  const call = new Call(host, interrupts, argv);
  try {
    await Promise.race([runProgram(argv, call), interrupts.unhandled, call.stray]);
  } catch (error) {
    await call.fail(error);
  } finally {
    call.answered = true;
    host.close();
  }
  await call.io().drained();
  leave(interrupts);
}

function leave(interrupts: Interrupts): void {
  const signal = interrupts.received();
  // A signal decides the exit code unless the command had a reason of its own to fail.
  if (signal !== null && Number(process.exitCode ?? 0) === 0) process.exitCode = exitCodeOfSignal(signal);
  // A command that was cut off may still wait for something; everything that it said is out.
  if (signal !== null || process.exitCode === EXIT_BUG) process.exit();
}

/** The state of this call: what is known of its options, and the terminal with those options. */
class Call {
  readonly host: Host;
  /** Rejects with the first exception that nobody caught while the command ran. */
  readonly stray: Promise<never>;
  /** True from when stdout holds the answer: nothing may be added to it. */
  answered = false;
  readonly #argv: readonly string[];
  readonly #interrupts: Interrupts;
  #globals: GlobalOptions;
  #io: Io | undefined;

  constructor(host: Host, interrupts: Interrupts, argv: readonly string[]) {
    this.host = host;
    this.#interrupts = interrupts;
    this.#argv = argv;
    this.#globals = guessGlobals(argv, host.environment);
    this.stray = new Promise<never>((_resolve, reject) => {
      process.on('uncaughtException', (error) => {
        reject(error);
        // The first cause only: what follows it is noise.
        if (this.answered && process.exitCode !== EXIT_BUG) void this.fail(error);
      });
    });
  }

  /** Tells of a failure and sets the exit code. */
  async fail(error: unknown): Promise<void> {
    process.exitCode = EXIT_BUG;
    const { reportError } = await import('./cli/report-error.js');
    const globals = this.answered ? { ...this.#globals, json: false, jsonl: false } : this.#globals;
    process.exitCode = await reportError(this.io(), this.host, { error, argv: this.#argv, globals });
  }

  readonly openIo = (globals: GlobalOptions): Io => {
    this.#globals = globals;
    // A reader that has gone is told to nobody: whoever still writes is asked to stop.
    const onGone = (): void => {
      this.#interrupts.abort();
    };
    const { environment } = this.host;
    this.#io = createTerminal({ stdout: createOutput('stdout', onGone), stderr: createOutput('stderr', () => undefined), environment, signal: () => this.#interrupts.signal() }, globals);
    return this.#io;
  };

  readonly setExitCode = (code: number): void => {
    process.exitCode = code;
  };

  io(): Io {
    return this.#io ?? this.openIo(this.#globals);
  }
}

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
  const call = new Call(host, interrupts, guessGlobals(argv, process.env));
  const stray = new Promise<never>((_resolve, reject) => process.once('uncaughtException', reject));
  try {
    await Promise.race([runProgram(argv, call), interrupts.unhandled, stray]);
  } catch (error) {
    const { reportError } = await import('./cli/report-error.js');
    process.exitCode = await reportError(call.io(), host, { error, argv, globals: call.globals });
  } finally {
    host.close();
  }
  await call.io().drained();
  const signal = interrupts.received();
  // A signal decides the exit code unless the command had a reason of its own to fail.
  if (signal !== null && Number(process.exitCode ?? 0) === 0) process.exitCode = exitCodeOfSignal(signal);
  // A command that was cut off may still wait for something; everything that it said is out.
  if (signal !== null || process.exitCode === EXIT_BUG) process.exit();
}

/** The state of this call: what is known of its options, and the terminal with those options. */
class Call {
  readonly host: Host;
  globals: GlobalOptions;
  readonly #interrupts: Interrupts;
  #io: Io | undefined;

  constructor(host: Host, interrupts: Interrupts, globals: GlobalOptions) {
    this.host = host;
    this.#interrupts = interrupts;
    this.globals = globals;
  }

  readonly openIo = (globals: GlobalOptions): Io => {
    this.globals = globals;
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
    return this.#io ?? this.openIo(this.globals);
  }
}

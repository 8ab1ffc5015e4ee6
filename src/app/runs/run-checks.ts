import type { CheckResult } from '../../domain/run/run.js';
import type { Processes } from '../../ports/processes.js';
import type { AppDeps } from '../deps.js';
import type { RunEnd } from './run-end.js';

export interface CheckOrder {
  /** A shell command, as the person wrote it. */
  readonly commands: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The run's own marker: a crash in the middle is swept like the agent. */
  readonly marker: string;
  readonly outputFile: string;
  readonly timeoutMs: number;
  readonly end: RunEnd;
}

const TAIL_CHARACTERS = 8 * 1024;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

type CheckDeps = Pick<AppDeps, 'clock' | 'timer' | 'settings' | 'trace'>;

/** Runs commands one after the other and stops at the first that fails; leaves no process behind. Stops early when the run is ended. */
export async function runChecks(deps: CheckDeps, processes: Processes, order: CheckOrder): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const command of order.commands) {
    if (order.end.cause !== null) break;
    deps.trace('run.check');
    const result = await runCheck(deps, processes, { ...order, command });
    results.push(result);
    if (result.exitCode !== 0) break;
  }
  return results;
}

async function runCheck(deps: CheckDeps, processes: Processes, order: CheckOrder & { readonly command: string }): Promise<CheckResult> {
  const startedMs = deps.clock.now().monoMs;
  const tail = new OutputTail();
  const child = await processes.spawnGated({
    argv: ['/bin/sh', '-c', order.command],
    cwd: order.cwd,
    env: order.env,
    stdin: '',
    marker: order.marker,
    stdoutFile: order.outputFile,
    stderrFile: order.outputFile,
    maxFileBytes: MAX_OUTPUT_BYTES,
    onOutput: (_stream, chunk) => tail.add(chunk),
  });
  child.open();
  const over = new AbortController();
  const limit = deps.timer.sleep(order.timeoutMs, AbortSignal.any([over.signal, order.end.signal])).then(() => 'ended' as const);
  const first = await Promise.race([child.exited.then(() => 'exited' as const), limit]);
  over.abort();
  const times = { interruptMs: 0, sigintMs: deps.settings.execution.sigintMs, sigtermMs: deps.settings.execution.sigtermMs };
  if (first === 'exited') await processes.sweep(child.identity);
  else await processes.stop(child.identity, { times });
  const exit = await child.exited;
  const durationMs = Math.round(deps.clock.now().monoMs - startedMs);
  return { command: order.command, exitCode: first === 'exited' ? exit.exitCode : null, durationMs, outputTail: tail.text() };
}

class OutputTail {
  readonly #decoder = new TextDecoder();
  #text = '';

  add(chunk: Uint8Array): void {
    this.#text = (this.#text + this.#decoder.decode(chunk, { stream: true })).slice(-TAIL_CHARACTERS);
  }

  text(): string {
    return this.#text;
  }
}

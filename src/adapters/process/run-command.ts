import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandOrder, CommandResult, ProcessExit } from '../../ports/processes.js';
import { checkProgram, describeFolderProblem, toLaunchError } from './launch-problem.js';
import { readIdentity } from './machine.js';
import type { Machine } from './machine.js';
import { createOutputTail } from './output-tail.js';
import type { OutputTail } from './output-tail.js';
import { endAll } from './stop.js';
import { createProofWriter } from './stop-proof.js';
import { createTracker } from './tracker.js';

/** How long output is read on after the exit when something that was left behind holds the pipe. */
const STRAGGLER_MS = 250;
/** Time for the program to remove its lock files when its time is up. */
const TERM_WAIT_MS = 1_000;

/** Processes.run. Rejects with WORKSPACE_FAILED for a folder that is not there, INVALID_INPUT for arguments that no program can be given. */
export async function runCommand(machine: Machine, order: CommandOrder): Promise<CommandResult> {
  checkProgram(order);
  const startedAtMs = performance.now();
  const { child, ended } = startCommand(order);
  const stdout = collect(child.stdout, order.maxOutputBytes);
  const stderr = collect(child.stderr, order.maxOutputBytes);
  const { exit, timedOut, startError } = await untilOver(machine, { pid: child.pid, ended }, order.timeoutMs);
  await untilRead([stdout, stderr]);
  if (startError !== null) await throwUnlessNotFound(startError, order.cwd);
  return {
    ...exit,
    stdout: stdout.tail.text(),
    stderr: stderr.tail.text(),
    timedOut,
    durationMs: Math.round(performance.now() - startedAtMs),
    notFound: startError !== null,
  };
}

interface StartedCommand {
  readonly child: { readonly pid?: number | undefined; readonly stdout: Readable | null; readonly stderr: Readable | null };
  readonly ended: Promise<Ending>;
}

/** In a group of its own, so that a timeout reaches what the program started. See docs/decisions/0008. */
function startCommand(order: CommandOrder): StartedCommand {
  const [program = '', ...args] = order.argv;
  try {
    const child = spawn(program, args, { cwd: order.cwd, env: order.env, detached: true, stdio: [order.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    const ended = new Promise<Ending>((resolve) => {
      child.once('exit', (exitCode, signal) => resolve({ exit: { exitCode, signal }, startError: null }));
      child.once('error', (error) => resolve({ exit: NO_EXIT, startError: error }));
    });
    // A program may leave without having read its input; its exit code tells the rest.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(order.stdin);
    return { child, ended };
  } catch (error) {
    // Some refusals of the system (arguments that are too long) are thrown, others are told by an event.
    return { child: { stdout: null, stderr: null }, ended: Promise.resolve({ exit: NO_EXIT, startError: error }) };
  }
}

interface Ending {
  readonly exit: ProcessExit;
  /** Why the program could not be started. */
  readonly startError: unknown;
}

const NO_EXIT: ProcessExit = { exitCode: null, signal: null };

interface Collected {
  readonly tail: OutputTail;
  readonly stream: Readable | null;
  readonly ended: Promise<void>;
}

function collect(stream: Readable | null, maxBytes: number): Collected {
  const tail = createOutputTail(maxBytes);
  const ended = new Promise<void>((resolve) => {
    if (stream === null) {
      resolve();
      return;
    }
    stream.on('data', (chunk: Uint8Array) => tail.push(chunk));
    // A pipe that breaks has no more output; `close` follows.
    stream.on('error', () => undefined);
    stream.once('close', resolve);
  });
  return { tail, stream, ended };
}

async function untilOver(machine: Machine, child: { readonly pid: number | undefined; readonly ended: Promise<Ending> }, timeoutMs: number): Promise<Ending & { readonly timedOut: boolean }> {
  // Read now: the process can't have been waited for yet, so the number is certainly its own.
  const identity = child.pid === undefined ? undefined : readIdentity(machine, child.pid, '');
  const over = new AbortController();
  const timeUp = sleep(timeoutMs, null, { signal: over.signal }).catch(() => null);
  const ending = await Promise.race([child.ended, timeUp]);
  over.abort();
  if (ending !== null) return { ...ending, timedOut: false };
  if (identity !== undefined) await endAll(createTracker(machine, identity), identity, { proof: createProofWriter(), sigtermMs: TERM_WAIT_MS });
  // What even SIGKILL did not end (stuck in the kernel) may not hold us as well.
  const late = await Promise.race([child.ended, sleep(STRAGGLER_MS, null, { ref: false })]);
  return { exit: late?.exit ?? NO_EXIT, startError: null, timedOut: true };
}

async function untilRead(streams: readonly Collected[]): Promise<void> {
  const over = new AbortController();
  const timeUp = sleep(STRAGGLER_MS, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([Promise.all(streams.map(({ ended }) => ended)), timeUp]);
  over.abort();
  for (const { stream } of streams) stream?.destroy();
}

/** A folder that is missing looks like a program that is missing. */
async function throwUnlessNotFound(error: unknown, cwd: string): Promise<void> {
  if (!isNotFound(error) || (await describeFolderProblem(cwd)) !== null) throw await toLaunchError(error, cwd);
}

function isNotFound(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'EACCES';
}

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { GatedChild, LaunchOrder, OutputStream, ProcessExit } from '../../ports/processes.js';
import { openBoundedFile } from './bounded-file.js';
import type { BoundedFile } from './bounded-file.js';
import { gateArguments, GATE_SHELL, GATE_WORD } from './gate-script.js';
import { checkLaunchOrder, toLaunchError } from './launch-problem.js';
import { readIdentity } from './machine.js';
import type { Machine } from './machine.js';
import { startOutputPump } from './output-pump.js';
import type { OutputPump } from './output-pump.js';

interface GateProcess {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Our end of the pipe that the gate reads, and whose end the guard waits for. */
  readonly gate: Socket;
  readonly exited: Promise<ProcessExit>;
}

interface OutputFiles {
  readonly stdout: BoundedFile;
  readonly stderr: BoundedFile;
}

/** Processes.spawnGated. Throws INVALID_INPUT, WORKSPACE_FAILED, AGENT_UNAVAILABLE; then nothing was started. */
export async function spawnGated(machine: Machine, order: LaunchOrder): Promise<GatedChild> {
  checkLaunchOrder(order);
  const files = await openOutputFiles(order);
  try {
    const child = await startGate(order);
    const identity = readIdentity(machine, child.pid, order.marker);
    // Only somebody else's SIGKILL can have emptied the place that we have not waited for yet.
    if (identity === undefined) throw new Error(`process ${child.pid} vanished before it was told to start`);
    return guardedChild({ identity, child, files, order });
  } catch (error) {
    await Promise.all([files.stdout.close(), files.stderr.close()]);
    throw error;
  }
}

async function openOutputFiles(order: LaunchOrder): Promise<OutputFiles> {
  const stdout = await openBoundedFile(order.stdoutFile, order.maxFileBytes);
  try {
    return { stdout, stderr: await openBoundedFile(order.stderrFile, order.maxFileBytes) };
  } catch (error) {
    await stdout.close();
    throw error;
  }
}

async function startGate(order: LaunchOrder): Promise<GateProcess> {
  try {
    const child = spawn(GATE_SHELL, gateArguments(order), {
      cwd: order.cwd,
      env: { ...order.env, AI_RUN_ID: order.marker },
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    return await toGateProcess(child);
  } catch (error) {
    throw await toLaunchError(error, order.cwd);
  }
}

async function toGateProcess(child: ChildProcess): Promise<GateProcess> {
  if (child.pid === undefined) {
    const [error] = (await once(child, 'error')) as [Error];
    throw error;
  }
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  const [stdin, stdout, stderr, gate] = child.stdio as unknown as [Writable, Readable, Readable, Socket];
  return { pid: child.pid, stdin, stdout, stderr, gate, exited };
}

interface ChildParts {
  readonly identity: GatedChild['identity'];
  readonly child: GateProcess;
  readonly files: OutputFiles;
  readonly order: LaunchOrder;
}

function guardedChild({ identity, child, files, order }: ChildParts): GatedChild {
  const deliver = tolerantConsumer(order.onOutput);
  const stdout = startOutputPump({ stream: child.stdout, file: files.stdout, deliver: (chunk) => deliver('stdout', chunk) });
  const stderr = startOutputPump({ stream: child.stderr, file: files.stderr, deliver: (chunk) => deliver('stderr', chunk) });
  keepGate(child.gate);
  // A program that closes its stdin early, or leaves without reading it, breaks that pipe: not a failure of ours.
  child.stdin.on('error', () => undefined);
  child.stdin.end(order.stdin);
  let isOpen = false;
  return {
    identity,
    open() {
      if (!isOpen) child.gate.write(GATE_WORD);
      isOpen = true;
    },
    exited: finishAll(child.exited, [stdout, stderr]),
    output: {
      get stdoutBytes() {
        return stdout.bytes;
      },
      get stderrBytes() {
        return stderr.bytes;
      },
      get droppedBytes() {
        return files.stdout.droppedBytes + files.stderr.droppedBytes;
      },
    },
  };
}

async function finishAll(exited: Promise<ProcessExit>, pumps: readonly OutputPump[]): Promise<ProcessExit> {
  const exit = await exited;
  await Promise.all(pumps.map((pump) => pump.finish()));
  return exit;
}

/** Held open until the guard is gone, which the sweep sees to; reading is what notices that. */
function keepGate(gate: Socket): void {
  // The gate may be dead when it is written to; its exit says so.
  gate.on('error', () => undefined);
  gate.resume();
  gate.unref();
}

/** A consumer that fails is a bug: it is reported once and called no more; the program runs on and its output is in the files. */
function tolerantConsumer(onOutput: LaunchOrder['onOutput']): (stream: OutputStream, chunk: Uint8Array) => Promise<void> {
  let isBroken = false;
  return async (stream, chunk) => {
    if (isBroken) return;
    try {
      await onOutput(stream, chunk);
    } catch (error) {
      isBroken = true;
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  };
}

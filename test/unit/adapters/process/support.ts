import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { GatedChild, LaunchOrder, Processes } from '../../../../src/ports/processes.js';

const PROGRAMS = fileURLToPath(new URL('../../../fixtures/programs/', import.meta.url));
const ADAPTER = fileURLToPath(new URL('../../../../src/adapters/process/processes.ts', import.meta.url));
const DEADLINE_MS = 30_000;

export const NO_WAITS = { interruptMs: 0, sigintMs: 0, sigtermMs: 0 };
export const SHORT_WAITS = { interruptMs: 200, sigintMs: 200, sigtermMs: 200 };
/** Longer than any test: a step that waits for it only ends early. */
export const PATIENT = { interruptMs: 30_000, sigintMs: 30_000, sigtermMs: 30_000 };

export const program = (name: string): string => path.join(PROGRAMS, name);
export const nodeProgram = (name: string, ...args: string[]): string[] => [process.execPath, program(name), ...args];

export const newFolder = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'ai-process-'));
export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

let markers = 0;
/** Unique on this machine, so that tests that run at the same time never find each other's processes. */
export const newMarker = (): string => `test-${process.pid}-${(markers += 1)}-${process.hrtime.bigint()}`;

/** What of an order can be written down for another process. */
export type OrderData = Omit<LaunchOrder, 'onOutput'>;

export function orderFor(folder: string, argv: readonly string[], overrides: Partial<LaunchOrder> = {}): LaunchOrder {
  const marker = newMarker();
  return {
    argv,
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    stdin: '',
    marker,
    stdoutFile: path.join(folder, `${marker}.out`),
    stderrFile: path.join(folder, `${marker}.err`),
    maxFileBytes: 1024 * 1024,
    onOutput: () => undefined,
    ...overrides,
  };
}

export interface Started {
  readonly child: GatedChild;
  readonly order: LaunchOrder;
  /** Everything on stdout so far. */
  readonly text: () => string;
  /** Resolves with the first match in stdout. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
}

/** Starts a program and opens its gate unless told otherwise. */
export async function start(processes: Processes, order: LaunchOrder, gate: 'open' | 'closed' = 'open'): Promise<Started> {
  const stdout = listen();
  const child = await processes.spawnGated({
    ...order,
    onOutput: (stream, chunk) => {
      if (stream === 'stdout') stdout.push(chunk);
      return order.onOutput(stream, chunk);
    },
  });
  if (gate === 'open') child.open();
  return { child, order, text: stdout.text, says: stdout.says };
}

/** Collects text and tells when a pattern appears in it. */
function listen(): Pick<Started, 'text' | 'says'> & { readonly push: (chunk: Uint8Array) => void } {
  const chunks: Uint8Array[] = [];
  const waiting = new Set<() => void>();
  const text = (): string => Buffer.concat(chunks).toString('utf8');
  return {
    push(chunk) {
      chunks.push(chunk);
      for (const look of waiting) look();
    },
    text,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const deadline = setTimeout(() => reject(new Error(`never said ${pattern}; said: ${text()}`)), DEADLINE_MS);
        const look = (): void => {
          const match = pattern.exec(text());
          if (match === null) return;
          clearTimeout(deadline);
          waiting.delete(look);
          resolve(match);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** State, group and number of threads, straight from the kernel and not through the code under test. */
function lookUp(pid: number): { readonly state: string; readonly pgid: number; readonly threads: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', pgid: Number(fields[2]), threads: Number(fields[17]) };
  } catch {
    return undefined;
  }
}

export function isRunning(pid: number): boolean {
  const found = lookUp(pid);
  // A killed program of several threads is a zombie before the last of them is gone.
  return found !== undefined && (found.state !== 'Z' || found.threads > 1);
}

export const runningInGroup = (pgid: number): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && lookUp(pid)?.pgid === pgid && isRunning(pid));

export async function untilGone(pids: readonly number[]): Promise<void> {
  const endsAt = performance.now() + DEADLINE_MS;
  while (pids.some(isRunning)) {
    if (performance.now() > endsAt) throw new Error(`still running: ${pids.filter(isRunning).join(', ')}`);
    await sleep(5);
  }
}

export const pidIn = (match: RegExpExecArray): number => Number(match[1]);

/** A process that is none of ours: another group, another environment. */
export async function startStranger(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore', env: { PATH: process.env['PATH'] } });
  await once(child, 'spawn');
  return child as ChildProcess & { readonly pid: number };
}

export async function endStranger(child: ChildProcess): Promise<void> {
  const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
  child.kill('SIGKILL');
  await gone;
}

/** The adapter as one file that a plain Node program can import. */
export async function bundleAdapter(folder: string): Promise<string> {
  const outfile = path.join(folder, 'processes.mjs');
  const banner = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";
  await build({ entryPoints: [ADAPTER], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20', banner: { js: banner }, logLevel: 'error' });
  return outfile;
}

export interface Supervisor {
  readonly process: ChildProcess & { readonly pid: number };
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly open: () => void;
  /** SIGKILL, which no program can prepare for. Resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

/** Another `ai` that looks after one gated child. */
export async function startSupervisor(bundle: string, order: OrderData): Promise<Supervisor> {
  const stdout = listen();
  const child = spawn(process.execPath, [program('proc-supervisor.mjs'), bundle, JSON.stringify(order)], { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } });
  await once(child, 'spawn');
  child.stdout.on('data', (chunk: Uint8Array) => stdout.push(chunk));
  return {
    process: child as ChildProcess & { readonly pid: number },
    says: stdout.says,
    open: () => void child.stdin.write('open\n'),
    async kill() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

export const readText = (file: string): Promise<string> => readFile(file, 'utf8');

import { execFile } from 'node:child_process';
import type { CommandResult, Processes } from '../../src/ports/processes.js';

/** Real child processes for tests of adapters that only need `Processes.run`; not fit for anything that hangs on. */
export const runCommand: Processes['run'] = (order) =>
  new Promise<CommandResult>((resolve) => {
    const [program = '', ...words] = order.argv;
    const child = execFile(program, words, { cwd: order.cwd, env: order.env, timeout: order.timeoutMs, maxBuffer: 64 * 1024 * 1024, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const notFound = error !== null && ['ENOENT', 'EACCES'].includes(String(error.code));
      const tail = (text: string): string => text.slice(-order.maxOutputBytes);
      resolve({ exitCode: error === null ? 0 : (child.exitCode ?? (notFound ? 127 : null)), signal: child.signalCode, stdout: tail(stdout), stderr: tail(stderr), timedOut: error?.killed === true, durationMs: 0, notFound });
    });
    // A program that ends without reading its stdin is none of the test's business.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(order.stdin ?? '');
  });

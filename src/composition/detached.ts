import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { AiError } from '../domain/kernel/errors.js';

export interface DetachedOrder {
  readonly argv: readonly string[];
  /** Gets stdout and stderr; private to the user. */
  readonly logFile: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Starts a program in a session of its own, so that it outlives this one and its terminal. */
export async function startDetached(order: DetachedOrder): Promise<{ readonly pid: number }> {
  const [program = '', ...args] = order.argv;
  mkdirSync(path.dirname(order.logFile), { recursive: true, mode: 0o700 });
  const log = openSync(order.logFile, 'a', 0o600);
  try {
    const child = spawn(program, args, { cwd: order.cwd, env: { ...order.environment }, detached: true, stdio: ['ignore', log, log] });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    if (child.pid === undefined) throw new Error('invariant broken: a spawned process has a number');
    return { pid: child.pid };
  } catch (cause) {
    throw new AiError({ code: 'AGENT_UNAVAILABLE', message: `ai could not start itself in the background (${program}).`, hint: 'Run the command without --detach.', retryable: true, cause });
  } finally {
    closeSync(log);
  }
}

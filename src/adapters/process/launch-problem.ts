import { stat } from 'node:fs/promises';
import { isEnvironmentName } from '../../domain/run/environment.js';
import { AiError } from '../../domain/kernel/errors.js';
import { quote } from '../../domain/kernel/ids.js';
import type { LaunchOrder } from '../../ports/processes.js';

/** It stands in command lines and environments, and is looked for there as it is. */
const MARKER = /^[\w.:-]{1,128}$/;

/** Throws INVALID_INPUT for what no program can be started with, before anything exists. */
export function checkProgram({ argv, env }: Pick<LaunchOrder, 'argv' | 'env'>): void {
  if (argv[0] === undefined || argv[0] === '') throw invalid('There is no program to start: the argument vector is empty.');
  const withNul = [...argv, ...Object.keys(env), ...Object.values(env)].some((text) => text.includes('\0'));
  if (withNul) throw invalid('An argument or environment variable holds a NUL character, which no program can be given.');
}

/** The same, and what can't pass through the shell of the gate. */
export function checkLaunchOrder(order: Pick<LaunchOrder, 'argv' | 'env' | 'marker'>): void {
  checkProgram(order);
  const program = order.argv[0] ?? '';
  // `exec` would take it for an option of its own.
  if (program.startsWith('-')) throw invalid(`The program name ${quote(program)} begins with "-": write it with its folder, for example ./${program}.`);
  const badName = Object.keys(order.env).find((name) => !isEnvironmentName(name));
  if (badName !== undefined) throw invalid(`${quote(badName)} can't name an environment variable of an agent: use letters, digits and "_", not starting with a digit.`);
  if (!MARKER.test(order.marker)) throw invalid(`${quote(order.marker)} can't mark a run: use letters, digits, ".", ":", "_" and "-".`);
}

/** Turns what the system said about a failed start into an expected failure. */
export async function toLaunchError(error: unknown, cwd: string): Promise<unknown> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return error;
  if (code === 'E2BIG') return invalid('The arguments and the environment together are longer than the system accepts.', error);
  const folderProblem = await describeFolderProblem(cwd);
  if (folderProblem !== null) return new AiError({ code: 'WORKSPACE_FAILED', message: folderProblem, details: { path: cwd }, cause: error });
  return new AiError({
    code: 'AGENT_UNAVAILABLE',
    message: `The system refused to start a process (${code}).`,
    hint: code === 'EAGAIN' || code === 'EMFILE' || code === 'ENFILE' ? 'Raise the limit (ulimit -u, ulimit -n) or run fewer agents at a time.' : undefined,
    retryable: true,
    cause: error,
  });
}

/** Null when the folder can be a working directory as far as can be told from its entry. */
export async function describeFolderProblem(cwd: string): Promise<string | null> {
  try {
    return (await stat(cwd)).isDirectory() ? null : `${quote(cwd)} is not a folder, so nothing can be started in it.`;
  } catch {
    // Whatever kept us from reading the entry also keeps a program from being started there.
    return `The folder ${quote(cwd)} does not exist or can't be entered, so nothing can be started in it.`;
  }
}

function invalid(message: string, cause?: unknown): AiError {
  return new AiError({ code: 'INVALID_INPUT', message, cause });
}

import { AiError, type ErrorCode } from '../../domain/kernel/errors.js';
import type { CommandResult, Processes } from '../../ports/processes.js';

export interface GitOrder {
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are answers; 0 alone when left out. */
  readonly answers?: readonly number[];
}

export type RunGit = (order: GitOrder) => Promise<CommandResult>;

export interface GitOptions {
  readonly run: Processes['run'];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const TIMEOUT_MS = 2 * 60_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const STDERR_CHARACTERS = 2_000;
const INHERITED = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'TMPDIR'];

/** Only commands that read and write objects and refs run here; what configuration could still add to them is off. */
const HARDENING = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'gc.auto=0', 'maintenance.auto=false', 'commit.gpgSign=false', 'i18n.commitEncoding=UTF-8', 'core.logAllRefUpdates=always'].flatMap((setting) => ['-c', setting]);

/** Git on the repository's own objects: nothing that is configured starts a program or hides a commit. */
export function createGit(options: GitOptions): RunGit {
  const env = {
    ...inherit(options.environment, INHERITED),
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
  };
  return async (order) => runGit(options, { ...order, env: { ...env, ...order.env } });
}

export async function runGit({ run, cwd }: Pick<GitOptions, 'run' | 'cwd'>, order: GitOrder): Promise<CommandResult> {
  const { args, stdin, env = {}, answers = [0] } = order;
  const result = await run({ argv: ['git', '--no-pager', ...HARDENING, ...args], cwd, env, ...(stdin === undefined ? {} : { stdin }), timeoutMs: TIMEOUT_MS, maxOutputBytes: MAX_OUTPUT_BYTES });
  if (result.notFound) throw new AiError({ code: 'GIT_MISSING', message: 'git was not found; anchors are kept in a git repository.', hint: 'Install git 2.38 or newer, then: git --version' });
  if (result.exitCode === null || !answers.includes(result.exitCode)) throw failed(args, result);
  if (result.stdout.length >= MAX_OUTPUT_BYTES - 3) throw failed(args, { ...result, stderr: 'it printed more than can be kept' });
  return result;
}

export function inherit(environment: GitOptions['environment'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])));
}

function failed(args: readonly string[], result: CommandResult): AiError {
  const said = result.stderr.slice(-STDERR_CHARACTERS).trim();
  const why = result.timedOut ? `gave no result within ${TIMEOUT_MS / 60_000} minutes` : said || `ended with ${result.signal ?? `exit code ${result.exitCode}`}`;
  return new AiError({ code: codeFor(said), message: `git ${args.find((argument) => !argument.startsWith('-')) ?? ''} failed: ${why}`, hint: 'ai doctor', details: { exitCode: result.exitCode, stderr: said }, retryable: result.timedOut });
}

function codeFor(said: string): ErrorCode {
  if (/No space left on device|Disk quota exceeded/.test(said)) return 'DISK_FULL';
  if (/Read-only file system/.test(said)) return 'READ_ONLY';
  // update-ref: the ref is not, or no longer, at the expected commit, or another process holds its lock.
  return /cannot lock ref|but expected|reference already exists|\.lock': File exists/.test(said) ? 'DATABASE_BUSY' : 'GIT_FAILED';
}

import { AiError, type ErrorCode } from '../../domain/kernel/errors.js';
import type { CommandResult, Processes } from '../../ports/processes.js';

export interface GitOrder {
  readonly cwd: string;
  readonly args: readonly string[];
  /** Added to the basics. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: string | undefined;
  /** Exit codes that are answers; 0 alone when left out. */
  readonly answers?: readonly number[];
}

/** Runs git and answers what it printed. Throws GIT_MISSING, GIT_FAILED, DISK_FULL, READ_ONLY. */
export type RunGit = (order: GitOrder) => Promise<CommandResult>;

export interface GitDeps {
  readonly run: Processes['run'];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A check-out of a very large repository; nothing that is done here waits for a network. */
const TIMEOUT_MS = 10 * 60_000;
/** A million paths. */
const MAX_OUTPUT_BYTES = 128 * 1024 * 1024;
const STDERR_CHARACTERS = 2_000;

/** `git merge-tree --write-tree` came with it. */
export const MIN_GIT = '2.38';

/** Nothing in a repository's configuration may start a program or change what is printed. */
const HARDENING = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=true',
  'gc.auto=0',
  'maintenance.auto=false',
  'commit.gpgSign=false',
  'submodule.recurse=false',
  'advice.detachedHead=false',
].flatMap((setting) => ['-c', setting]);

/** git with a minimal environment: nothing that the user has set redirects it, nothing asks for anything. */
export function createGit({ run, environment }: GitDeps): RunGit {
  const basics = basicEnvironment(environment);
  return async ({ cwd, args, env, stdin, answers = [0] }) => {
    const result = await run({
      argv: ['git', '--no-pager', ...HARDENING, ...args],
      cwd,
      env: { ...basics, ...env },
      ...(stdin === undefined ? {} : { stdin }),
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    });
    if (result.notFound) throw missing('git was not found.');
    if (result.exitCode === null || !answers.includes(result.exitCode)) throw (await tooOld({ run, environment }, cwd)) ?? failed(args, result);
    if (result.stdout.length >= MAX_OUTPUT_BYTES - 3) throw failed(args, { ...result, stderr: 'it printed more than can be kept' });
    return result;
  };
}

function basicEnvironment(environment: GitDeps['environment']): Record<string, string> {
  const inherited = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'TMPDIR'].flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    // A missing object must not make git start whatever a configured remote names (partial clones fetch on demand).
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
  };
}

function missing(what: string): AiError {
  return new AiError({ code: 'GIT_MISSING', message: `${what} ai needs git ${MIN_GIT} or newer.`, hint: `Install git ${MIN_GIT} or newer, then: git --version` });
}

/** Asked only after a failure, so that the version costs nothing when all is well. */
async function tooOld({ run, environment }: GitDeps, cwd: string): Promise<AiError | null> {
  const { stdout } = await run({ argv: ['git', '--version'], cwd, env: basicEnvironment(environment), timeoutMs: TIMEOUT_MS, maxOutputBytes: 1_024 });
  const version = /(\d+)\.(\d+)/.exec(stdout);
  if (version === null) return null;
  const [wantedMajor = 0, wantedMinor = 0] = MIN_GIT.split('.').map(Number);
  const [major, minor] = [Number(version[1]), Number(version[2])];
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return null;
  return missing(`This is git ${version[0]}, which is too old.`);
}

const SYSTEM_PROBLEMS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/No space left on device|Disk quota exceeded/, 'DISK_FULL'],
  [/Read-only file system/, 'READ_ONLY'],
];

function failed(args: readonly string[], result: CommandResult): AiError {
  const said = result.stderr.slice(-STDERR_CHARACTERS).trim();
  const why = result.timedOut ? `gave no result within ${TIMEOUT_MS / 60_000} minutes` : said || `ended with ${result.signal ?? `exit code ${result.exitCode}`}`;
  const code = SYSTEM_PROBLEMS.find(([pattern]) => pattern.test(said))?.[1] ?? 'GIT_FAILED';
  return new AiError({
    code,
    message: `git ${args.find((argument) => !argument.startsWith('-')) ?? ''} failed: ${why}`,
    details: { arguments: args, exitCode: result.exitCode, stderr: said },
    retryable: result.timedOut || /\.lock': File exists|Unable to create .*\.lock/.test(said),
  });
}

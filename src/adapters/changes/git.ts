import { AiError } from '../../domain/kernel/errors.js';
import type { CommandResult, Processes } from '../../ports/processes.js';

export interface GitOrder {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Exit codes that are answers; 0 alone when left out. */
  readonly answers?: readonly number[];
}

/** Runs git for reading. Throws GIT_MISSING, GIT_FAILED. */
export type ReadGit = (order: GitOrder) => Promise<CommandResult>;

export interface ReadGitDeps {
  readonly run: Processes['run'];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const TIMEOUT_MS = 5 * 60_000;
/** About a million changed paths. */
const MAX_OUTPUT_BYTES = 128 * 1024 * 1024;
const STDERR_CHARACTERS = 2_000;

/**
 * Nothing in a repository's configuration may start a program, hide a change, or change what is printed. The file of the
 * commit graph is not asked for parents: whoever may write below `.git` could make it lie.
 */
const HARDENING = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'core.untrackedCache=false', 'core.commitGraph=false', 'gc.auto=0', 'maintenance.auto=false', 'submodule.recurse=false'].flatMap((setting) => ['-c', setting]);
const INHERITED = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'TMPDIR'];

const READ_ONLY_ENVIRONMENT = {
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  // A missing object must not make git start whatever a configured remote names.
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
};

export function createReadGit({ run, cwd, environment }: ReadGitDeps): ReadGit {
  const basics = { ...inherited(environment), ...READ_ONLY_ENVIRONMENT };
  return async ({ args, env, stdin, answers = [0] }) => {
    const result = await run({
      argv: ['git', '--no-pager', ...HARDENING, ...args],
      cwd,
      env: { ...basics, ...env },
      ...(stdin === undefined ? {} : { stdin }),
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    });
    if (result.notFound) throw new AiError({ code: 'GIT_MISSING', message: 'git was not found, so there are no changes to read.', hint: 'Install git 2.38 or newer, then: git --version' });
    if (result.exitCode === null || !answers.includes(result.exitCode)) throw failed(args, result);
    // Beyond its limit the runner keeps the end only: a list without its beginning would hide changes.
    if (result.stdout.length >= MAX_OUTPUT_BYTES - 3) throw failed(args, { ...result, stderr: 'it printed more than can be kept' });
    return result;
  };
}

function inherited(environment: ReadGitDeps['environment']): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function failed(args: readonly string[], result: CommandResult): AiError {
  const said = result.stderr.slice(-STDERR_CHARACTERS).trim();
  const why = result.timedOut ? `gave no result within ${TIMEOUT_MS / 60_000} minutes` : said || `ended with ${result.signal ?? `exit code ${result.exitCode}`}`;
  return new AiError({
    code: 'GIT_FAILED',
    message: `git ${args.find((argument) => !argument.startsWith('-')) ?? ''} failed, so the changes can't be read: ${why}`,
    hint: /dubious ownership/.test(said) ? 'git config --global --add safe.directory "$PWD"' : 'git status',
    details: { arguments: args, exitCode: result.exitCode, stderr: said },
    retryable: result.timedOut,
  });
}

import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import type { CommandResult, Processes } from '../../ports/processes.js';
import { gitFailure } from './git-failure.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface GitTools {
  readonly run: Processes['run'];
  readonly environment: Environment;
}

/** Which git directory a git works on, and how. */
export interface GitPlace {
  readonly gitDir: string;
  /** Object store to read and write, when it isn't the one in the git directory. */
  readonly objects?: string | undefined;
  /** More object stores to read. */
  readonly alternates?: string | undefined;
  /** Settings for every call, after the hardening ones. */
  readonly config?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A folder that is there as long as we are. */
  readonly cwd: string;
}

export interface GitCall {
  readonly stdin?: string;
  readonly workTree?: string;
  readonly indexFile?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Git on one git directory, with nothing of the user's or an agent's configuration. */
export interface Git {
  /** Standard output of a call that must succeed. Throws GIT_MISSING, GIT_FAILED, DISK_FULL, READ_ONLY. */
  output(args: readonly string[], call?: GitCall): Promise<string>;
  /** A call whose exit code means something. Throws only when git could not be run to its end. */
  attempt(args: readonly string[], call?: GitCall): Promise<CommandResult>;
}

const TIMEOUT_MS = 600_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * What makes git run programs or follow somebody else's wishes, switched off one by one. Filters, merge and diff
 * drivers can't be listed here: they have names. They are off because the configuration that we work with defines none.
 */
const HARDENING = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.untrackedCache=false',
  'core.splitIndex=false',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  // Both are files of the object store that answer for commits and packs without their hashes being looked at.
  'core.commitGraph=false',
  'core.multiPackIndex=false',
  // The whole stat record counts, so that a file with its old size and time put back is still read.
  'core.trustctime=true',
  'core.checkStat=default',
  'core.quotePath=true',
  'core.safecrlf=false',
  'core.warnAmbiguousRefs=false',
  'core.filesRefLockTimeout=2000',
  'core.packedRefsTimeout=2000',
  'commit.gpgSign=false',
  'diff.ignoreSubmodules=dirty',
  'gc.auto=0',
  'maintenance.auto=false',
  'index.sparse=false',
  'protocol.allow=never',
  'submodule.recurse=false',
];

export function createGit(tools: GitTools, place: GitPlace): Git {
  const prefix = ['git', ...[...HARDENING, ...(place.config ?? [])].flatMap((setting) => ['-c', setting])];
  const environment = { ...baseEnvironment(tools.environment), ...PRIVATE_CONFIG, ...placeEnvironment(place) };
  const attempt = async (args: readonly string[], call: GitCall = {}): Promise<CommandResult> =>
    runGit(tools, { argv: [...prefix, ...args], args, cwd: call.workTree ?? place.cwd, env: { ...environment, ...callEnvironment(call) }, stdin: call.stdin });
  return {
    attempt,
    async output(args, call) {
      const result = await attempt(args, call);
      if (result.exitCode !== 0) throw gitFailure(args, result);
      return result.stdout;
    },
  };
}

interface GitRun {
  readonly argv: readonly string[];
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string | undefined;
}

/** Throws unless git came to an end by itself and all of its output is at hand. */
export async function runGit(tools: GitTools, { argv, args, cwd, env, stdin }: GitRun): Promise<CommandResult> {
  const result = await tools.run({ argv, cwd, env, ...(stdin === undefined ? {} : { stdin }), timeoutMs: TIMEOUT_MS, maxOutputBytes: MAX_OUTPUT_BYTES });
  if (result.notFound || result.timedOut || result.exitCode === null) throw gitFailure(args, result);
  // The runner keeps the end of what is too long, so a list would miss its beginning without a word.
  if (result.stdout.length > MAX_OUTPUT_BYTES / 4 && Buffer.byteLength(result.stdout) >= MAX_OUTPUT_BYTES - 8) {
    throw new AiError({ code: 'GIT_FAILED', message: `\`git ${args[0] ?? ''}\` printed more than ${MAX_OUTPUT_BYTES} bytes.`, hint: 'Too many files changed for one run: add a .gitignore for what is generated.' });
  }
  return result;
}

/** The same for every git: no terminal, no network, English messages, no replaced or grafted objects. */
export function baseEnvironment(environment: Environment): Record<string, string> {
  const home = environment['HOME'];
  return {
    // A relative entry would let a file of the working tree be taken for git.
    PATH: (environment['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder)).join(path.delimiter),
    ...(home === undefined ? {} : { HOME: home }),
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    GIT_ADVICE: '0',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_GRAFT_FILE: '/dev/null',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  };
}

const PRIVATE_CONFIG = { GIT_CONFIG_GLOBAL: '/dev/null' };

function placeEnvironment(place: GitPlace): Record<string, string> {
  return {
    GIT_DIR: place.gitDir,
    ...(place.objects === undefined ? {} : { GIT_OBJECT_DIRECTORY: place.objects }),
    ...(place.alternates === undefined ? {} : { GIT_ALTERNATE_OBJECT_DIRECTORIES: place.alternates }),
    ...place.env,
  };
}

function callEnvironment(call: GitCall): Record<string, string> {
  return {
    ...(call.workTree === undefined ? {} : { GIT_WORK_TREE: call.workTree }),
    ...(call.indexFile === undefined ? {} : { GIT_INDEX_FILE: call.indexFile }),
    ...call.env,
  };
}

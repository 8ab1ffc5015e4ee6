import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { gitFailure } from './git-failure.js';
import { requireGitVersion } from './git-version.js';
import { baseEnvironment, runGit, type Environment, type GitTools } from './git.js';

/** The little of the user's git configuration that we go by. All of it is data: none names a program that we run. */
export interface UserSettings {
  /** null when the user has not told git who they are. */
  readonly identity: { readonly name: string; readonly email: string } | null;
  /** How text and modes are written to files, as `key=value`. */
  readonly conversions: readonly string[];
  /** Names of filters that the user's git runs on checkout (`lfs`). We run none. */
  readonly filters: readonly string[];
  readonly isSparse: boolean;
  readonly isPartialClone: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Ignore rules that are in no commit: the user's global file, then `info/exclude`. */
  readonly excludes: string;
}

const WANTED = String.raw`^(user\.(name|email)|core\.(excludesfile|autocrlf|eol|filemode|sharedrepository|sparsecheckout)|filter\..*\.(smudge|process)|extensions\..*)$`;

const CONVERSIONS: readonly (readonly [key: string, valid: RegExp])[] = [
  ['core.autocrlf', /^(true|false|input)$/],
  ['core.eol', /^(lf|crlf|native)$/],
  ['core.filemode', /^(true|false)$/],
  ['core.sharedrepository', /^[a-z0-9]+$/],
];

/** Throws GIT_MISSING, GIT_FAILED for a git that is too old and for a format that is not supported. */
export async function readUserSettings(tools: GitTools, place: { readonly root: string; readonly gitCommonDir: string }): Promise<UserSettings> {
  const [, config] = await Promise.all([checkGit(tools, place.root), readConfig(tools, place)]);
  if (last(config, 'extensions.refstorage') === 'reftable') {
    throw new AiError({ code: 'GIT_FAILED', message: 'This repository keeps its branches in the reftable format, which is not supported.', hint: 'git refs migrate --ref-format=files' });
  }
  return interpretConfig(config, (configured) => readExcludes(tools.environment, place.gitCommonDir, configured));
}

/** Throws GIT_MISSING, GIT_FAILED. */
export async function checkGit(tools: GitTools, cwd: string): Promise<void> {
  const result = await runGit(tools, { argv: ['git', 'version'], args: ['version'], cwd, env: baseEnvironment(tools.environment) });
  if (result.exitCode !== 0) throw gitFailure(['version'], result);
  requireGitVersion(result.stdout);
}

type Config = ReadonlyMap<string, readonly string[]>;

/** Reading configuration runs nothing, whatever stands in it. */
async function readConfig(tools: GitTools, place: { readonly root: string; readonly gitCommonDir: string }): Promise<Config> {
  const args = ['config', '-z', '--get-regexp', WANTED];
  const xdg = tools.environment['XDG_CONFIG_HOME'];
  const env = { ...baseEnvironment(tools.environment), ...(xdg === undefined ? {} : { XDG_CONFIG_HOME: xdg }), GIT_DIR: place.gitCommonDir };
  const result = await runGit(tools, { argv: ['git', ...args], args, cwd: place.root, env });
  // 1: none of the keys is set.
  if (result.exitCode !== 0 && result.exitCode !== 1) throw gitFailure(args, result);
  return parseConfig(result.stdout);
}

/** The output of `git config -z --get-regexp`: key, line break, value, NUL. A key without a value means true. */
export function parseConfig(output: string): Config {
  const config = new Map<string, string[]>();
  for (const entry of output.split('\0')) {
    if (entry === '') continue;
    const end = entry.indexOf('\n');
    const key = end === -1 ? entry : entry.slice(0, end);
    config.set(key, [...(config.get(key) ?? []), end === -1 ? 'true' : entry.slice(end + 1)]);
  }
  return config;
}

export function interpretConfig(config: Config, excludes: (configuredFile: string | undefined) => string): UserSettings {
  const name = cleanName(last(config, 'user.name'));
  const email = cleanName(last(config, 'user.email'));
  const filters = [...config.keys()].map((key) => /^filter\.(.*)\.[a-z]+$/s.exec(key)?.[1]).filter((filter) => filter !== undefined);
  return {
    identity: name === '' || email === '' ? null : { name, email },
    conversions: CONVERSIONS.flatMap(([key, valid]) => {
      const value = last(config, key)?.toLowerCase() ?? '';
      return valid.test(value) ? [`${key}=${value}`] : [];
    }),
    filters: [...new Set(filters)],
    isSparse: last(config, 'core.sparsecheckout')?.toLowerCase() === 'true',
    isPartialClone: config.has('extensions.partialclone'),
    objectFormat: last(config, 'extensions.objectformat') === 'sha256' ? 'sha256' : 'sha1',
    excludes: excludes(last(config, 'core.excludesfile')),
  };
}

function last(config: Config, key: string): string | undefined {
  return config.get(key)?.at(-1);
}

/** Git refuses a name that consists only of what it strips. */
function cleanName(name: string | undefined): string {
  return (name ?? '').replaceAll(/[\n\0<>]/g, '').replaceAll(/^[\s.,:;"'\\]+|[\s.,:;"'\\]+$/g, '');
}

function readExcludes(environment: Environment, gitCommonDir: string, configured: string | undefined): string {
  return [globalExcludes(environment, configured), path.join(gitCommonDir, 'info', 'exclude')].map((file) => (file !== null && existsSync(file) ? readExcludeFile(file) : '')).join('\n');
}

const MAX_EXCLUDE_BYTES = 1024 * 1024;

function readExcludeFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(0, MAX_EXCLUDE_BYTES);
  } catch {
    // Git itself goes on without an exclude file that it can't read.
    return '';
  }
}

function globalExcludes(environment: Environment, configured: string | undefined): string | null {
  const home = environment['HOME'] ?? '';
  if (configured !== undefined) return configured.startsWith('~/') ? path.join(home, configured.slice(2)) : path.isAbsolute(configured) ? configured : null;
  const xdg = environment['XDG_CONFIG_HOME'] ?? '';
  if (xdg !== '') return path.join(xdg, 'git', 'ignore');
  return home === '' ? null : path.join(home, '.config', 'git', 'ignore');
}
